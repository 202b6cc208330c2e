import { parseArgs } from 'node:util';
import { openDatabase } from '../../database/database.js';
import { formatMoney, money } from '../../money.js';
import { offsetFrom } from '../reconcile/settlement-day.js';
import { invariants } from './break.js';
import { journalFiles, providerJournalsOf } from './journal-files.js';
import type { AuditReport } from './mysql-audit.js';
import { audit } from './mysql-audit.js';

const usage = `npm run audit -- [--json] [--limit-minutes N] [--since TIME] [--settlement-offset MINUTES]
  [--bank-journal FILE --carrier-journal FILE --provider-journal ID=FILE …]
Checks the invariants of money, and changes nothing. The database is that of WALLETLINE_DATABASE_URL; the
journals are those of WALLETLINE_BANK_JOURNAL, WALLETLINE_CARRIER_JOURNAL and WALLETLINE_PROVIDER_JOURNALS
(ID=FILE, separated by commas) unless given.
  --limit-minutes      how long a payment may be unfinished before a person must know of it (30)
  --since              only payments and lines of journals from then on are compared, e.g. 2026-11-23T00:00:00Z
  --settlement-offset  where a day begins, in minutes east of UTC: 480 (default) is midnight in China
Exit code: 0 all hold, 1 some do not, 2 it could not be checked.
`;

function print(report: AuditReport, asJson: boolean, hadJournals: boolean): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  const lines = Object.entries(invariants).map(([name, meaning]) => {
    const count = report.breaks.filter(({ invariant }) => invariant === name).length;
    const isChecked = hadJournals || (name !== 'I3' && name !== 'I8');
    const verdict = isChecked ? (count === 0 ? 'holds' : `${count} breaks`) : 'not checked: no journals';
    return `${name}  ${meaning}: ${verdict}`;
  });
  const breaks = report.breaks.map(
    ({ invariant, paymentId, what }) => `${invariant}  ${paymentId ?? 'no payment'}  ${what}`,
  );
  const { payments, unfinished, inQueue } = report;
  const notCompared = report.notCompared.map(
    (id) => `not compared: payments of the provider ${id}, whose journal was not given`,
  );
  const counts = `${payments} payments, ${unfinished} unfinished, ${inQueue} of them in the operator's queue`;
  process.stdout.write(`${[counts, ...lines, ...daysOf(report), ...notCompared, ...breaks].join('\n')}\n`);
}

/** Each day's sums: they are equal while I8 holds. */
function daysOf({ days }: AuditReport): string[] {
  const amount = (minor: number) => formatMoney(money(minor)).padStart(20);
  const rows = days.map(
    ({ day, bankMinor, ledgerMinor, providerMinor }) =>
      `${day}${amount(bankMinor)}${amount(ledgerMinor)}${amount(providerMinor)}`,
  );
  const title = `${'day'.padEnd(10)}${['bank', 'ledger', 'providers'].map((name) => name.padStart(20)).join('')}`;
  return rows.length === 0 ? [] : [title, ...rows];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      'limit-minutes': { type: 'string', default: '30' },
      since: { type: 'string' },
      'settlement-offset': { type: 'string', default: '480' },
      'bank-journal': { type: 'string', default: process.env['WALLETLINE_BANK_JOURNAL'] ?? '' },
      'carrier-journal': { type: 'string', default: process.env['WALLETLINE_CARRIER_JOURNAL'] ?? '' },
      'provider-journal': { type: 'string', multiple: true, default: providerJournalsOf(process.env) },
    },
  });
  const url = process.env['WALLETLINE_DATABASE_URL'];
  const limitMinutes = Number(values['limit-minutes']);
  const since = values.since === undefined ? undefined : new Date(values.since);
  if (values.help || url === undefined || !(limitMinutes >= 0) || Number.isNaN(since?.getTime() ?? 0)) {
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  const utcOffsetMinutes = offsetFrom(values['settlement-offset']);
  const given = { bank: values['bank-journal'], carrier: values['carrier-journal'] };
  const journals = journalFiles({ ...given, providers: values['provider-journal'] }, process.env);
  const database = openDatabase(url, { poolSize: 1, statementTimeoutMs: 600_000 });
  try {
    const now = new Date();
    const report = await audit(database, {
      ...{ now, utcOffsetMinutes, journals, since },
      limitMs: limitMinutes * 60_000,
      endedBy: now,
    });
    print(report, values.json, journals !== undefined);
    return report.breaks.length === 0 ? 0 : 1;
  } finally {
    await database.destroy();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`the audit failed: ${error instanceof Error ? error.message : 'unknown'}\n`);
  return 2;
});
