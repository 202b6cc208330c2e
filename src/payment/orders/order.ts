import { isDeepStrictEqual } from 'node:util';
import type { Money } from '../../money.js';
import type { Details } from '../../provider/provider.js';

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
  readonly service: string;
  /** Whom or what it is for, as the service says of its details. */
  readonly target: string;
  readonly details: Details;
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

/** How long an order's texts may be, in characters; longer ones are refused by the store, as a fault. */
export const longestOrderText = { reference: 64, note: 255, createdBy: 64, idempotencyKey: 128 } as const;

export type NewOrder = Pick<
  Order,
  'service' | 'target' | 'details' | 'amount' | 'reference' | 'note' | 'createdBy'
> & {
  /** The preparer's own key: the same key and the same order again return the order that is there. */
  readonly idempotencyKey: string;
  readonly expiresAt: Date;
};

/** Returns the state of an order that is stored as this: one that is open is over when its time is. */
export function stateAt(stored: Exclude<OrderState, 'expired'>, expiresAt: Date, now: Date): OrderState {
  return stored === 'open' && expiresAt <= now ? 'expired' : stored;
}

/** True when both are to pay the same for the same: what a key may be used for again. */
export function isSameOrder(order: Order, other: NewOrder): boolean {
  return (
    order.service === other.service &&
    order.target === other.target &&
    isDeepStrictEqual(order.details, other.details) &&
    order.amount.amountMinor === other.amount.amountMinor &&
    order.reference === other.reference &&
    order.note === other.note
  );
}

/** Where orders are kept. That one is paid once is written by the store of payments, in their transactions. */
export interface OrderStore {
  /**
   * Gives the order a code and keeps it. `was-prepared`: the preparer's key is known, for the same order; it is
   * returned as it is now, whenever it expires. `other-order`: the key is known for an order that differs.
   * @throws Error when no free code was found.
   */
  prepare(
    order: NewOrder,
  ): Promise<{ outcome: 'prepared' | 'was-prepared'; order: Order } | { outcome: 'other-order' }>;
  find(id: string): Promise<Order | undefined>;
  /** Returns the latest order with this code, whatever its state. */
  findByCode(code: string): Promise<Order | undefined>;
  /** Cancels an open order. Returns the order as it is now; its state says whether it was cancelled. */
  cancel(id: string): Promise<Order | undefined>;
}
