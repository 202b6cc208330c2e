import assert from 'node:assert/strict';
import { v7 as uuidV7 } from 'uuid';
import { money } from '../../src/money.js';
import type { Payment, TerminalState } from '../../src/payment/payment.js';
import { edge } from '../../src/payment/payment.js';
import type { Change, DueQuery, NewPayment, PaymentStore } from '../../src/payment/payment-store.js';
import { begun } from '../support/begun.js';

/** A store, and what it wrote besides the payments. */
export type PaymentStoreUnderTest = {
  readonly store: PaymentStore;
  readonly historyOf: (paymentId: string) => Promise<readonly string[]>;
  readonly noticesOf: (paymentId: string) => Promise<readonly string[]>;
  readonly transferKindsOf: (paymentId: string) => Promise<readonly string[]>;
  /** Writes down a call that goes on, on a node that gives signs of life or is gone. */
  readonly openCall: (callId: string, node: 'live' | 'gone') => Promise<void>;
  readonly endCall: (callId: string) => Promise<void>;
  /** What people did to the payment: "act by name: reason". */
  readonly actsOf: (paymentId: string) => Promise<readonly string[]>;
};

const at = new Date('2026-11-23T04:00:00.000Z');
const later = (ms: number): Date => new Date(at.getTime() + ms);

/** Asks as a worker would that has the terminal of every payment here. */
const query = (other: Partial<DueQuery> = {}): DueQuery => ({
  ...{
    now: at,
    horizon: later(3_600_000),
    terminals: ['00000001'],
    providers: ['mobile'],
    strandedBefore: later(-900_000),
  },
  limit: 1_000,
  ...other,
});

let numbers = Date.now() % 1_000_000_000;

/** A payment that is nobody's and like no other. */
export function newPayment(other: Partial<NewPayment> = {}): NewPayment {
  numbers += 1;
  return {
    id: uuidV7(),
    callId: uuidV7(),
    callerNumber: `1${String(numbers).padStart(10, '0')}`,
    service: 'recharge',
    target: '13800138000',
    details: { phone: '13800138000' },
    amount: money(5000),
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
    leaseUntil: later(60_000),
    at,
    ...other,
  };
}

/** The behaviour that payments rely on, whichever store it is. */
export function describePaymentStore(name: string, start: () => Promise<PaymentStoreUnderTest>): void {
  describe(`${name} as a payment store`, () => {
    let under: PaymentStoreUnderTest;
    let store: PaymentStore;
    beforeEach(async () => {
      under = await start();
      store = under.store;
    });

    const begin = async (payment: NewPayment): Promise<Payment> => begun(store, payment);
    const change = async (payment: Payment, path: Change['path'], other: Partial<Change> = {}) =>
      store.change({ payment, path, at: later(1_000), nextAttemptAt: later(90_000), ...other });
    const authorise = async (payment: Payment): Promise<Payment> => {
      const changed = await change(payment, [
        edge('authorising', 'authorised'),
        edge('authorised', 'delivering'),
      ]);
      assert.ok(changed !== 'lost');
      return changed;
    };
    const toReversing = async (payment: Payment): Promise<Payment> => {
      const changed = await change(payment, [edge('authorising', 'unknown'), edge('unknown', 'reversing')]);
      assert.ok(changed !== 'lost');
      return changed;
    };
    const claimed = async (payment: Payment, owner = 'node-2/b'): Promise<Payment | 'lost'> =>
      store.claim(payment, { owner, until: later(200_000), at: later(100_000) });

    it('keeps the batch that the bank had given when the purchase was sent: its reversal names it', async () => {
      const { trace } = newPayment();
      const made = newPayment({ trace: { ...trace, batchNumber: '004711' } });
      await begin(made);
      assert.equal((await store.find(made.id))?.trace.batchNumber, '004711');
    });

    it('begins a payment as authorising, with its trace, its history and its pending transfer', async () => {
      const made = newPayment();
      const payment = await begin(made);
      assert.equal(payment.state, 'authorising');
      assert.deepEqual(payment.trace, made.trace);
      assert.deepEqual(payment.lease, { owner: 'node-1/a', epoch: 1 });
      assert.deepEqual(await store.find(made.id), payment);
      assert.deepEqual(await store.findByRrn(made.trace.rrn), payment);
      assert.deepEqual(await under.historyOf(made.id), ['created → authorising']);
      assert.deepEqual(await under.transferKindsOf(made.id), ['pending']);
    });

    it('knows nothing of a payment that was never begun', async () => {
      assert.equal(await store.find(uuidV7()), undefined);
      assert.equal(await store.findByRrn('000000000000'), undefined);
    });

    it('begins the same payment once, however often it is asked', async () => {
      const made = newPayment();
      const first = await begin(made);
      assert.deepEqual(await begin(made), first);
      assert.deepEqual(await under.transferKindsOf(made.id), ['pending']);
    });

    it('refuses a key that was taken for another amount, and an RRN that was used before', async () => {
      const made = newPayment();
      await begin(made);
      await assert.rejects(begin({ ...made, amount: money(6000) }), /Duplicate entry/);
      await assert.rejects(begin({ ...made, id: uuidV7() }), /Duplicate entry/);
      assert.equal((await store.find(made.id))?.amount.amountMinor, 5000);
    });

    it('completes a payment with its history, its posted transfer and one notice', async () => {
      const payment = await authorise(await begin(newPayment()));
      const done = await change(payment, [edge('delivering', 'completed')], {
        facts: { providerReference: 'C1' },
        nextAttemptAt: undefined,
      });
      assert.ok(done !== 'lost');
      assert.equal(done.state, 'completed');
      assert.equal(done.providerReference, 'C1');
      assert.equal(done.nextAttemptAt, undefined);
      assert.deepEqual(await store.find(payment.id), done);
      assert.deepEqual(
        await under.historyOf(payment.id),
        [
          'created → authorising',
          'authorised → delivering',
          'authorising → authorised',
          'delivering → completed',
        ].sort(),
      );
      assert.deepEqual(await under.transferKindsOf(payment.id), ['pending', 'posted']);
      assert.deepEqual(await under.noticesOf(payment.id), ['completed' satisfies TerminalState]);
    });

    it('declines a payment with the reason, its voided transfer and one notice', async () => {
      const payment = await begin(newPayment());
      const done = await change(payment, [edge('authorising', 'declined')], {
        facts: { declineReason: 'wrong-pin', bankResponseCode: '55' },
        nextAttemptAt: undefined,
      });
      assert.ok(done !== 'lost');
      assert.equal(done.declineReason, 'wrong-pin');
      assert.equal(done.bankResponseCode, '55');
      assert.deepEqual(await under.transferKindsOf(payment.id), ['pending', 'voided']);
      assert.deepEqual(await under.noticesOf(payment.id), ['declined']);
    });

    it('takes a change once: of two at the same moment one is lost, and writes nothing', async () => {
      const payment = await authorise(await begin(newPayment()));
      const results = await Promise.all([
        change(payment, [edge('delivering', 'completed')], { nextAttemptAt: undefined }),
        change(payment, [edge('delivering', 'reversing')]),
      ]);
      assert.equal(results.filter((result) => result === 'lost').length, 1);
      assert.equal((await under.historyOf(payment.id)).length, 4);
    });

    it('takes the same change again for made, and makes it once', async () => {
      const payment = await authorise(await begin(newPayment()));
      const again = [edge('delivering', 'completed')] as const;
      const first = await change(payment, again, { nextAttemptAt: undefined });
      const second = await change(payment, again, { nextAttemptAt: undefined });
      assert.deepEqual(second, first);
      assert.deepEqual(await under.transferKindsOf(payment.id), ['pending', 'posted']);
    });

    it('writes down what a person did, once, and takes the payment from whoever had it', async () => {
      const payment = await authorise(await begin(newPayment()));
      const act = { id: uuidV7(), act: 'settle-completed', by: 'Li', reason: 'the carrier has it' };
      const settle = async () =>
        change(payment, [edge('delivering', 'completed')], { nextAttemptAt: undefined, act });
      const done = await settle();
      assert.ok(done !== 'lost');
      assert.deepEqual(await store.find(payment.id), done);
      assert.deepEqual(done.lease, { owner: `operator/${act.id}`, epoch: payment.lease.epoch + 1 });
      assert.deepEqual(await settle(), done, 'its answer was lost, and it is made again');
      assert.deepEqual(await under.actsOf(payment.id), ['settle-completed by Li: the carrier has it']);
      assert.equal(await change(payment, [edge('delivering', 'reversing')]), 'lost');
    });

    it('lets one of two people settle a payment, though both settle it the same way', async () => {
      const payment = await authorise(await begin(newPayment()));
      const settle = async (by: string) =>
        change(payment, [edge('delivering', 'completed')], {
          nextAttemptAt: undefined,
          act: { id: uuidV7(), act: 'settle-completed', by, reason: 'the carrier has it' },
        });
      const results = await Promise.all([settle('Li'), settle('Wang')]);
      assert.equal(results.filter((result) => result === 'lost').length, 1);
      assert.equal((await under.actsOf(payment.id)).length, 1);
      assert.deepEqual(await under.noticesOf(payment.id), ['completed']);
    });

    it('refuses every change of whoever held it before another claimed it', async () => {
      const frozen = await begin(newPayment({ leaseUntil: later(-1) }));
      const owner = await claimed(frozen);
      assert.ok(owner !== 'lost');
      assert.deepEqual(owner.lease, { owner: 'node-2/b', epoch: 2 });
      assert.equal(owner.attempts, 1);
      assert.equal(
        await change(frozen, [edge('authorising', 'authorised'), edge('authorised', 'delivering')]),
        'lost',
      );
      assert.equal(await store.postpone(frozen, { nextAttemptAt: at, at }), 'lost');
      assert.equal((await toReversing(owner)).state, 'reversing');
      assert.equal(
        await change(frozen, [edge('authorising', 'unknown'), edge('unknown', 'reversing')]),
        'lost',
        'the same change by another is not ours',
      );
    });

    it('lets one of many claim a payment', async () => {
      const payment = await begin(newPayment({ leaseUntil: later(-1) }));
      const claims = await Promise.all(
        ['node-1/x', 'node-2/y', 'node-3/z', 'node-4/w'].map(async (owner) => claimed(payment, owner)),
      );
      assert.equal(claims.filter((claim) => claim !== 'lost').length, 1);
    });

    it('lets nobody claim a payment that is over', async () => {
      const payment = await begin(newPayment());
      const done = await change(payment, [edge('authorising', 'declined')], { nextAttemptAt: undefined });
      assert.ok(done !== 'lost');
      assert.equal(await claimed(payment), 'lost');
      assert.equal(await claimed(done), 'lost');
    });

    it('finds what is due, oldest first, and what a stepped clock put too far ahead', async () => {
      const [b, a, ahead, notYet] = await Promise.all(
        [-1_000, -2_000, 9_000_000, 5_000].map(async (ms) => begin(newPayment({ leaseUntil: later(ms) }))),
      );
      const due = (await store.due(query())).map(({ id }) => id);
      assert.ok(a && b && ahead && notYet);
      const found = due.filter((id) => [a.id, b.id, ahead.id, notYet.id].includes(id));
      assert.deepEqual(found, [a.id, b.id, ahead.id]);
      assert.equal((await store.due(query({ limit: 1 }))).length, 1);
    });

    it('gives what is to be reversed only to whoever has its terminal', async () => {
      const leaseUntil = later(-2_000);
      const payment = await begin(newPayment({ leaseUntil }));
      const delivering = await change(
        await begin(newPayment()),
        [edge('authorising', 'authorised'), edge('authorised', 'delivering')],
        { nextAttemptAt: leaseUntil },
      );
      assert.ok(delivering !== 'lost');
      const dueAt = async (terminals: readonly string[], strandedBefore = later(-900_000)) =>
        (await store.due(query({ terminals, strandedBefore })))
          .map(({ id }) => id)
          .filter((id) => [payment.id, delivering.id].includes(id))
          .sort();
      assert.deepEqual(await dueAt(['00000001', '00000002']), [payment.id, delivering.id].sort());
      assert.deepEqual(await dueAt(['00000002']), [delivering.id]);
      assert.deepEqual(await dueAt([]), [delivering.id]);
      assert.deepEqual(await dueAt([], leaseUntil), [payment.id, delivering.id].sort(), 'stranded');
      const told = await store.postpone(payment, { nextAttemptAt: leaseUntil, operatorSince: at, at });
      assert.ok(told !== 'lost');
      assert.deepEqual(await dueAt([], leaseUntil), [delivering.id], 'a person knows');
      assert.deepEqual(await dueAt(['00000001']), [payment.id, delivering.id].sort());
    });

    it('gives an order that is to be asked after only to whoever knows its provider', async () => {
      const leaseUntil = later(-2_000);
      const delivering = await change(
        await begin(newPayment({ provider: 'press' })),
        [edge('authorising', 'authorised'), edge('authorised', 'delivering')],
        { nextAttemptAt: leaseUntil },
      );
      assert.ok(delivering !== 'lost');
      assert.equal((await store.find(delivering.id))?.provider, 'press');
      const isDueFor = async (providers: readonly string[], strandedBefore = later(-900_000)) =>
        (await store.due(query({ providers, strandedBefore }))).some(({ id }) => id === delivering.id);
      assert.equal(await isDueFor(['mobile', 'press']), true);
      assert.equal(await isDueFor(['mobile']), false);
      assert.equal(await isDueFor([]), false);
      assert.equal(await isDueFor(['mobile'], leaseUntil), true, 'stranded');
      const told = await store.postpone(delivering, { nextAttemptAt: leaseUntil, operatorSince: at, at });
      assert.ok(told !== 'lost');
      assert.equal(await isDueFor(['mobile'], leaseUntil), false, 'a person knows');
      assert.equal(await isDueFor(['press']), true);
    });

    it('releases what earlier processes of a node left, and nothing else', async () => {
      const node = `n${uuidV7().slice(-12)}`;
      const [dead, alive, neighbour] = await Promise.all(
        [`${node}/old`, `${node}/new`, `${node}9/old`].map(async (owner) => begin(newPayment({ owner }))),
      );
      assert.ok(dead && alive && neighbour);
      assert.equal(await store.release(node, `${node}/new`, later(5)), 1);
      assert.deepEqual((await store.find(dead.id))?.nextAttemptAt, later(5));
      assert.deepEqual((await store.find(alive.id))?.nextAttemptAt, later(60_000));
      assert.deepEqual((await store.find(neighbour.id))?.nextAttemptAt, later(60_000));
    });

    it('postpones a try, and remembers since when a person must look', async () => {
      const payment = await authorise(await begin(newPayment()));
      const postponed = await store.postpone(payment, {
        nextAttemptAt: later(7),
        operatorSince: later(3),
        at: later(3),
      });
      assert.ok(postponed !== 'lost');
      assert.deepEqual(postponed.nextAttemptAt, later(7));
      assert.deepEqual(postponed.operatorSince, later(3));
      assert.equal(postponed.state, 'delivering');
    });

    it('counts what a caller and a card spent since a time, but for what was declined', async () => {
      const who = { callerNumber: `2${String(numbers)}`, cardId: uuidV7() };
      const old = newPayment({ ...who, at: later(-10_000) });
      const counted = newPayment(who);
      const declined = newPayment(who);
      const mine = newPayment(who);
      for (const payment of [old, counted, declined, mine]) {
        await begin(payment);
      }
      const stored = await store.find(declined.id);
      assert.ok(stored);
      await change(stored, [edge('authorising', 'declined')], { nextAttemptAt: undefined });
      const one = { count: 1, amountMinor: 5000 };
      const none = { count: 0, amountMinor: 0 };
      const { cardId, callerNumber } = who;
      assert.deepEqual(await store.spent(who, at, mine.id), { card: one, caller: one });
      const stranger = { cardId: uuidV7(), callerNumber: '9' };
      assert.deepEqual(await store.spent({ ...stranger, cardId }, at, mine.id), { card: one, caller: none });
      assert.deepEqual(await store.spent({ ...stranger, callerNumber }, at, mine.id), {
        card: none,
        caller: one,
      });
      assert.deepEqual(await store.spent({ cardId, callerNumber: '' }, at, mine.id), {
        card: one,
        caller: none,
      });
    });

    it('keeps news of a payment until its end was heard', async () => {
      const payment = await toReversing(await begin(newPayment()));
      const news = async () => (await store.newsFor(payment.callerNumber)).map(({ state }) => state);
      await store.markHeard([payment.id]);
      assert.deepEqual(await news(), ['reversing'], 'it is not over');
      await change(payment, [edge('reversing', 'reversed')], { nextAttemptAt: undefined });
      assert.deepEqual(await news(), ['reversed']);
      const others = await begin(newPayment({ callerNumber: payment.callerNumber }));
      await store.markHeard([payment.id, others.id]);
      assert.deepEqual(await news(), ['authorising']);
    });

    it('has no news of a payment that was declined: nothing was taken', async () => {
      const payment = await begin(newPayment());
      assert.equal((await store.newsFor(payment.callerNumber)).length, 1);
      await change(payment, [edge('authorising', 'declined')], { nextAttemptAt: undefined });
      assert.deepEqual(await store.newsFor(payment.callerNumber), []);
    });
  });
}
