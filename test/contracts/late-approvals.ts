import assert from 'node:assert/strict';
import { v7 as uuidV7 } from 'uuid';
import type { BankTrace } from '../../src/bank/bank.js';
import { money } from '../../src/money.js';
import type { Payment } from '../../src/payment/payment.js';
import { edge } from '../../src/payment/payment.js';
import type { Approval, Change } from '../../src/payment/payment-store.js';
import { begun } from '../support/begun.js';
import type { PaymentStoreUnderTest } from './payment-store.js';

const at = new Date('2026-11-24T04:00:00.000Z');
const later = (ms: number): Date => new Date(at.getTime() + ms);
const approval: Approval = {
  approvedAt: later(5_000),
  authorisationCode: 'AB12  ',
  bankResponseCode: '00',
};

let numbers = (Date.now() % 1_000_000_000) + 500_000;

/** How a store keeps approvals that come late, whichever store it is. */
export function describeLateApprovals(name: string, start: () => Promise<PaymentStoreUnderTest>): void {
  describe(`${name} as a store of late approvals`, () => {
    let under: PaymentStoreUnderTest;
    beforeEach(async () => {
      under = await start();
    });

    const begin = async (other: Partial<BankTrace> = {}): Promise<Payment> => {
      numbers += 1;
      return begun(under.store, {
        ...{ id: uuidV7(), callId: uuidV7(), callerNumber: `1${String(numbers).padStart(10, '0')}` },
        ...{
          service: 'recharge',
          target: '13800138000',
          details: { phone: '13800138000' },
          amount: money(5000),
          cardId: uuidV7(),
        },
        ...{ bank: 'unionpay', provider: 'mobile', owner: 'node-1/a', leaseUntil: later(60_000), at },
        trace: {
          terminalId: 'L0000001',
          stan: numbers % 999_999,
          rrn: String(numbers).padStart(12, '0'),
          transmittedAt: at,
          ...other,
        },
      });
    };
    const change = async (
      payment: Payment,
      path: Change['path'],
      other: Partial<Change> = {},
    ): Promise<Payment | 'lost'> =>
      under.store.change({ payment, path, at: later(1_000), nextAttemptAt: undefined, ...other });
    const made = (changed: Payment | 'lost'): Payment => {
      assert.ok(changed !== 'lost');
      return changed;
    };
    const reversing = async (): Promise<Payment> =>
      made(await change(await begin(), [edge('authorising', 'unknown'), edge('unknown', 'reversing')]));

    it('writes an approval down as it came, once, and leaves the rest of the payment', async () => {
      const payment = await reversing();
      assert.deepEqual(await under.store.noteApproval(payment, approval), { ...payment, ...approval });
      assert.deepEqual(await under.store.find(payment.id), { ...payment, ...approval });
      assert.equal(await under.store.noteApproval(payment, approval), 'lost');
    });

    it('writes no approval on a payment that is no longer in the state it was read in', async () => {
      const payment = await reversing();
      made(await change(payment, [edge('reversing', 'reversed')]));
      assert.equal(await under.store.noteApproval(payment, approval), 'lost');
    });

    it('makes a change on condition that none is known only while none is', async () => {
      const ending: Change['path'] = [edge('reversing', 'reversed')];
      const first = await reversing();
      await under.store.noteApproval(first, approval);
      assert.equal(await change(first, ending, { unlessApproved: true }), 'lost');
      assert.equal((await under.store.find(first.id))?.state, 'reversing');
      const second = await reversing();
      const facts = { reversalCode: '25' };
      const reversed = made(await change(second, ending, { unlessApproved: true, facts }));
      assert.equal(reversed.reversalCode, '25');
      assert.deepEqual(await under.store.find(second.id), reversed);
    });

    it('lets an approval and the end that supposes there is none come together, and one decides', async () => {
      for (let round = 0; round < 5; round += 1) {
        const payment = await reversing();
        const [noted, ended] = await Promise.all([
          under.store.noteApproval(payment, approval),
          change(payment, [edge('reversing', 'reversed')], { unlessApproved: true }),
        ]);
        assert.equal([noted, ended].filter((each) => each === 'lost').length, 1);
      }
    });

    it('reopens an ended payment once, with a transfer, news and a notice that is true', async () => {
      const ended = made(await change(await reversing(), [edge('reversing', 'reversed')]));
      await under.store.markHeard([ended.id]);
      const path: Change['path'] = [edge('reversed', 'late-reversing')];
      const late = made(
        await change(ended, path, {
          facts: approval,
          nextAttemptAt: later(5_000),
          operatorSince: later(5_000),
        }),
      );
      assert.deepEqual(late, await under.store.find(ended.id));
      assert.deepEqual(
        [late.newsDue, late.authorisationCode, late.operatorSince],
        [true, 'AB12  ', later(5_000)],
      );
      await change(ended, path, { facts: approval });
      assert.deepEqual(await under.noticesOf(ended.id), ['late-reversing']);
      const claimed = made(
        await under.store.claim(late, { owner: 'node-2/b', until: later(90_000), at: later(6_000) }),
      );
      made(await change(claimed, [edge('late-reversing', 'late-reversed')]));
      assert.deepEqual(await under.transferKindsOf(ended.id), ['pending', 'pending', 'voided', 'voided']);
      assert.deepEqual(await under.noticesOf(ended.id), ['late-reversed', 'late-reversing']);
      assert.equal(await under.store.claim(claimed, { owner: 'x/1', until: at, at }), 'lost');
    });

    it('finds payments by terminal and trace number within a day before and after, the nearest first', async () => {
      const { trace, id } = await begin();
      const hourMs = 3_600_000;
      // The same numbers on the next business day, 20 hours later.
      const next = await begin({ stan: trace.stan, transmittedAt: later(20 * hourMs) });
      const find = async (when: Date, terminalId = trace.terminalId) =>
        (await under.store.findByTrace({ ...trace, terminalId }, when)).map((payment) => payment.id);
      assert.deepEqual(await find(later(60_000)), [id, next.id]);
      assert.deepEqual(await find(later(12 * hourMs)), [next.id, id]);
      // The wall clock has stepped back an hour since it was sent.
      assert.deepEqual(await find(later(-hourMs)), [id, next.id]);
      assert.deepEqual(await find(later(-5 * hourMs)), [id]);
      assert.deepEqual(await find(later(24 * hourMs + 1)), [next.id]);
      assert.deepEqual(await find(later(-24 * hourMs - 1)), []);
      assert.deepEqual(await find(later(1), 'L0000002'), []);
    });
  });
}
