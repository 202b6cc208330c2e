import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.js';
import type { Database } from '../../src/database/database.js';
import { openDatabase } from '../../src/database/database.js';
import { CommitUnknown, inTransaction } from '../../src/database/transaction.js';
import { MysqlLedgerStore } from '../../src/ledger/mysql-ledger-store.js';
import { MysqlPaymentStore } from '../../src/payment/mysql-payment-store.js';
import { takePayment } from '../../src/payment/take-payment.js';
import type { CuttingProxy } from '../support/cutting-proxy.js';
import { cuttingProxy } from '../support/cutting-proxy.js';
import { withDatabase } from '../support/database.js';
import { paymentWorld, recharge } from '../support/payment-world.js';

describe('a connection that is cut around a COMMIT', () => {
  const test = withDatabase();
  let proxy: CuttingProxy;
  let database: Database;
  let traces = 0;

  before(async () => {
    const url = new URL(test.url);
    proxy = await cuttingProxy(url.hostname, Number(url.port));
    url.port = String(proxy.port);
    database = openDatabase(url.href);
  });
  after(async () => {
    await database.destroy();
    await proxy.close();
  });

  const start = () => {
    const world = paymentWorld(new MysqlPaymentStore(database, new MysqlLedgerStore(database, systemClock)));
    world.bank.nextTrace = async () => {
      traces += 1;
      const rrn = String(traces).padStart(12, '0');
      return { terminalId: 'T1', stan: traces, rrn, transmittedAt: world.clock.now() };
    };
    return world;
  };

  for (const cut of ['before-commit', 'after-commit'] as const) {
    it(`is reported as unknown (${cut})`, async () => {
      const { cuts } = proxy;
      proxy.cutNext(cut);
      const write = inTransaction(database, async (transaction) => {
        await transaction('payments').where({ id: 'none' }).update({ attempts: 1 });
      });
      await assert.rejects(write, CommitUnknown);
      assert.equal(proxy.cuts - cuts, 1);
    });

    for (const commit of [1, 2, 3]) {
      it(`neither loses nor doubles write ${commit} of a payment (${cut})`, async () => {
        const world = start();
        const parts = world.process();
        const { cuts } = proxy;
        let commits = 0;
        const counting = (name: 'begin' | 'change'): void => {
          const call = world.store[name].bind(world.store) as (input: unknown) => Promise<never>;
          world.store[name] = async (input: unknown) => {
            commits += 1;
            if (commits === commit) {
              proxy.cutNext(cut);
            }
            return call(input);
          };
        };
        counting('begin');
        counting('change');
        assert.equal((await takePayment(parts)(recharge())).outcome, 'paid');
        assert.equal(commits, 3);
        assert.equal(proxy.cuts - cuts, 1, 'the line was cut');
        assert.equal(world.carrier.arrived.length, 1);
        const rrn = String(traces).padStart(12, '0');
        const payment = await world.store.findByRrn(rrn);
        assert.equal(payment?.state, 'completed');
        const rows = await Promise.all(
          ['payment_transitions', 'ledger_transfers', 'notices'].map(async (table) => {
            const found = await test.database(table).where({ payment_id: payment.id }).select('id');
            return found.length;
          }),
        );
        assert.deepEqual(rows, [4, 2, 1]);
      });
    }
  }
});
