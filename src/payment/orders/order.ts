import type { Money } from '../../money.js';
import type { PaymentService } from '../payment.js';

/**
 * `open`: it can be paid. `paying`: a payment is on its way or its end is not known yet. The others are ends.
 * A payment that was declined or given back opens its order again.
 */
export type OrderState = 'open' | 'paying' | 'paid' | 'cancelled' | 'expired';

/** What somebody is to pay, prepared by an agent or a shop and confirmed by the caller who pays it. */
export type Order = {
  /** UUIDv7. */
  readonly id: string;
  /** Six digits; no two orders that can be paid have the same. */
  readonly code: string;
  readonly service: PaymentService;
  /** The phone that is recharged, or whose bill is paid. */
  readonly target: string;
  readonly amount: Money;
  /** The preparer's own reference. */
  readonly reference: string | undefined;
  readonly note: string | undefined;
  /** Name of the API's user who prepared it. */
  readonly createdBy: string;
  readonly state: OrderState;
  /** The payment that pays it, or that tried to last. */
  readonly paymentId: string | undefined;
  readonly createdAt: Date;
  readonly expiresAt: Date;
};

export type NewOrder = Pick<Order, 'service' | 'target' | 'amount' | 'reference' | 'note' | 'createdBy'> & {
  /** The preparer's own key: the same key and the same order again return the order that is there. */
  readonly idempotencyKey: string;
  readonly expiresAt: Date;
};

/** Where orders are kept. That one is paid once is written by the store of payments, in their transactions. */
export interface OrderStore {
  /** `other-order`: the key was used by the same preparer for an order that differs. */
  prepare(
    order: NewOrder,
  ): Promise<{ outcome: 'prepared' | 'was-prepared'; order: Order } | { outcome: 'other-order' }>;
  find(id: string): Promise<Order | undefined>;
  /** Returns the latest order with this code, whatever its state. */
  findByCode(code: string): Promise<Order | undefined>;
  /** Cancels an open order. Returns the order as it is now; its state says whether it was cancelled. */
  cancel(id: string): Promise<Order | undefined>;
}
