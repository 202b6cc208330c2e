import { maskPhone } from '../log.js';
import type { Money } from '../money.js';
import type { PaymentPage } from './operator/operator-queue.js';
import type { DeclinedBecause, PaymentState } from './payment.js';
import { isTerminal, referenceOf, toldByState } from './payment.js';

/** A payment as people may see it who did not take it: no card, no whole phone number, no bank message. */
export type PaymentView = {
  readonly id: string;
  /** The row of the call that it was made in. */
  readonly callId: string;
  readonly orderId: string | undefined;
  readonly service: string;
  /** The phone that was paid for, its middle hidden. */
  readonly target: string;
  readonly amount: Money;
  readonly state: PaymentState;
  /** What the caller is truthfully told of it as it stands. */
  readonly told: (typeof toldByState)[PaymentState];
  /** True: it is over, and the caller has heard how it ended. */
  readonly isHeard: boolean;
  readonly declineReason: DeclinedBecause | undefined;
  /** The digits that the caller hears and can quote. */
  readonly reference: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly transitions: readonly { readonly from: string; readonly to: string; readonly at: Date }[];
};

/** Returns what may be shown of a payment; `OperatorQueue.page` finds it by its id. */
export function paymentView({ payment, transitions }: PaymentPage): PaymentView {
  const { id, callId, orderId, service, amount, state, declineReason, createdAt, updatedAt } = payment;
  return {
    ...{ id, callId, orderId, service, amount, state, declineReason, createdAt, updatedAt },
    target: maskPhone(payment.target),
    told: toldByState[state],
    isHeard: isTerminal(state) && !payment.newsDue,
    reference: referenceOf(payment),
    transitions: transitions.map(({ from, to, at }) => ({ from, to, at })),
  };
}
