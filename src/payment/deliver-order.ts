import type { CarrierAnswer, CarrierLookUp } from '../carrier/carrier.js';
import type { Payment } from './payment.js';
import { edge } from './payment.js';
import type { PaymentParts } from './payment-parts.js';
import { firstReversal, persist } from './persist.js';

/** A payment whose money the bank has taken and whose order the carrier has, or is about to get. */
export type DeliveringPayment = Payment & { readonly state: 'delivering' };

/**
 * Orders at the carrier under the payment's key, once. While the carrier does not say what became of it, it
 * is asked by the key, as long as a caller waits; the order is never sent a second time.
 * @param leasedAtMs monotonic: its lease began then. An order that is not sent soon after is never sent from
 *   here: the process may have been frozen, and others may have given the money back.
 */
export async function deliverOrder(
  parts: PaymentParts,
  payment: DeliveringPayment,
  leasedAtMs: number,
): Promise<CarrierAnswer> {
  const { carrier, clock, policy, wait } = parts;
  const startedMs = clock.monotonicMs();
  let answer: CarrierLookUp = { outcome: 'unknown' };
  if (startedMs - leasedAtMs <= policy.sendWithinMs) {
    answer = await carrier.deliver({
      key: payment.id,
      service: payment.service,
      phone: payment.target,
      amount: payment.amount,
    });
  }
  while (answer.outcome === 'unknown' || answer.outcome === 'never-seen') {
    if (clock.monotonicMs() - startedMs >= policy.carrierPatienceMs) {
      return { outcome: 'unknown' };
    }
    await wait(policy.carrierAskEveryMs);
    answer = await carrier.lookUp(payment.id);
  }
  return answer;
}

/** Writes what the carrier definitely said: the payment is completed, or its purchase is to be undone. */
export async function recordDelivery(
  parts: PaymentParts,
  payment: DeliveringPayment,
  answer: Exclude<CarrierAnswer, { outcome: 'unknown' }> | { readonly outcome: 'never-seen' },
): Promise<Payment | 'lost'> {
  switch (answer.outcome) {
    case 'accepted':
      return persist(parts, {
        payment,
        path: [edge('delivering', 'completed')],
        facts: { carrierReference: answer.carrierReference },
      });
    case 'refused':
      return persist(parts, {
        payment,
        path: [edge('delivering', 'reversing')],
        reason: `the carrier refused: ${answer.reason}`,
        ...firstReversal(parts, payment),
      });
    case 'never-seen':
      return persist(parts, {
        payment,
        path: [edge('delivering', 'reversing')],
        reason: 'the carrier never saw the order',
        ...firstReversal(parts, payment),
      });
  }
}
