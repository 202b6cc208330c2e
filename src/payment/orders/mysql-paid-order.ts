import type { Transaction } from '../../database/database.js';
import type { OrderAfter } from '../consequences.js';
import type { NewPayment } from '../payment-store.js';

/**
 * Takes the order that the payment pays, as part of the transaction that begins the payment. Returns false when
 * it cannot be paid now, or is of something else; true when the payment pays no order. Of two payments the
 * second waits here until the first is durable, then finds the order taken.
 */
export async function takeOrder(transaction: Transaction, payment: NewPayment): Promise<boolean> {
  const { orderId, service, target, amount, at } = payment;
  if (orderId === undefined) {
    return true;
  }
  const rows = await transaction('orders')
    .where({ id: orderId, state: 'open', service, target })
    .where({ amount_minor: amount.amountMinor, currency: amount.currency })
    .where('expires_at', '>', at)
    .update({ state: 'paying', payment_id: payment.id, updated_at: at });
  return rows === 1;
}

/**
 * Moves the order of a payment that ends, as part of the transaction that ends it. An order that is not this
 * payment's is left as it is: what became of the money must be written down whatever somebody did to the
 * order, and the audit names it.
 */
export async function moveOrder(
  transaction: Transaction,
  { id, orderId }: { readonly id: string; readonly orderId?: string | undefined },
  to: OrderAfter,
  at: Date,
): Promise<void> {
  if (orderId === undefined) {
    return;
  }
  await transaction('orders')
    .where({ id: orderId, state: 'paying', payment_id: id })
    .update({ state: to, updated_at: at, ...(to === 'paid' && { open_code: null }) });
}
