import { v7 as uuidV7 } from 'uuid';
import { systemClock } from '../../clock.js';
import { runCommand, UsageError } from '../../command-line.js';
import type { Database } from '../../database/database.js';
import { openDatabase } from '../../database/database.js';
import { MysqlLedgerStore } from '../../ledger/mysql-ledger-store.js';
import { settingsOrLabs } from '../../running-lab.js';
import { MysqlPaymentStore } from '../mysql-payment-store.js';
import { MysqlReconciliation } from '../reconcile/mysql-reconciliation.js';
import { MysqlOperatorQueue } from './mysql-operator-queue.js';
import { settlePayment } from './settle-payment.js';
import { showPage, showQueue, showSettlement } from './show-queue.js';

const usage = `npm run unresolved -- list
npm run unresolved -- show ID        a payment by its id or its RRN
npm run unresolved -- settle ID --as reversed|completed --by NAME --reason TEXT
npm run unresolved -- settle ID --as explained --by NAME --reason TEXT      ID of a break

  reversed   the bank has given the money back, or never took it
  completed  the carrier has delivered, and the bank's debit stands
  explained  a difference of a reconciliation is understood, and needs no more
The database is that of WALLETLINE_DATABASE_URL, without it that of the lab that npm start keeps up. Exit code: 0 done, 1 nothing was changed or found, 2 it failed.
`;

type Command = {
  readonly verb: string | undefined;
  readonly id: string | undefined;
  readonly as: string | undefined;
  readonly by: string;
  readonly reason: string;
};

/** Does one command; returns what to print and the exit code, or undefined when it is none. */
async function run(database: Database, command: Command): Promise<readonly [string, number] | undefined> {
  const { verb, id, as, by, reason } = command;
  const ledger = new MysqlLedgerStore(database, systemClock);
  const queue = new MysqlOperatorQueue(database, ledger);
  if (verb === 'list') {
    return [showQueue(await queue.payments(), await queue.openBreaks()), 0];
  }
  if (verb === 'show' && id !== undefined) {
    const page = await queue.page(id);
    return page === undefined ? ['there is no such payment\n', 1] : [showPage(page), 0];
  }
  if (verb !== 'settle' || id === undefined) {
    return undefined;
  }
  if (as === 'explained') {
    const breaks = new MysqlReconciliation(database, uuidV7);
    const outcome = await breaks.explain(id, { by, reason, at: systemClock.now() });
    return [`${outcome}\n`, outcome === 'explained' ? 0 : 1];
  }
  if (as !== 'reversed' && as !== 'completed') {
    return undefined;
  }
  const store = new MysqlPaymentStore(database, ledger);
  const settlement = await settlePayment(
    { store, clock: systemClock, newId: uuidV7 },
    { paymentId: id, as, by, reason },
  );
  return [`${showSettlement(settlement)}\n`, settlement.outcome === 'settled' ? 0 : 1];
}

process.exitCode = await runCommand({
  usage,
  failure: 'it failed',
  config: {
    allowPositionals: true,
    options: {
      as: { type: 'string' },
      by: { type: 'string', default: '' },
      reason: { type: 'string', default: '' },
    },
  },
  run: async ({ values, positionals }) => {
    const [verb, id, ...more] = positionals;
    if (verb === undefined || !['list', 'show', 'settle'].includes(verb)) {
      throw new UsageError(verb === undefined ? 'say what to do' : `there is no "${verb}"`);
    }
    if (more.length > 0 || (verb === 'list' && id !== undefined)) {
      throw new UsageError('there are more words than the command takes');
    }
    const settings = await settingsOrLabs(process.env, 'WALLETLINE_DATABASE_URL');
    const database = openDatabase(settings['WALLETLINE_DATABASE_URL'] ?? '', { poolSize: 1 });
    try {
      const done = await run(database, { verb, id, ...values, as: values.as });
      if (done === undefined) {
        throw new UsageError(
          id === undefined ? 'the ID is missing' : '--as reversed, completed or explained is missing',
        );
      }
      process.stdout.write(done[0]);
      return done[1];
    } finally {
      await database.destroy();
    }
  },
});
