import assert from 'node:assert/strict';
import type { PaymentResult } from '../../src/payment/take-payment.js';
import { misfortunes, runSchedule } from '../support/crash-schedule.js';
import { checkMoney } from '../support/money-check.js';
import { memoryWorld } from '../support/payment-world.js';

async function run(misfortune: (typeof misfortunes)[number], dieAt: number, workerDiesAt = 0) {
  const world = memoryWorld();
  const { store } = world;
  const outcome = await runSchedule(world, misfortune, dieAt, workerDiesAt);
  const { pendingMinor, postedMinor } = await store.ledger.balance('bank-clearing/unionpay', 'CNY');
  await checkMoney(world.bank, world.carrier, {
    payments: store.all(),
    transitions: store.transitions,
    notices: store.notices,
    transferKinds: async (id) => (await store.ledger.transfersOf(id)).map(({ kind }) => kind),
    pendingMinor,
    postedMinor,
  });
  return { ...outcome, state: store.all()[0]?.state };
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
