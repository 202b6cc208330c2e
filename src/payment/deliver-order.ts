import { isDeepStrictEqual } from 'node:util';
import type { Delivery, LookUp, ProviderOrder } from '../provider/provider.js';
import type { Payment } from './payment.js';
import { edge } from './payment.js';
import type { PaymentParts } from './payment-parts.js';
import { firstReversal, persist } from './persist.js';

/** A payment whose money the bank has taken and whose order its provider has, or is about to get. */
export type DeliveringPayment = Payment & { readonly state: 'delivering' };

/**
 * Orders at the provider that the payment names, under the payment's key, once. While the provider does not say
 * what became of it, it is asked by the key, as long as a caller waits; the order is never sent a second time.
 * A provider that this process does not know is left to a worker of a process that does.
 * @param leasedAtMs monotonic: its lease began then. An order that is not sent soon after is never sent from
 *   here: the process may have been frozen, and others may have given the money back.
 */
export async function deliverOrder(
  parts: PaymentParts,
  payment: DeliveringPayment,
  leasedAtMs: number,
): Promise<Delivery> {
  const { providers, clock, policy, wait } = parts;
  const provider = providers.find(payment.provider);
  if (provider === undefined) {
    return { outcome: 'unknown' };
  }
  const startedMs = clock.monotonicMs();
  let answer: LookUp = { outcome: 'unknown' };
  if (startedMs - leasedAtMs <= policy.sendWithinMs) {
    answer = await provider.deliver(orderOf(parts, payment));
  }
  while (answer.outcome === 'unknown' || answer.outcome === 'never-seen') {
    if (clock.monotonicMs() - startedMs >= policy.providerPatienceMs) {
      return { outcome: 'unknown' };
    }
    await wait(policy.providerAskEveryMs);
    answer = await provider.lookUp(payment.id);
  }
  // A worker finds out, and calls a person.
  return isOfOtherAmount(payment, answer) ? { outcome: 'unknown' } : answer;
}

function orderOf({ tellsPayer }: PaymentParts, payment: Payment): ProviderOrder {
  const { id, service, amount, callerNumber, details } = payment;
  return {
    ...{ key: id, service, amount, details },
    ...(callerNumber !== '' && tellsPayer?.(payment) !== false && { payer: callerNumber }),
  };
}

/** True when the provider accepted another amount than was ordered: then neither end of the payment is true. */
export function isOfOtherAmount({ amount }: Pick<Payment, 'amount'>, answer: LookUp): boolean {
  return (
    answer.outcome === 'accepted' && answer.amount !== undefined && !isDeepStrictEqual(answer.amount, amount)
  );
}

/** Writes what the provider definitely said: the payment is completed, or its purchase is to be undone. */
export async function recordDelivery(
  parts: PaymentParts,
  payment: DeliveringPayment,
  answer: Exclude<LookUp, { outcome: 'unknown' }>,
): Promise<Payment | 'lost'> {
  switch (answer.outcome) {
    case 'accepted':
      return persist(parts, {
        payment,
        path: [edge('delivering', 'completed')],
        facts: { providerReference: answer.providerReference },
      });
    case 'refused':
      return persist(parts, {
        payment,
        path: [edge('delivering', 'reversing')],
        reason: `the provider refused: ${answer.reason}`,
        ...firstReversal(parts, payment),
      });
    case 'never-seen':
      return persist(parts, {
        payment,
        path: [edge('delivering', 'reversing')],
        reason: 'the provider never saw the order',
        ...firstReversal(parts, payment),
      });
  }
}
