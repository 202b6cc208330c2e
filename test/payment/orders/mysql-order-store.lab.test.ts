import assert from 'node:assert/strict';
import { systemClock } from '../../../src/clock.js';
import { MysqlLedgerStore } from '../../../src/ledger/mysql-ledger-store.js';
import { money } from '../../../src/money.js';
import { MysqlPaymentStore } from '../../../src/payment/mysql-payment-store.js';
import { MysqlOrderStore } from '../../../src/payment/orders/mysql-order-store.js';
import { takePayment } from '../../../src/payment/take-payment.js';
import { describeOrderStore, paymentOf, scriptedCodes, someOrder } from '../../contracts/order-store.js';
import { withDatabase } from '../../support/database.js';
import { FakeClock } from '../../support/fake-clock.js';
import { paymentWorld, recharge } from '../../support/payment-world.js';

const nextTrace = async () => {
  traces += 1;
  return {
    terminalId: '00000002',
    stan: traces,
    rrn: String(traces).padStart(12, '0'),
    transmittedAt: new Date('2026-11-23T04:00:00.000Z'),
  };
};
let traces = 0;

describe('MysqlOrderStore', () => {
  const test = withDatabase();
  const start = () => {
    const clock = new FakeClock();
    const codes: string[] = [];
    const newCode = scriptedCodes(codes);
    return {
      clock,
      codes,
      orders: new MysqlOrderStore(test.database, clock, { newCode }),
      payments: new MysqlPaymentStore(test.database, new MysqlLedgerStore(test.database, systemClock)),
    };
  };
  const count = async (table: string, where: object): Promise<number> =>
    (await test.database(table).where(where).select('id')).length;

  describeOrderStore('MysqlOrderStore', async () => start());

  it('makes exactly one order of 1,000 requests with one key at once', async function () {
    this.timeout(60_000);
    const { clock } = start();
    const asked = someOrder(clock);
    // Twenty nodes: rivals within one wait for each other, rivals of several meet in the database.
    const nodes = Array.from({ length: 20 }, () => start().orders);
    const made = await Promise.all(
      nodes.flatMap((orders) => Array.from({ length: 50 }, async () => orders.prepare(asked))),
    );
    assert.equal(made.filter(({ outcome }) => outcome === 'prepared').length, 1);
    assert.equal(made.filter(({ outcome }) => outcome === 'was-prepared').length, 999);
    assert.equal(await count('orders', { idempotency_key: asked.idempotencyKey }), 1);
  });

  it('tells rivals for one key in one process apart by what they ask for', async () => {
    const { orders, clock } = start();
    const asked = someOrder(clock);
    const made = await Promise.all([
      orders.prepare(asked),
      orders.prepare({ ...asked, amount: money(1) }),
      orders.prepare(asked),
    ]);
    assert.deepEqual(
      made.map(({ outcome }) => outcome),
      ['prepared', 'other-order', 'was-prepared'],
    );
  });

  it('gives 300 orders at once codes of their own though most of them draw the same', async function () {
    this.timeout(60_000);
    const { clock } = start();
    let draws = 0;
    // Each code is drawn three times in a row.
    const newCode = () => String(700_000 + Math.floor(draws++ / 3)).padStart(6, '0');
    const orders = new MysqlOrderStore(test.database, clock, { newCode });
    const made = await Promise.all(Array.from({ length: 300 }, async () => orders.prepare(someOrder(clock))));
    const codes = made.map((each) => ('order' in each ? each.order.code : 'none'));
    assert.equal(new Set(codes).size, 300);
  });

  it('lets one of two processes pay an order that both begin to pay at once, 50 times over', async function () {
    this.timeout(60_000);
    const { orders, payments, clock } = start();
    const { payments: elsewhere } = start();
    for (let round = 0; round < 50; round += 1) {
      const made = await orders.prepare(someOrder(clock));
      assert.ok('order' in made);
      const begun = await Promise.all([
        payments.begin(paymentOf(made.order, clock)),
        elsewhere.begin(paymentOf(made.order, clock)),
      ]);
      const winner = begun.find((each) => each !== 'order-closed');
      assert.equal(begun.filter((each) => each === 'order-closed').length, 1);
      assert.equal(await count('payments', { order_id: made.order.id }), 1);
      assert.ok(winner !== undefined);
      assert.equal((await orders.find(made.order.id))?.paymentId, winner.id);
    }
  });

  it('lets one of two calls on two nodes pay an order, and sends nothing for the other', async function () {
    this.timeout(60_000);
    const { orders, payments, clock } = start();
    const world = paymentWorld(payments, 10_000_000);
    world.bank.nextTrace = nextTrace;
    for (let round = 1; round <= 20; round += 1) {
      const made = await orders.prepare(someOrder(clock));
      assert.ok('order' in made);
      const orderId = made.order.id;
      const nodes = [world.process(), world.process({ node: 'node-2', store: start().payments })];
      const told = await Promise.all(nodes.map(async (parts) => takePayment(parts)(recharge({ orderId }))));
      assert.deepEqual(told.map(({ outcome }) => outcome).sort(), ['order-closed', 'paid']);
      assert.equal((await orders.find(orderId))?.state, 'paid');
      assert.equal(world.bank.journal.length, round);
      assert.equal(world.carrier.arrived.length, round);
    }
  });

  it('needs no more durable commits for a payment of an order than for another', async () => {
    const { orders, payments, clock } = start();
    const made = await orders.prepare(someOrder(clock));
    assert.ok('order' in made);
    const world = paymentWorld(payments);
    world.bank.nextTrace = nextTrace;
    const before = test.commits;
    await takePayment(world.process())(recharge({ orderId: made.order.id }));
    assert.equal(test.commits - before, 3);
  });
});
