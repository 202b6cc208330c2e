import { v5 as uuidV5 } from 'uuid';
import type { Transfer } from '../ledger/ledger.js';
import { pend, post, voidTransfer } from '../ledger/ledger.js';
import type { OrderState } from './orders/order.js';
import type { Edge, Payment, PaymentState, TerminalState } from './payment.js';

/** What a caller is told of by a notice: an end, or that money which was thought safe is on its way back. */
export type NoticeOutcome = TerminalState | 'late-reversing';

type Consequence = {
  readonly ledger?: 'pending' | 'posted' | 'voided' | 'pending-late' | 'voided-late';
  readonly notice?: NoticeOutcome;
  /** What the order that the payment pays becomes. */
  readonly order?: OrderAfter;
  /** Nothing was taken, so there is nothing to tell the caller later. */
  readonly isNoNews?: true;
  /** What the caller was told before is no longer true: they must be told, and no earlier notice goes out. */
  readonly isCorrection?: true;
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
  // Its order is as it was: another payment may have paid it since.
  'late-reversing': { ledger: 'pending-late', notice: 'late-reversing', isCorrection: true },
  'late-reversed': { ledger: 'voided-late', notice: 'late-reversed' },
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

/** True when going along these edges makes untrue what the caller was told before. */
export function isCorrection(path: readonly Edge[]): boolean {
  return path.some(({ to }) => {
    const consequence: Consequence = consequences[to];
    return consequence.isCorrection === true;
  });
}

/** Returns the notices that going along these edges writes. */
export function noticesOf(path: readonly Edge[]): readonly NoticeOutcome[] {
  return path.flatMap(({ to }) => {
    const consequence: Consequence = consequences[to];
    return consequence.notice ?? [];
  });
}

/** Returns the ledger transfers that going along these edges writes, in order. */
export function transfersOf(
  payment: Pick<Payment, 'id' | 'amount' | 'bank' | 'provider'>,
  path: readonly Edge[],
  newId: () => string,
): readonly Transfer[] {
  const pendAs = (id: string) =>
    pend({
      id,
      paymentId: payment.id,
      amount: payment.amount,
      debit: `bank-clearing/${payment.bank}`,
      credit: `provider:${payment.provider}`,
    });
  // The pending transfer shares the payment's key: there is one for each, and whoever ends it knows it.
  const pending = pendAs(payment.id);
  const late = () => pendAs(lateTransferId(payment.id));
  return path.flatMap(({ to }) => {
    const { ledger }: Consequence = consequences[to];
    if (ledger === undefined) {
      return [];
    }
    const made = {
      pending: () => pending,
      posted: () => post(pending, newId()),
      voided: () => voidTransfer(pending, newId()),
      'pending-late': late,
      'voided-late': () => voidTransfer(late(), newId()),
    } as const satisfies Record<typeof ledger, () => Transfer>;
    return made[ledger]();
  });
}

/** Makes ids from the keys of payments (UUIDv5, RFC 9562). */
const lateTransfers = 'f0f6a3d2-0c6f-4f3e-9a1d-6f7d0d5b8c11';

/** Returns the id of the transfer that stands for a late approval: a payment has at most one. */
function lateTransferId(paymentId: string): string {
  return uuidV5(paymentId, lateTransfers);
}
