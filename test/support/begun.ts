import assert from 'node:assert/strict';
import type { Payment } from '../../src/payment/payment.js';
import type { NewPayment, PaymentStore } from '../../src/payment/payment-store.js';

/** Begins a payment whose order, if it pays one, can be paid. */
export async function begun(store: PaymentStore, payment: NewPayment): Promise<Payment> {
  const stored = await store.begin(payment);
  assert.ok(stored !== 'order-closed', 'the order of a payment cannot be paid');
  return stored;
}
