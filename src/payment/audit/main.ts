import { runCommand, UsageError } from '../../command-line.js';
import { openDatabase } from '../../database/database.js';
import { formatMoney, money } from '../../money.js';
import { settingsOrLabs } from '../../running-lab.js';
import { offsetFrom } from '../reconcile/settlement-day.js';
import { invariants } from './break.js';
import { journalFiles, providerJournalsOf } from './journal-files.js';
import type { AuditReport } from './mysql-audit.js';
import { audit } from './mysql-audit.js';

const usage = `npm run audit -- [--json] [--limit-minutes N] [--since TIME] [--settlement-offset MINUTES]
  [--bank-journal FILE --carrier-journal FILE --provider-journal ID=FILE …]
Checks the invariants of money, and changes nothing. The database is that of WALLETLINE_DATABASE_URL; the
journals are those of WALLETLINE_BANK_JOURNAL, WALLETLINE_CARRIER_JOURNAL and WALLETLINE_PROVIDER_JOURNALS
(ID=FILE, separated by commas) unless given. Without settings they are those of the lab that npm start keeps up.
  --limit-minutes      how long a payment may be unfinished before a person must know of it (30)
  --since              only payments and lines of journals from then on are compared, with the offset from UTC, e.g. 2026-11-23T00:00:00+08:00
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

process.exitCode = await runCommand({
  usage,
  failure: 'the audit failed',
  config: {
    options: {
      json: { type: 'boolean', default: false },
      'limit-minutes': { type: 'string', default: '30' },
      since: { type: 'string' },
      'settlement-offset': { type: 'string', default: '480' },
      'bank-journal': { type: 'string' },
      'carrier-journal': { type: 'string' },
      'provider-journal': { type: 'string', multiple: true },
    },
  },
  run: async ({ values }) => {
    const limitMinutes = Number(values['limit-minutes']);
    const since = values.since === undefined ? undefined : instantFrom(values.since);
    if (!(limitMinutes >= 0)) {
      throw new UsageError('--limit-minutes must be a number of minutes');
    }
    const utcOffsetMinutes = offsetFrom(values['settlement-offset']);
    const settings = await settingsOrLabs(process.env, 'WALLETLINE_DATABASE_URL');
    const journals = journalFiles(
      {
        bank: values['bank-journal'] ?? settings['WALLETLINE_BANK_JOURNAL'] ?? '',
        carrier: values['carrier-journal'] ?? settings['WALLETLINE_CARRIER_JOURNAL'] ?? '',
        providers: values['provider-journal'] ?? providerJournalsOf(settings),
      },
      settings,
    );
    const database = openDatabase(settings['WALLETLINE_DATABASE_URL'] ?? '', {
      ...{ poolSize: 1, statementTimeoutMs: 600_000 },
    });
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
  },
});

/**
 * Returns the instant of an ISO 8601 time with its offset from UTC, or of a date's begin in UTC. What names no
 * offset would mean another instant on each machine.
 */
function instantFrom(text: string): Date {
  const at = new Date(/^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:?\d\d))?$/.test(text) ? text : Number.NaN);
  if (Number.isNaN(at.getTime())) {
    throw new UsageError('--since must be a time with its offset from UTC, e.g. 2026-11-23T00:00:00+08:00');
  }
  return at;
}
