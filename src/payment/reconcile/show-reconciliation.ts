import { formatMoney, money } from '../../money.js';
import type { Kind, Party, Row } from './compare-day.js';
import { isBreak, kinds } from './compare-day.js';
import type { Reconciliation } from './reconcile.js';

/** As wide as the longest name of a party, `provider:` and an id. */
const cellWidth = 31;

/** Returns the day's counts and sums as a table, and every difference on a line. */
export function tableOf({ day, parties, rows, recorded, notCompared }: Reconciliation): string {
  const of = (party: Party) => rows.filter((row) => row.party === party);
  const count = (party: Party, kind: Kind) => String(of(party).filter((row) => row.kind === kind).length);
  const sum = (party: Party, amount: (row: Row) => number) =>
    formatMoney(money(of(party).reduce((total, row) => total + amount(row), 0)));
  const line = (title: string, cell: (party: Party) => string) =>
    `${title.padEnd(18)}${parties.map((party) => cell(party).padStart(cellWidth)).join('')}`;
  const breaks = rows.filter(isBreak);
  return [
    line(day, (party) => party),
    ...kinds.map((kind) => line(kind, (party) => count(party, kind))),
    line('paid here', (party) => sum(party, ({ hereMinor }) => hereMinor)),
    line('taken there', (party) => sum(party, ({ thereMinor }) => thereMinor)),
    ...notCompared.map((id) => `not compared: payments of the provider ${id}, whose journal was not given`),
    ...(breaks.length === 0 ? [] : ['']),
    ...breaks.map(
      ({ party, kind, subject, paymentId, detail }) =>
        `${kind}  ${party} ${subject}  ${paymentId ?? 'no payment'}  ${detail}`,
    ),
    '',
    breaks.length === 0 && recorded.gone === 0
      ? 'no breaks'
      : `${breaks.length} breaks: ${recorded.opened} new in the operator's queue, ${recorded.waiting} waiting there before, ${recorded.explained} explained; ${recorded.gone} of earlier runs are gone`,
    '',
  ].join('\n');
}

const columns = [
  'day',
  'party',
  'kind',
  'payment_id',
  'subject',
  'state',
  'here_minor',
  'there_minor',
  'currency',
  'detail',
];

/** Returns every row of the day as CSV (RFC 4180), with a line of column names. */
export function csvOf({ day, rows }: Reconciliation): string {
  const lines = rows.map((row) => [
    ...[day, row.party, row.kind, row.paymentId ?? '', row.subject, row.state ?? ''],
    ...[String(row.hereMinor), String(row.thereMinor), 'CNY', row.detail],
  ]);
  return [columns, ...lines].map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

/**
 * A spreadsheet takes a cell that begins so for a formula, in quotes too (OWASP, CSV injection), and names of others
 * stand in cells: such a one is shown as text. A number stays a number.
 */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;
const number = /^-?\d+$/;

function quoted(cell: string): string {
  const text = formula.test(cell) && !number.test(cell) ? `'${cell}` : cell;
  return /["',\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
