import { writeFile } from 'node:fs/promises';
import { v7 as uuidV7 } from 'uuid';
import { systemClock } from '../../clock.js';
import { runCommand, UsageError } from '../../command-line.js';
import { openDatabase } from '../../database/database.js';
import { MysqlLedgerStore } from '../../ledger/mysql-ledger-store.js';
import { settingsOrLabs } from '../../running-lab.js';
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
Without settings they are those of the lab that npm start keeps up.
  --settlement-offset  where the day begins, in minutes east of UTC: 480 (default) is midnight in China
  --open-minutes       a payment begun so lately may still be unfinished (30)
Exit code: 0 no breaks but explained ones, 1 breaks, 2 it could not be done.
`;

process.exitCode = await runCommand({
  usage,
  failure: 'the reconciliation failed',
  config: {
    options: {
      day: { type: 'string' },
      bank: { type: 'string' },
      carrier: { type: 'string' },
      provider: { type: 'string', multiple: true },
      csv: { type: 'string' },
      'settlement-offset': { type: 'string', default: '480' },
      'open-minutes': { type: 'string', default: '30' },
    },
  },
  run: async ({ values }) => {
    const { day, csv } = values;
    const openMinutes = Number(values['open-minutes']);
    if (day === undefined) {
      throw new UsageError('--day YYYY-MM-DD is missing');
    }
    if (!(openMinutes >= 0)) {
      throw new UsageError('--open-minutes must be a number of minutes');
    }
    const utcOffsetMinutes = offsetFrom(values['settlement-offset']);
    const settings = await settingsOrLabs(process.env, 'WALLETLINE_DATABASE_URL');
    const journals = journalFiles(
      {
        bank: values.bank ?? settings['WALLETLINE_BANK_JOURNAL'] ?? '',
        carrier: values.carrier ?? settings['WALLETLINE_CARRIER_JOURNAL'] ?? '',
        providers: values.provider ?? providerJournalsOf(settings),
      },
      settings,
    );
    if (journals === undefined) {
      throw new UsageError(
        'the journals are missing: give --bank FILE and --carrier FILE or --provider ID=FILE, or set WALLETLINE_BANK_JOURNAL and WALLETLINE_CARRIER_JOURNAL or WALLETLINE_PROVIDER_JOURNALS',
      );
    }
    const database = openDatabase(settings['WALLETLINE_DATABASE_URL'] ?? '', {
      ...{ poolSize: 1, statementTimeoutMs: 600_000 },
    });
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
  },
});
