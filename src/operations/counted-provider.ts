import type { Clock } from '../clock.js';
import type { Carrier } from '../provider/carrier/carrier.js';
import type { Provider } from '../provider/provider.js';
import type { Metrics } from './metrics.js';

type Counting = {
  readonly metrics: Pick<Metrics, 'providerTook'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
};

/** Returns the provider; how long each answer takes, and what it is, is counted under its id. */
export function countedProvider(provider: Provider, counting: Counting): Provider {
  const counted = countedAs(provider.id, counting);
  return {
    id: provider.id,
    can: provider.can,
    list: async (query) => counted('list', () => provider.list(query)),
    quote: async (item) => counted('quote', () => provider.quote(item)),
    hold: async (key, quoteId) => counted('hold', () => provider.hold(key, quoteId)),
    release: async (holdKey) => counted('release', () => provider.release(holdKey)),
    deliver: async (order) => counted('deliver', () => provider.deliver(order)),
    lookUp: async (key) => counted('lookUp', () => provider.lookUp(key)),
    cancel: async (key, cancelKey) => counted('cancel', () => provider.cancel(key, cancelKey)),
  };
}

/** Returns the carrier's enquiries, counted under the id that it has as a provider. */
export function countedCarrier(carrier: Carrier, providerId: string, counting: Counting): Carrier {
  const counted = countedAs(providerId, counting);
  return {
    balance: async (phone) => counted('balance', () => carrier.balance(phone)),
    bill: async (phone) => counted('bill', () => carrier.bill(phone)),
  };
}

function countedAs(providerId: string, { metrics, clock }: Counting) {
  return async <T extends { readonly outcome: string }>(
    operation: Parameters<Metrics['providerTook']>[0]['operation'],
    ask: () => Promise<T>,
  ): Promise<T> => {
    const began = clock.monotonicMs();
    const answer = await ask();
    const seconds = (clock.monotonicMs() - began) / 1000;
    metrics.providerTook({ provider: providerId, operation, outcome: answer.outcome }, seconds);
    return answer;
  };
}
