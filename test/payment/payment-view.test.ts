import assert from 'node:assert/strict';
import { paymentView } from '../../src/payment/payment-view.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { memoryWorld, recharge } from '../support/payment-world.js';

async function viewOf(prepare: (world: ReturnType<typeof memoryWorld>) => void = () => undefined) {
  const world = memoryWorld();
  prepare(world);
  const parts = world.process();
  await takePayment(parts)(recharge({ cardId: 'card-of-somebody', callerNumber: '13700137000' }));
  await parts.background.idle();
  const view = () => {
    const [payment] = world.store.all();
    assert.ok(payment);
    const at = world.clock.now();
    const transitions = world.store.transitions.map(({ from, to }) => ({ from, to, at, reason: 'Li: why' }));
    return paymentView({
      ...{ payment, transitions, transfers: [], bankMessages: [], notices: [], acts: [], openBreaks: [] },
    });
  };
  return { world, view };
}

describe('the view of a payment', () => {
  it('says what was paid, how it came about and what the caller is told', async () => {
    const { world, view } = await viewOf();
    const { id, callId, ...seen } = view();
    const at = world.clock.now();
    assert.deepEqual([id, callId], [world.store.all()[0]?.id, world.store.all()[0]?.callId]);
    assert.deepEqual(seen, {
      orderId: undefined,
      service: 'recharge',
      target: '138****8000',
      amount: { amountMinor: 5_000, currency: 'CNY' },
      state: 'completed',
      told: 'paid',
      isHeard: false,
      declineReason: undefined,
      reference: '000001',
      createdAt: at,
      updatedAt: at,
      transitions: [
        { from: 'created', to: 'authorising', at },
        { from: 'authorising', to: 'authorised', at },
        { from: 'authorised', to: 'delivering', at },
        { from: 'delivering', to: 'completed', at },
      ],
    });
  });

  it('names no card, no whole number, no trace and no reason that a person wrote', async () => {
    const { view } = await viewOf();
    const text = JSON.stringify(view());
    assert.doesNotMatch(text, /card-of-somebody|13800138000|13700137000|000000000001|Li: why/);
  });

  it('says when the caller has heard the end', async () => {
    const { world, view } = await viewOf();
    await world.store.markHeard([view().id]);
    assert.equal(view().isHeard, true);
  });

  it('says why a payment was declined', async () => {
    const { view } = await viewOf(({ bank }) => bank.script('purchase', 'refused'));
    const { state, told, declineReason } = view();
    assert.deepEqual([state, told], ['declined', 'not-paid']);
    assert.notEqual(declineReason, undefined);
  });
});
