import assert from 'node:assert/strict';
import type { PaymentResult } from '../../src/payment/take-payment.js';
import { someOrder } from '../contracts/order-store.js';
import { misfortunes, runSchedule } from '../support/crash-schedule.js';
import { FakeOrderStore } from '../support/fake-order-store.js';
import { FakePaymentStore } from '../support/fake-payment-store.js';
import { checkMoney } from '../support/money-check.js';
import { paymentWorld } from '../support/payment-world.js';

/** The payment pays an order: it must end paid exactly when the payment is completed, and else be open. */
async function run(misfortune: (typeof misfortunes)[number], dieAt: number, workerDiesAt = 0) {
  const orders = new FakeOrderStore();
  const world = paymentWorld(new FakePaymentStore(orders));
  const { store } = world;
  const prepared = await orders.prepare(someOrder(world.clock, { expiresAt: new Date('2027-01-01') }));
  assert.ok('order' in prepared);
  const orderId = prepared.order.id;
  const outcome = await runSchedule(world, misfortune, dieAt, workerDiesAt, { orderId });
  const { pendingMinor, postedMinor } = await store.ledger.balance('bank-clearing/unionpay', 'CNY');
  await checkMoney(world.bank, world.carrier, {
    payments: store.all(),
    transitions: store.transitions,
    notices: store.notices,
    transferKinds: async (id) => (await store.ledger.transfersOf(id)).map(({ kind }) => kind),
    pendingMinor,
    postedMinor,
  });
  const state = store.all()[0]?.state;
  assert.equal((await orders.find(orderId))?.state, state === 'completed' ? 'paid' : 'open');
  return { ...outcome, state };
}

/** What a caller was told must not be contradicted by how the payment ended. */
const endsThatMayFollow: Record<PaymentResult['outcome'], readonly (string | undefined)[]> = {
  paid: ['completed'],
  declined: ['declined'],
  'wrong-pin': ['declined'],
  returning: ['reversed'],
  unresolved: ['completed', 'reversed'],
  unavailable: ['declined', 'reversed', undefined],
  'order-closed': [undefined],
};

describe('a process that dies', () => {
  for (const misfortune of misfortunes) {
    const title = JSON.stringify(misfortune);
    it(`loses no money at any point, and neither does the one that recovers, with ${title}`, async () => {
      const { points, told, state } = await run(misfortune, 0);
      assert.ok(told && endsThatMayFollow[told.outcome].includes(state), `${told?.outcome} then ${state}`);
      assert.ok(points >= 8, 'there are points to die at');
      for (let dieAt = 1; dieAt <= points; dieAt += 1) {
        const { workerPoints } = await run(misfortune, dieAt);
        for (let workerDiesAt = 1; workerDiesAt <= workerPoints; workerDiesAt += 1) {
          await run(misfortune, dieAt, workerDiesAt);
        }
      }
    });
  }
});
