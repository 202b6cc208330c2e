import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { v7 as uuidV7 } from 'uuid';
import { systemClock } from '../../clock.js';
import { openDatabase } from '../../database/database.js';
import { MysqlLedgerStore } from '../../ledger/mysql-ledger-store.js';
import { journalFiles, providerJournalsOf } from '../audit/journal-files.js';
import { MysqlPaymentStore } from '../mysql-payment-store.js';
import { MysqlReconciliation } from './mysql-reconciliation.js';
import { reconcile } from './reconcile.js';
import { offsetFrom } from './settlement-day.js';
import { csvOf, tableOf } from './show-reconciliation.js';

const usage = `npm run reconcile -- --day YYYY-MM-DD [--bank FILE --carrier FILE --provider ID=FILE …] [--csv FILE] [--settlement-offset MINUTES] [--open-minutes N]
Compares the payments of a settlement day with the bank's journal and those of their providers (one JSON object a line;
those of WALLETLINE_BANK_JOURNAL, WALLETLINE_CARRIER_JOURNAL and WALLETLINE_PROVIDER_JOURNALS unless given). Each difference becomes an open
break for the operator: npm run unresolved -- list. The database is that of WALLETLINE_DATABASE_URL.
  --settlement-offset  where the day begins, in minutes east of UTC: 480 (default) is midnight in China
  --open-minutes       a payment begun so lately may still be unfinished (30)
Exit code: 0 no breaks but explained ones, 1 breaks, 2 it could not be done.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      day: { type: 'string' },
      bank: { type: 'string', default: process.env['WALLETLINE_BANK_JOURNAL'] ?? '' },
      carrier: { type: 'string', default: process.env['WALLETLINE_CARRIER_JOURNAL'] ?? '' },
      provider: { type: 'string', multiple: true, default: providerJournalsOf(process.env) },
      csv: { type: 'string' },
      'settlement-offset': { type: 'string', default: '480' },
      'open-minutes': { type: 'string', default: '30' },
      help: { type: 'boolean', default: false },
    },
  });
  const { day, bank, carrier, provider, csv } = values;
  const journals = journalFiles({ bank, carrier, providers: provider }, process.env);
  const url = process.env['WALLETLINE_DATABASE_URL'];
  const openMinutes = Number(values['open-minutes']);
  const isComplete = day !== undefined && journals !== undefined && openMinutes >= 0;
  if (values.help || url === undefined || !isComplete) {
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  const utcOffsetMinutes = offsetFrom(values['settlement-offset']);
  const database = openDatabase(url, { poolSize: 1, statementTimeoutMs: 600_000 });
  try {
    const clock = systemClock;
    const store = new MysqlPaymentStore(database, new MysqlLedgerStore(database, clock));
    const reconciliation = await reconcile(
      { books: new MysqlReconciliation(database, uuidV7), store, clock },
      { day, journals, utcOffsetMinutes, openMs: openMinutes * 60_000 },
    );
    if (csv !== undefined) {
      await writeFile(csv, csvOf(reconciliation));
    }
    process.stdout.write(tableOf(reconciliation));
    return reconciliation.recorded.opened + reconciliation.recorded.waiting === 0 ? 0 : 1;
  } finally {
    await database.destroy();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`the reconciliation failed: ${error instanceof Error ? error.message : 'unknown'}\n`);
  return 2;
});
