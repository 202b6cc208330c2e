import type { Clock } from '../../clock.js';
import { namesCard } from '../../wallet/card-in-text.js';
import type { Payment, PaymentState, TerminalState } from '../payment.js';
import { edge, isTerminal } from '../payment.js';
import type { Path, PaymentStore } from '../payment-store.js';

/** How a person may end a payment: the money was given back, or the carrier delivered. */
export type SettledAs = Extract<TerminalState, 'completed' | 'reversed'>;

export type SettleRequest = {
  readonly paymentId: string;
  readonly as: SettledAs;
  /** Who does it. */
  readonly by: string;
  /** How they know. No card data. */
  readonly reason: string;
};

export type Settlement =
  | { readonly outcome: 'settled'; readonly payment: Payment }
  | { readonly outcome: 'no-such-payment' }
  /** It ended before, by itself or by another person. */
  | { readonly outcome: 'over-already'; readonly state: TerminalState }
  /** It is being worked on, and no person was called. */
  | { readonly outcome: 'not-in-the-queue'; readonly state: PaymentState }
  /** Its order was never sent to the carrier, so it cannot have been delivered. */
  | { readonly outcome: 'never-ordered'; readonly state: PaymentState }
  /** A worker tried it a moment ago, and may still get its answer. */
  | { readonly outcome: 'being-tried'; readonly until: Date }
  /** Another person, or a worker, was quicker by a moment. */
  | { readonly outcome: 'lost' };

export type SettleParts = {
  readonly store: PaymentStore;
  readonly clock: Clock;
  /** Returns a UUIDv7. */
  readonly newId: () => string;
};

/** Longer than any exchange with a bank or a carrier: what a worker tried before is over by then. */
export const settleQuietMs = 60_000;

/** How much of a name and of a reason is kept. */
export const longestName = 64;
export const longestReason = 200;

const undo = edge('reversing', 'reversed');
const giveUp = edge('reversing', 'needs-operator');
const late = edge('needs-operator', 'completed');

/** The way from each state that can be in the queue to each end. What is missing cannot be. */
const ways: Readonly<Record<SettledAs, Partial<Record<PaymentState, Path>>>> = {
  reversed: {
    authorising: [edge('authorising', 'unknown'), edge('unknown', 'reversing'), undo],
    unknown: [edge('unknown', 'reversing'), undo],
    authorised: [edge('authorised', 'reversing'), undo],
    delivering: [edge('delivering', 'reversing'), undo],
    reversing: [undo],
    'needs-operator': [edge('needs-operator', 'reversed')],
    'late-reversing': [edge('late-reversing', 'late-reversed')],
  },
  completed: {
    delivering: [edge('delivering', 'completed')],
    reversing: [giveUp, late],
    'needs-operator': [late],
  },
};

/** True when a person must look at the payment. */
function isQueued({ state, operatorSince }: Payment): boolean {
  return !isTerminal(state) && (state === 'needs-operator' || operatorSince !== undefined);
}

/**
 * Ends a payment of the operator's queue as a person found it to be, with its ledger, its notice, and a row
 * of who did it and why, all in one transaction and once.
 * @throws RangeError when the name or the reason is empty or too long.
 */
export async function settlePayment(
  { store, clock, newId }: SettleParts,
  { paymentId, as, by, reason }: SettleRequest,
): Promise<Settlement> {
  checkText('a name', by, longestName);
  checkText('a reason', reason, longestReason);
  const payment = await store.find(paymentId);
  if (payment === undefined) {
    return { outcome: 'no-such-payment' };
  }
  const { state, nextAttemptAt, updatedAt } = payment;
  if (isTerminal(state)) {
    return { outcome: 'over-already', state };
  }
  if (!isQueued(payment)) {
    return { outcome: 'not-in-the-queue', state };
  }
  const path = ways[as][state];
  if (path === undefined) {
    return { outcome: 'never-ordered', state };
  }
  const quietAt = new Date(updatedAt.getTime() + settleQuietMs);
  if (nextAttemptAt !== undefined && clock.now() < quietAt) {
    return { outcome: 'being-tried', until: quietAt };
  }
  const changed = await store.change({
    payment,
    path,
    at: clock.now(),
    reason: `${by}: ${reason}`,
    act: { id: newId(), act: `settle-${as}`, by, reason },
  });
  return changed === 'lost' ? { outcome: 'lost' } : { outcome: 'settled', payment: changed };
}

/** Throws RangeError unless the text says something and fits. */
export function checkText(what: string, text: string, longest: number): void {
  if (text.trim() === '' || text.length > longest) {
    throw new RangeError(`${what} must have 1 to ${longest} characters`);
  }
  if (namesCard(text)) {
    throw new RangeError(`${what} must not hold a card number`);
  }
}
