import type { Money } from '../money.js';
import type { Details, Listing, Unknown } from './provider.js';
import type { ProviderRegistry } from './provider-registry.js';

type Answer =
  | { readonly outcome: 'quoted'; readonly price?: Money | undefined }
  | { readonly outcome: 'nothing-due' | 'subject-unknown' | 'unknown' };

/**
 * Returns what the provider of a service says of what is to be paid for. Without a price the payer chooses the
 * amount; so it is, too, where the provider quotes nothing.
 */
export function providerQuotes(providers: ProviderRegistry, providerOf: (service: string) => string) {
  return async (service: string, details: Details): Promise<Answer> => {
    const provider = providers.find(providerOf(service));
    if (provider === undefined) {
      return { outcome: 'unknown' };
    }
    if (!provider.can.has('quote')) {
      return { outcome: 'quoted' };
    }
    const answer = await provider.quote({ service, details });
    switch (answer.outcome) {
      case 'quoted':
        return answer.price?.amountMinor === 0
          ? { outcome: 'nothing-due' }
          : { outcome: 'quoted', price: answer.price };
      case 'refused':
        return { outcome: 'subject-unknown' };
      case 'unknown':
        return { outcome: 'unknown' };
    }
  };
}

/** Returns what the provider of a service has on sale; `unknown` when it does not say, or is not known here. */
export function providerLists(providers: ProviderRegistry, providerOf: (service: string) => string) {
  return async (service: string): Promise<Listing | Unknown> =>
    (await providers.find(providerOf(service))?.list({ service })) ?? { outcome: 'unknown' };
}
