import type { Transfer } from '../ledger/ledger.js';
import { pend, post, voidTransfer } from '../ledger/ledger.js';
import type { OrderState } from './orders/order.js';
import type { Edge, Payment, PaymentState, TerminalState } from './payment.js';

type Consequence = {
  readonly ledger?: 'pending' | 'posted' | 'voided';
  readonly notice?: TerminalState;
  /** What the order that the payment pays becomes. */
  readonly order?: OrderAfter;
  /** Nothing was taken, so there is nothing to tell the caller later. */
  readonly isNoNews?: true;
};

/** What becomes of an order when its payment ends: it is paid once, or can be paid again. */
export type OrderAfter = Extract<OrderState, 'paid' | 'open'>;

/**
 * What entering a state writes besides the payment itself, in the same transaction. A store looks it up
 * here, so that no caller can forget it.
 */
const consequences = {
  created: {},
  // Its order is taken before: that may fail.
  authorising: { ledger: 'pending' },
  authorised: {},
  delivering: {},
  unknown: {},
  reversing: {},
  'needs-operator': {},
  completed: { ledger: 'posted', notice: 'completed', order: 'paid' },
  declined: { ledger: 'voided', notice: 'declined', order: 'open', isNoNews: true },
  reversed: { ledger: 'voided', notice: 'reversed', order: 'open' },
} as const satisfies Record<PaymentState, Consequence>;

/** Returns what going along these edges makes of the payment's order, or undefined when it leaves it. */
export function orderAfter(path: readonly Edge[]): OrderAfter | undefined {
  const moves = path.flatMap(({ to }) => {
    const { order }: Consequence = consequences[to];
    return order ?? [];
  });
  return moves.at(-1);
}

/** True when going along these edges leaves nothing that the caller must be told later. */
export function isNoNews(path: readonly Edge[]): boolean {
  return path.some(({ to }) => {
    const consequence: Consequence = consequences[to];
    return consequence.isNoNews === true;
  });
}

/** Returns the notices that going along these edges writes. */
export function noticesOf(path: readonly Edge[]): readonly TerminalState[] {
  return path.flatMap(({ to }) => {
    const consequence: Consequence = consequences[to];
    return consequence.notice ?? [];
  });
}

/** Returns the ledger transfers that going along these edges writes, in order. */
export function transfersOf(
  payment: Pick<Payment, 'id' | 'amount' | 'bank' | 'carrier'>,
  path: readonly Edge[],
  newId: () => string,
): readonly Transfer[] {
  const pending = pend({
    // The pending transfer shares the payment's key: there is one for each, and whoever ends it knows it.
    id: payment.id,
    paymentId: payment.id,
    amount: payment.amount,
    debit: `bank-clearing/${payment.bank}`,
    credit: `carrier-clearing/${payment.carrier}`,
  });
  return path.flatMap(({ to }) => {
    const { ledger }: Consequence = consequences[to];
    if (ledger === undefined) {
      return [];
    }
    const made = {
      pending: () => pending,
      posted: () => post(pending, newId()),
      voided: () => voidTransfer(pending, newId()),
    } as const satisfies Record<typeof ledger, () => Transfer>;
    return made[ledger]();
  });
}
