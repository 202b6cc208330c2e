import type { PaymentParts } from './payment-parts.js';

/** An answer of the bank that nobody waits for any more. */
export type LateAnswer = { readonly rrn: string; readonly approved: boolean; readonly responseCode: string };

/**
 * Returns what to do with late answers of the bank: they are noted, and change nothing. A payment whose
 * answer was not known in time is being reversed, which undoes a late approval too; it is never delivered.
 */
export function noteLateAnswer({
  store,
  log,
}: Pick<PaymentParts, 'store' | 'log'>): (late: LateAnswer) => Promise<void> {
  return async ({ rrn, approved, responseCode }) => {
    const payment = await store.findByRrn(rrn);
    if (payment === undefined) {
      log.warn({ rrn, responseCode }, 'a late answer of the bank names no payment');
      return;
    }
    const fields = { paymentId: payment.id, state: payment.state, responseCode };
    if (approved && payment.state === 'declined') {
      // Nothing will undo it by itself: the bank took money for a payment that ended as not taken.
      log.error(fields, 'the bank approved a payment after it was declined');
      return;
    }
    log.info(fields, 'a late answer of the bank');
  };
}
