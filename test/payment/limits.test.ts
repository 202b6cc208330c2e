import assert from 'node:assert/strict';
import { money } from '../../src/money.js';
import type { Payment } from '../../src/payment/payment.js';
import type { PaymentRequest, PaymentResult } from '../../src/payment/take-payment.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { memoryWorld, recharge } from '../support/payment-world.js';

const limits = {
  perPaymentMinor: 20_000,
  perCallerDay: { count: 3, amountMinor: 30_000 },
  perCardDay: { count: 3, amountMinor: 30_000 },
};

function start() {
  const world = memoryWorld();
  const parts = world.process({ policy: { limits } });
  const take = takePayment(parts);
  return {
    ...world,
    take,
    pay: async (request: PaymentRequest): Promise<PaymentResult> => {
      const result = await take(request);
      await parts.background.idle();
      return result;
    },
    only: (): Payment => {
      const [payment] = world.store.all();
      assert.ok(payment);
      return payment;
    },
  };
}

describe('the limits of payments', () => {
  it('decline an amount above the limit before the bank is asked', async () => {
    const { pay, bank, only } = start();
    assert.deepEqual(await pay(recharge({ amount: money(20_001) })), {
      outcome: 'declined',
      reason: 'amount-limit',
    });
    assert.equal(bank.journal.length, 0);
    assert.equal(only().state, 'declined');
    assert.equal(only().bankResponseCode, undefined);
  });

  it('allow the limit itself', async () => {
    const { pay } = start();
    assert.equal((await pay(recharge({ amount: money(20_000) }))).outcome, 'paid');
  });

  for (const [who, other] of [
    ['caller', { cardId: 'card-2' }],
    ['card', { callerNumber: '13900139000' }],
  ] as const) {
    it(`decline what one ${who} would spend beyond the day's amount`, async () => {
      const { pay } = start();
      await pay(recharge({ amount: money(20_000) }));
      assert.deepEqual(await pay(recharge({ amount: money(10_001), ...other })), {
        outcome: 'declined',
        reason: 'amount-limit',
      });
      assert.equal((await pay(recharge({ amount: money(10_000), ...other }))).outcome, 'paid');
    });

    it(`decline more payments of one ${who} than the day's count`, async () => {
      const { pay } = start();
      for (let count = 0; count < 3; count += 1) {
        assert.equal((await pay(recharge({ amount: money(100) }))).outcome, 'paid');
      }
      assert.deepEqual(await pay(recharge({ amount: money(100), ...other })), {
        outcome: 'declined',
        reason: 'count-limit',
      });
    });
  }

  it('begin again with the next day of the service, not of UTC', async () => {
    const { pay, clock } = start();
    clock.step(Date.parse('2026-11-23T15:59:59.000Z') - clock.now().getTime());
    assert.equal((await pay(recharge({ amount: money(20_000) }))).outcome, 'paid');
    assert.equal((await pay(recharge({ amount: money(20_000) }))).outcome, 'declined');
    clock.advance(1_000);
    assert.equal((await pay(recharge({ amount: money(20_000) }))).outcome, 'paid');
  });

  it('are not shared by callers who withhold their number', async () => {
    const { pay } = start();
    const withheld = { callerNumber: '', amount: money(20_000) };
    assert.equal((await pay(recharge({ ...withheld, cardId: 'card-1' }))).outcome, 'paid');
    assert.equal((await pay(recharge({ ...withheld, cardId: 'card-2' }))).outcome, 'paid');
    assert.equal((await pay(recharge({ ...withheld, cardId: 'card-2' }))).outcome, 'declined');
  });

  it('do not count what was declined or given back', async () => {
    const { pay, carrier } = start();
    await pay(recharge({ amount: money(20_000), pin: '000000' }));
    carrier.script('refused');
    await pay(recharge({ amount: money(20_000) }));
    assert.equal((await pay(recharge({ amount: money(20_000) }))).outcome, 'paid');
  });

  it('are not overrun by two payments begun at the same moment', async () => {
    const { take } = start();
    const both = await Promise.all([
      take(recharge({ amount: money(20_000) })),
      take(recharge({ amount: money(20_000) })),
    ]);
    assert.ok(both.filter(({ outcome }) => outcome === 'paid').length <= 1);
  });
});
