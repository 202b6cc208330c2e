import type { Carrier } from '../carrier/carrier.js';
import type { Clock } from '../clock.js';
import type { Metrics } from './metrics.js';

/** Returns the carrier; how long each answer takes, and what it is, is counted. */
export function countedCarrier(
  carrier: Carrier,
  { carrierTook }: Pick<Metrics, 'carrierTook'>,
  clock: Pick<Clock, 'monotonicMs'>,
): Carrier {
  const counted = async <T extends { readonly outcome: string }>(
    operation: keyof Carrier,
    ask: () => Promise<T>,
  ): Promise<T> => {
    const began = clock.monotonicMs();
    const answer = await ask();
    carrierTook(operation, answer.outcome, (clock.monotonicMs() - began) / 1000);
    return answer;
  };
  return {
    balance: (phone) => counted('balance', () => carrier.balance(phone)),
    bill: (phone) => counted('bill', () => carrier.bill(phone)),
    deliver: (order) => counted('deliver', () => carrier.deliver(order)),
    lookUp: (key) => counted('lookUp', () => carrier.lookUp(key)),
  };
}
