import assert from 'node:assert/strict';
import { yuan } from '../../../src/money.js';
import { takePayment } from '../../../src/payment/take-payment.js';
import { someOrder } from '../../contracts/order-store.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeOrderStore } from '../../support/fake-order-store.js';
import { FakePaymentStore } from '../../support/fake-payment-store.js';
import { paymentWorld, recharge } from '../../support/payment-world.js';

describe('taking a payment of an order', () => {
  const startOrder = async (expiresAt = new Date('2027-01-01')) => {
    const clock = new FakeClock();
    const orders = new FakeOrderStore(clock);
    const { store, ...world } = paymentWorld(new FakePaymentStore(orders), 100_000, clock);
    const parts = world.process();
    const prepared = await orders.prepare(someOrder(clock, { expiresAt }));
    assert.ok('order' in prepared);
    const orderId = prepared.order.id;
    return {
      ...world,
      store,
      orders,
      parts,
      orderId,
      pay: async (other: Parameters<typeof recharge>[0] = {}) => {
        const result = await takePayment(parts)(recharge({ orderId, ...other }));
        await parts.background.idle();
        return result.outcome;
      },
      state: async () => (await orders.find(orderId))?.state,
    };
  };

  it('pays it, and says that it is closed to whoever would pay it again', async () => {
    const { pay, state, bank, carrier, store } = await startOrder();
    assert.equal(await pay(), 'paid');
    assert.equal(await state(), 'paid');
    assert.equal(await pay(), 'order-closed');
    assert.equal(bank.journal.length, 1, 'nothing was sent');
    assert.equal(carrier.journal.length, 1);
    assert.equal(store.all().length, 1);
  });

  it('uses the PIN up though the order is closed', async () => {
    const { pay, parts, orderId } = await startOrder();
    await pay();
    const request = recharge({ orderId });
    await takePayment(parts)(request);
    assert.throws(() => request.pin.open(() => undefined), /used already/);
  });

  it('is closed to a second call while the bank decides on the first', async () => {
    const { pay, state, bank } = await startOrder();
    const release = bank.hold('purchase');
    const first = pay();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await state(), 'paying');
    assert.equal(await pay(), 'order-closed');
    release();
    assert.equal(await first, 'paid');
    assert.equal(bank.journal.length, 1);
  });

  it('lets a caller who keyed a wrong PIN try again', async () => {
    const { pay, state } = await startOrder();
    assert.equal(await pay({ pin: '000000' }), 'wrong-pin');
    assert.equal(await state(), 'open');
    assert.equal(await pay(), 'paid');
    assert.equal(await state(), 'paid');
  });

  it('is closed while the money is on its way back, and open when it is there', async () => {
    const { pay, state, carrier, bank, parts, orderId } = await startOrder();
    carrier.script('refused');
    const release = bank.hold('reversal');
    const take = takePayment(parts);
    assert.equal((await take(recharge({ orderId }))).outcome, 'returning');
    assert.equal(await state(), 'paying');
    assert.equal((await take(recharge({ orderId }))).outcome, 'order-closed');
    release();
    await parts.background.idle();
    assert.equal(await state(), 'open');
    assert.equal(await pay(), 'paid');
  });

  it('sends nothing for an order that has expired, or is of another amount', async () => {
    const { pay, bank, clock, store } = await startOrder(new Date('2026-11-23T04:10:00Z'));
    assert.equal(await pay({ amount: yuan(49) }), 'order-closed');
    clock.advance(600_000);
    assert.equal(await pay(), 'order-closed');
    assert.equal(bank.journal.length, 0);
    assert.equal(store.all().length, 0);
  });
});
