import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import { money } from '../../src/money.js';
import type { NewOrder, Order, OrderStore } from '../../src/payment/orders/order.js';
import type { Payment } from '../../src/payment/payment.js';
import { edge } from '../../src/payment/payment.js';
import type { Change, NewPayment, PaymentStore } from '../../src/payment/payment-store.js';
import { begun } from '../support/begun.js';
import type { FakeClock } from '../support/fake-clock.js';

/** A store of orders, the store of the payments that pay them, and what both go by. */
export type OrderStoreUnderTest = {
  readonly orders: OrderStore;
  readonly payments: PaymentStore;
  readonly clock: FakeClock;
  /** The next codes; random ones when none is left. */
  readonly codes: string[];
};

/** Returns a source of codes that gives these first, then random ones. */
export function scriptedCodes(codes: string[]): () => string {
  return () => codes.shift() ?? someCode();
}

const someCode = (): string => String(randomInt(1_000_000)).padStart(6, '0');

const lifetimeMs = 1_800_000;
const inMs = (clock: FakeClock, ms: number): Date => new Date(clock.now().getTime() + ms);

/** Returns an order that differs from every other by its key. */
export function someOrder(clock: FakeClock, other: Partial<NewOrder> = {}): NewOrder {
  return {
    service: 'recharge',
    target: '13800138000',
    details: { phone: '13800138000' },
    amount: money(5_000),
    reference: 'A-17',
    note: 'monthly',
    createdBy: '1001',
    idempotencyKey: uuidV7(),
    expiresAt: inMs(clock, lifetimeMs),
    ...other,
  };
}

let numbers = (Date.now() + 500_000_000) % 1_000_000_000;

/** Returns a payment of the order, as it is about to begin. */
export function paymentOf(order: Order, clock: FakeClock, other: Partial<NewPayment> = {}): NewPayment {
  numbers += 1;
  const { id: orderId, service, target, details, amount } = order;
  const at = clock.now();
  return {
    id: uuidV7(),
    callId: uuidV7(),
    callerNumber: '13800138000',
    ...{ orderId, service, target, details, amount },
    cardId: uuidV7(),
    bank: 'unionpay',
    provider: 'mobile',
    trace: {
      terminalId: '00000001',
      stan: numbers % 999_999,
      rrn: String(numbers).padStart(12, '0'),
      transmittedAt: at,
    },
    owner: 'node-1/a',
    leaseUntil: inMs(clock, 60_000),
    at,
    ...other,
  };
}

/** The behaviour that preparers and payers of orders rely on, whichever stores they are. */
export function describeOrderStore(name: string, start: () => Promise<OrderStoreUnderTest>): void {
  describe(`${name} as an order store`, () => {
    let under: OrderStoreUnderTest;
    let orders: OrderStore;
    let payments: PaymentStore;
    let clock: FakeClock;
    beforeEach(async () => {
      under = await start();
      ({ orders, payments, clock } = under);
    });

    const prepared = async (other: Partial<NewOrder> = {}): Promise<Order> => {
      const result = await orders.prepare(someOrder(clock, other));
      assert.equal(result.outcome, 'prepared');
      assert.ok('order' in result);
      return result.order;
    };
    const pay = async (order: Order, other: Partial<NewPayment> = {}): Promise<Payment> =>
      begun(payments, paymentOf(order, clock, other));
    const changed = async (payment: Payment, ...path: Change['path']): Promise<Payment> => {
      const after = await payments.change({ payment, path, at: clock.now(), nextAttemptAt: clock.now() });
      assert.ok(after !== 'lost');
      return after;
    };
    const stateOf = async ({ id }: Order) => (await orders.find(id))?.state;

    describe('to whoever prepares one', () => {
      it('gives a new order six digits, by which it is found', async () => {
        const asked = someOrder(clock);
        const result = await orders.prepare(asked);
        assert.equal(result.outcome, 'prepared');
        assert.ok('order' in result);
        const { idempotencyKey: _key, ...facts } = asked;
        const { id, code, ...stored } = result.order;
        assert.match(code, /^\d{6}$/);
        assert.deepEqual(stored, { ...facts, state: 'open', paymentId: undefined, createdAt: clock.now() });
        assert.deepEqual(await orders.find(id), result.order);
        assert.deepEqual(await orders.findByCode(code), result.order);
      });

      it('keeps an order that says no more than it must', async () => {
        const order = await prepared({ reference: undefined, note: undefined });
        assert.deepEqual(await orders.find(order.id), order);
      });

      it('knows nothing of an order that was never prepared', async () => {
        assert.equal(await orders.find(uuidV7()), undefined);
        assert.equal(await orders.findByCode('nocode'), undefined);
        assert.equal(await orders.cancel(uuidV7()), undefined);
      });

      it('returns the order that is there for the same key, as it is now', async () => {
        const asked = someOrder(clock);
        const first = await orders.prepare(asked);
        assert.ok('order' in first);
        await pay(first.order);
        const again = await orders.prepare({ ...asked, expiresAt: inMs(clock, 2 * lifetimeMs) });
        assert.equal(again.outcome, 'was-prepared');
        assert.ok('order' in again);
        assert.deepEqual(again.order, await orders.find(first.order.id));
        assert.equal(again.order.state, 'paying');
        assert.deepEqual(again.order.expiresAt, first.order.expiresAt);
      });

      for (const [what, other] of [
        ['another amount', { amount: money(5_001) }],
        ['another target', { target: '13900139000' }],
        ['another service', { service: 'bill' }],
        ['another reference', { reference: 'A-18' }],
        ['no note', { note: undefined }],
      ] as const) {
        it(`refuses the same key for ${what}`, async () => {
          const asked = someOrder(clock);
          await orders.prepare(asked);
          assert.deepEqual(await orders.prepare({ ...asked, ...other }), { outcome: 'other-order' });
        });
      }

      it('lets two preparers use the same key, and one preparer two keys', async () => {
        const asked = someOrder(clock);
        const made = [
          await orders.prepare(asked),
          await orders.prepare({ ...asked, createdBy: '1002' }),
          await orders.prepare({ ...asked, idempotencyKey: uuidV7() }),
        ];
        assert.deepEqual(
          made.map(({ outcome }) => outcome),
          ['prepared', 'prepared', 'prepared'],
        );
      });

      it('takes keys that differ in case for two keys', async () => {
        const lower = someOrder(clock, { idempotencyKey: `cart-${uuidV7()}` });
        await orders.prepare(lower);
        const upper = await orders.prepare({ ...lower, idempotencyKey: lower.idempotencyKey.toUpperCase() });
        assert.equal(upper.outcome, 'prepared');
      });

      it('makes one order of many requests with one key at once', async () => {
        const asked = someOrder(clock);
        const made = await Promise.all(Array.from({ length: 50 }, async () => orders.prepare(asked)));
        assert.equal(made.filter(({ outcome }) => outcome === 'prepared').length, 1);
        assert.equal(new Set(made.map((each) => ('order' in each ? each.order.id : 'none'))).size, 1);
      });
    });

    describe('to whoever is given a code', () => {
      it('gives no two orders that can be paid the same', async () => {
        const taken = await prepared();
        const free = someCode();
        under.codes.push(taken.code, free);
        assert.equal((await prepared()).code, free);
      });

      it('gives the code of an order that is being paid to no other', async () => {
        const taken = await prepared();
        await pay(taken);
        clock.advance(lifetimeMs);
        const free = someCode();
        under.codes.push(taken.code, free);
        assert.equal((await prepared()).code, free);
        assert.equal(await stateOf(taken), 'paying');
      });

      it('gives the code of an order that expired again, and finds the latest by it', async () => {
        const old = await prepared();
        clock.advance(lifetimeMs);
        assert.equal((await orders.findByCode(old.code))?.state, 'expired');
        under.codes.push(old.code);
        const next = await prepared();
        assert.equal(next.code, old.code);
        assert.deepEqual(await orders.findByCode(old.code), next);
        assert.equal(await stateOf(old), 'expired');
      });

      it('gives the code of an order that was cancelled or paid again, and finds the latest by it', async () => {
        const old = await prepared();
        await orders.cancel(old.id);
        under.codes.push(old.code, old.code);
        const next = await prepared();
        assert.equal(next.code, old.code);
        const delivering = await changed(
          await pay(next),
          edge('authorising', 'authorised'),
          edge('authorised', 'delivering'),
        );
        await changed(delivering, edge('delivering', 'completed'));
        clock.advance(1);
        const last = await prepared();
        assert.deepEqual(await orders.findByCode(old.code), last);
      });

      it('says so when no free code is found', async () => {
        const { code } = await prepared();
        under.codes.push(...Array.from({ length: 100 }, () => code));
        await assert.rejects(orders.prepare(someOrder(clock)), /no free code/);
        under.codes.length = 0;
      });
    });

    describe('to whoever cancels or waits', () => {
      it('cancels an open order, once and for good', async () => {
        const order = await prepared();
        const cancelled = await orders.cancel(order.id);
        assert.deepEqual(cancelled, { ...order, state: 'cancelled' });
        assert.deepEqual(await orders.cancel(order.id), cancelled);
        assert.equal(await payments.begin(paymentOf(order, clock)), 'order-closed');
      });

      it('cancels no order that is being paid, was paid, or has expired', async () => {
        const [paying, expired] = [await prepared(), await prepared()];
        await pay(paying);
        assert.equal((await orders.cancel(paying.id))?.state, 'paying');
        clock.advance(lifetimeMs);
        assert.equal((await orders.cancel(expired.id))?.state, 'expired');
      });

      it('lets an order expire at its time, and be paid until then', async () => {
        const [early, late] = [await prepared(), await prepared()];
        clock.advance(lifetimeMs - 1);
        assert.equal(await stateOf(late), 'open');
        await pay(early);
        clock.advance(1);
        assert.equal(await stateOf(late), 'expired');
        assert.equal(await payments.begin(paymentOf(late, clock)), 'order-closed');
      });
    });

    describe('to whoever pays', () => {
      it('is taken by the payment that begins, and by no other while that goes on', async () => {
        const order = await prepared();
        const payment = await pay(order);
        assert.equal(payment.orderId, order.id);
        assert.deepEqual(await payments.find(payment.id), payment);
        assert.deepEqual(await orders.find(order.id), { ...order, state: 'paying', paymentId: payment.id });
        const other = paymentOf(order, clock);
        assert.equal(await payments.begin(other), 'order-closed');
        assert.equal(await payments.find(other.id), undefined, 'nothing of it is stored');
      });

      it('is taken by one of many payments that begin at once', async () => {
        const order = await prepared();
        const begins = await Promise.all(
          Array.from({ length: 20 }, async () => payments.begin(paymentOf(order, clock))),
        );
        assert.equal(begins.filter((each) => each !== 'order-closed').length, 1);
      });

      it('is taken once by a payment that begins again, because it could not know that it had', async () => {
        const order = await prepared();
        const payment = paymentOf(order, clock);
        const first = await payments.begin(payment);
        assert.deepEqual(await payments.begin(payment), first);
        await assert.rejects(payments.begin({ ...payment, orderId: undefined }), /Duplicate entry/);
      });

      for (const [what, other] of [
        ['amount', { amount: money(4_999) }],
        ['target', { target: '13900139000' }],
        ['service', { service: 'bill' }],
      ] as const) {
        it(`is not taken by a payment with another ${what}`, async () => {
          const order = await prepared();
          assert.equal(await payments.begin(paymentOf(order, clock, other)), 'order-closed');
          assert.equal(await stateOf(order), 'open');
        });
      }

      it('is not taken when there is none', async () => {
        const order = await prepared();
        assert.equal(await payments.begin(paymentOf(order, clock, { orderId: uuidV7() })), 'order-closed');
      });

      it('is paid with the payment that is completed, and never again', async () => {
        const order = await prepared();
        const payment = await pay(order);
        const delivering = await changed(
          payment,
          edge('authorising', 'authorised'),
          edge('authorised', 'delivering'),
        );
        assert.equal(await stateOf(order), 'paying');
        await changed(delivering, edge('delivering', 'completed'));
        assert.deepEqual(await orders.find(order.id), { ...order, state: 'paid', paymentId: payment.id });
        assert.equal(await payments.begin(paymentOf(order, clock)), 'order-closed');
        clock.advance(lifetimeMs);
        assert.equal(await stateOf(order), 'paid', 'it does not expire');
      });

      it('is open again after a payment that was declined, under the same code', async () => {
        const order = await prepared();
        const payment = await pay(order);
        await changed(payment, edge('authorising', 'declined'));
        assert.deepEqual(await orders.find(order.id), { ...order, state: 'open', paymentId: payment.id });
        assert.equal((await orders.findByCode(order.code))?.id, order.id);
        const second = await pay(order);
        assert.equal((await orders.find(order.id))?.paymentId, second.id);
      });

      it('is open again when the money is back, and not before', async () => {
        const order = await prepared();
        const reversing = await changed(
          await pay(order),
          edge('authorising', 'unknown'),
          edge('unknown', 'reversing'),
        );
        const waiting = await changed(reversing, edge('reversing', 'needs-operator'));
        assert.equal(await stateOf(order), 'paying');
        await changed(waiting, edge('needs-operator', 'reversed'));
        assert.equal(await stateOf(order), 'open');
      });

      it('is paid when a person finds that it was delivered after all', async () => {
        const order = await prepared();
        const delivering = await changed(
          await pay(order),
          edge('authorising', 'authorised'),
          edge('authorised', 'delivering'),
        );
        const payment = await changed(delivering, edge('delivering', 'reversing'));
        const settled = await payments.change({
          payment,
          path: [edge('reversing', 'needs-operator'), edge('needs-operator', 'completed')],
          at: clock.now(),
          act: { id: uuidV7(), act: 'settle-completed', by: 'Li', reason: 'the carrier has it' },
        });
        assert.ok(settled !== 'lost');
        assert.equal(await stateOf(order), 'paid');
      });

      it('is left to its payment by a rival whose change is lost', async () => {
        const order = await prepared();
        const payment = await pay(order, { leaseUntil: clock.now() });
        const owner = await payments.claim(payment, {
          owner: 'node-2/b',
          until: inMs(clock, 60_000),
          at: clock.now(),
        });
        assert.ok(owner !== 'lost');
        const late = await payments.change({
          payment,
          path: [edge('authorising', 'declined')],
          at: clock.now(),
        });
        assert.equal(late, 'lost');
        assert.equal(await stateOf(order), 'paying');
      });
    });
  });
}
