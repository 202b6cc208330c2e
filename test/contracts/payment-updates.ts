import assert from 'node:assert/strict';
import { v7 as uuidV7 } from 'uuid';
import { money } from '../../src/money.js';
import type { Payment } from '../../src/payment/payment.js';
import { edge } from '../../src/payment/payment.js';
import type { Change, NewPayment, PaymentStore } from '../../src/payment/payment-store.js';
import { begun } from '../support/begun.js';
import { newPayment, type PaymentStoreUnderTest } from './payment-store.js';

const at = new Date('2026-11-23T04:00:00.000Z');
const later = (ms: number): Date => new Date(at.getTime() + ms);

/** What callers are told of earlier payments, and asked about them, whichever store it is. */
export function describePaymentUpdates(name: string, start: () => Promise<PaymentStoreUnderTest>): void {
  describe(`${name} as a store of what callers are told`, () => {
    let under: PaymentStoreUnderTest;
    let store: PaymentStore;
    beforeEach(async () => {
      under = await start();
      store = under.store;
    });

    const begin = async (payment: NewPayment): Promise<Payment> => begun(store, payment);
    const change = async (payment: Payment, path: Change['path'], other: Partial<Change> = {}) =>
      store.change({ payment, path, at: later(1_000), nextAttemptAt: later(90_000), ...other });
    const toReversing = async (payment: Payment): Promise<Payment> => {
      const changed = await change(payment, [edge('authorising', 'unknown'), edge('unknown', 'reversing')]);
      assert.ok(changed !== 'lost');
      return changed;
    };

    it('says whose call goes on, on a node that lives', async () => {
      const { open, closed, orphaned } = { open: uuidV7(), closed: uuidV7(), orphaned: uuidV7() };
      const { callerNumber } = await begin(newPayment({ callId: open }));
      for (const callId of [closed, orphaned, uuidV7()]) {
        await begin(newPayment({ callId, callerNumber }));
      }
      await under.openCall(open, 'live');
      await under.openCall(orphaned, 'gone');
      await under.openCall(closed, 'live');
      await under.endCall(closed);
      const due = await store.newsFor(callerNumber);
      assert.deepEqual(
        due.map(({ callId, isCallOpen }) => [callId === open, isCallOpen]),
        [
          [true, true],
          [false, false],
          [false, false],
          [false, false],
        ],
      );
      await under.endCall(open);
      assert.ok((await store.newsFor(callerNumber)).every(({ isCallOpen }) => !isCallOpen));
    });

    it('counts how often an end was told, once in a while, and it is news no more after so many times', async () => {
      const payment = await toReversing(await begin(newPayment()));
      const told = async () => (await store.newsFor(payment.callerNumber)).map(({ timesTold }) => timesTold);
      const count = async (ms: number) =>
        store.countTold([payment.id], { at: later(ms), countedBefore: later(ms - 1000), times: 2 });
      await count(0);
      assert.deepEqual(await told(), [0], 'it is not over');
      await change(payment, [edge('reversing', 'reversed')], { nextAttemptAt: undefined });
      await count(0);
      assert.deepEqual(await told(), [1]);
      await count(999);
      assert.deepEqual(await told(), [1]);
      await count(1000);
      assert.deepEqual(await told(), []);
    });

    it('finds the same payment of a short while ago, by caller, by call or by card', async () => {
      const first = await begin(newPayment());
      const { callerNumber, callId, cardId, service, target, amount } = first;
      const others = { callerNumber: '9', callId: uuidV7(), cardId: uuidV7() };
      const same = { ...others, service, target, amount, since: at };
      const found = async (of: Partial<typeof same>) => (await store.findSame({ ...same, ...of }))?.id;
      assert.equal(await found({}), undefined);
      assert.equal(await found({ callerNumber: '' }), undefined);
      for (const who of [{ callerNumber }, { callId }, { cardId }]) {
        assert.equal(await found(who), first.id);
        assert.equal(await found({ ...who, since: later(1) }), undefined);
        assert.equal(await found({ ...who, service: 'bill' }), undefined);
        assert.equal(await found({ ...who, target: '13900139000' }), undefined);
        assert.equal(await found({ ...who, amount: money(5001) }), undefined);
      }
      const second = await begin(newPayment({ callerNumber, at: later(5) }));
      assert.equal(await found({ callerNumber, cardId }), second.id, 'the latest');
      await change(second, [edge('authorising', 'declined')], { nextAttemptAt: undefined });
      assert.equal(await found({ callerNumber }), first.id, 'what failed does not count');
      const reversing = await toReversing(first);
      assert.equal(await found({ callerNumber }), first.id);
      await change(reversing, [edge('reversing', 'reversed')], { nextAttemptAt: undefined });
      assert.equal(await found({ callerNumber }), undefined);
    });

    it('finds no withheld caller the same as another', async () => {
      const { service, target, amount } = await begin(newPayment({ callerNumber: '' }));
      const stranger = { callerNumber: '', callId: uuidV7(), cardId: uuidV7() };
      assert.equal(await store.findSame({ ...stranger, service, target, amount, since: at }), undefined);
    });
  });
}
