import assert from 'node:assert/strict';
import type { Payment } from '../../src/payment/payment.js';
import { isLegal, isTerminal } from '../../src/payment/payment.js';
import type { FakeBank } from './fake-bank.js';
import type { FakeCarrier } from './fake-carrier.js';

/** What a store holds of payments that have come to rest. */
export type Books = {
  readonly payments: readonly Payment[];
  readonly transitions: readonly { paymentId: string; from: string; to: string }[];
  readonly notices: readonly { paymentId: string; outcome: string }[];
  readonly transferKinds: (paymentId: string) => Promise<readonly string[]>;
  readonly postedMinor: number;
  readonly pendingMinor: number;
};

/**
 * Checks our books against the bank's and the carrier's own: each approval stands and was delivered once and
 * posted, or was reversed and not delivered: never both, never neither (I3), and what follows from it.
 */
export async function checkMoney(bank: FakeBank, carrier: FakeCarrier, books: Books): Promise<void> {
  const standing = new Set(bank.standing().map(({ rrn }) => rrn));
  let completedMinor = 0;
  for (const payment of books.payments) {
    const { id, state, trace } = payment;
    const name = `payment ${id}, ${state}`;
    assert.ok(isTerminal(state), `${name}: not at rest`);
    const delivered = carrier.journal.filter(({ key }) => key === id).length;
    assert.equal(delivered, state === 'completed' ? 1 : 0, `${name}: delivered`);
    assert.equal(standing.delete(trace.rrn), state === 'completed', `${name}: the debit stands`);
    assert.deepEqual(
      await books.transferKinds(id),
      ['pending', state === 'completed' ? 'posted' : 'voided'],
      `${name}: the ledger`,
    );
    assert.deepEqual(
      books.notices.filter(({ paymentId }) => paymentId === id).map(({ outcome }) => outcome),
      [state],
      `${name}: its notice`,
    );
    completedMinor += state === 'completed' ? payment.amount.amountMinor : 0;
  }
  assert.equal(standing.size, 0, 'a debit stands that no payment knows of');
  assert.equal(books.postedMinor, completedMinor, 'the ledger posted what was completed');
  assert.equal(books.pendingMinor, 0, 'nothing is pending');
  for (const { from, to } of books.transitions) {
    assert.ok(isLegal(from, to), `${from} → ${to}`);
  }
}
