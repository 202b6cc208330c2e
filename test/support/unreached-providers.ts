import { catalogue } from '../../src/services/catalogue.js';

/**
 * Returns WALLETLINE_PROVIDERS for a process that must start with every service and never asks the providers of most:
 * where nobody listens, but for those that are given.
 */
export function providersSetting(given: Readonly<Record<string, object>> = {}): string {
  const ids = catalogue.services.flatMap(({ sale }) =>
    sale === undefined || sale.provider === 'carrier' ? [] : [sale.provider],
  );
  const nowhere = { url: 'http://127.0.0.1:1' };
  return JSON.stringify({ ...Object.fromEntries(ids.map((id) => [id, nowhere])), ...given });
}
