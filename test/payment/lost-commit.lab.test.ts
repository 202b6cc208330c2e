import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.js';
import type { Database } from '../../src/database/database.js';
import { openDatabase } from '../../src/database/database.js';
import { CommitUnknown, inTransaction } from '../../src/database/transaction.js';
import { MysqlLedgerStore } from '../../src/ledger/mysql-ledger-store.js';
import { MysqlPaymentStore } from '../../src/payment/mysql-payment-store.js';
import { MysqlOrderStore } from '../../src/payment/orders/mysql-order-store.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { someOrder } from '../contracts/order-store.js';
import type { CuttingProxy } from '../support/cutting-proxy.js';
import { cuttingProxy } from '../support/cutting-proxy.js';
import { withDatabase } from '../support/database.js';
import { FakeClock } from '../support/fake-clock.js';
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

    it(`neither loses nor doubles an order that is prepared (${cut})`, async () => {
      const clock = new FakeClock();
      const asked = someOrder(clock);
      const { cuts } = proxy;
      proxy.cutNext(cut);
      const made = await new MysqlOrderStore(database, clock).prepare(asked);
      assert.equal(proxy.cuts - cuts, 1, 'the line was cut');
      assert.equal(made.outcome, cut === 'before-commit' ? 'prepared' : 'was-prepared');
      const rows = await test
        .database('orders')
        .where({ idempotency_key: asked.idempotencyKey })
        .pluck<string[]>('id');
      assert.deepEqual(rows, ['order' in made ? made.order.id : 'none']);
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
        const orders = new MysqlOrderStore(test.database, world.clock);
        const prepared = await orders.prepare(someOrder(world.clock));
        assert.ok('order' in prepared);
        const orderId = prepared.order.id;
        assert.equal((await takePayment(parts)(recharge({ orderId }))).outcome, 'paid');
        assert.equal(commits, 3);
        assert.equal(proxy.cuts - cuts, 1, 'the line was cut');
        assert.equal(world.carrier.arrived.length, 1);
        const rrn = String(traces).padStart(12, '0');
        const payment = await world.store.findByRrn(rrn);
        assert.equal(payment?.state, 'completed');
        const order = await orders.find(orderId);
        assert.deepEqual([order?.state, order?.paymentId], ['paid', payment.id]);
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
