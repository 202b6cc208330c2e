import assert from 'node:assert/strict';
import { yuan } from '../../src/money.js';
import type { Provider, Quote, Refused, Unknown } from '../../src/provider/provider.js';
import { cannot } from '../../src/provider/provider.js';
import { ProviderRegistry } from '../../src/provider/provider-registry.js';
import { providerLists, providerQuotes } from '../../src/provider/quotes.js';

const quoted: Quote = { outcome: 'quoted', quoteId: 'q', fee: yuan(0) };

/** A provider that quotes as it is told. */
const quoting = (
  id: string,
  answer: Quote | Refused | Unknown,
  can: Provider['can'] = new Set(['quote']),
) => ({
  ...{ id, can, quote: async () => answer },
  list: async () => ({ outcome: 'listed', items: [] }) as const,
  hold: async () => cannot,
  release: async () => ({ outcome: 'released' }) as const,
  deliver: async () => ({ outcome: 'unknown' }) as const,
  lookUp: async () => ({ outcome: 'unknown' }) as const,
  cancel: async () => cannot,
});

describe('what a provider says of what is to be paid for', () => {
  for (const [what, provider, expected] of [
    ['a price', quoting('press', { ...quoted, price: yuan(50) }), { outcome: 'quoted', price: yuan(50) }],
    ['no price', quoting('press', quoted), { outcome: 'quoted', price: undefined }],
    ['a price of nothing', quoting('press', { ...quoted, price: yuan(0) }), { outcome: 'nothing-due' }],
    [
      'that there is no such thing',
      quoting('press', { outcome: 'refused', reason: 'x' }),
      { outcome: 'subject-unknown' },
    ],
    ['nothing', quoting('press', { outcome: 'unknown' }), { outcome: 'unknown' }],
    ['nothing, because it quotes nothing', quoting('press', cannot, new Set()), { outcome: 'quoted' }],
  ] as const) {
    it(`is heard when it is ${what}`, async () => {
      const others = quoting('carrier', { ...quoted, price: yuan(1) });
      const quote = providerQuotes(new ProviderRegistry([others, provider]), () => 'press');
      assert.deepEqual(await quote('gift', {}), expected);
    });
  }

  it('is asked of the service’s own provider only', async () => {
    const quote = providerQuotes(new ProviderRegistry([quoting('carrier', quoted)]), () => 'press');
    assert.deepEqual(await quote('gift', {}), { outcome: 'unknown' });
  });
});

describe('what a provider has on sale', () => {
  const press = {
    ...quoting('press', quoted),
    list: async ({ service }: { readonly service: string }) =>
      ({ outcome: 'listed', items: [{ id: service, label: 'x' }] }) as const,
  };

  it('is asked of the service’s own provider, by the service', async () => {
    const list = providerLists(new ProviderRegistry([quoting('carrier', quoted), press]), () => 'press');
    assert.deepEqual(await list('gift'), { outcome: 'listed', items: [{ id: 'gift', label: 'x' }] });
  });

  it('is not known where its provider is not', async () => {
    const list = providerLists(new ProviderRegistry([quoting('carrier', quoted)]), () => 'press');
    assert.deepEqual(await list('gift'), { outcome: 'unknown' });
  });
});
