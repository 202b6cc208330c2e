import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { yuan } from '../../src/money.js';
import type { HttpProviderOptions } from '../../src/provider/http-provider.js';
import { HttpProvider } from '../../src/provider/http-provider.js';
import type { ProviderOrder } from '../../src/provider/provider.js';
import { describeProvider } from '../contracts/provider.js';
import type { ProviderEntry } from '../simulators/provider/provider-books.js';
import { ProviderBooks } from '../simulators/provider/provider-books.js';
import { createProviderServer } from '../simulators/provider/provider-server.js';
import { RecordedLog } from '../support/recorded-log.js';
import { silentLog } from '../support/silent-log.js';

const opened: { server: Server; folder?: string }[] = [];
const items = [
  { id: 'gift', label: 'press.gift' },
  { id: 'card-50', label: 'press.card-50', priceMinor: 5_000, secret: true },
];

async function listen(server: Server, folder?: string): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ server, ...(folder !== undefined && { folder }) });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const providerAt = (url: string, other: Partial<HttpProviderOptions> = {}) =>
  new HttpProvider({
    ...{ id: 'press', url, timeoutMs: 200, log: silentLog, can: ['quote', 'hold', 'cancel', 'secret'] },
    ...other,
  });

async function startSimulator(id = 'press') {
  const folder = mkdtempSync(join(tmpdir(), 'provider-'));
  const journal = join(folder, 'journal.jsonl');
  const url = await listen(createProviderServer(id, new ProviderBooks(items, journal)), folder);
  const fault = async (name: string, other: object = {}) => {
    const body = JSON.stringify({ fault: name, ...other });
    assert.equal((await fetch(`${url}/control/faults`, { method: 'POST', body })).status, 200);
  };
  const entries = (): ProviderEntry[] =>
    readFileSync(journal, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ProviderEntry);
  const accepted = (key: string): number =>
    entries().filter((entry) => entry.event === 'accepted' && entry.key === key).length;
  return { url, fault, entries, accepted, journal };
}

afterEach(() => {
  for (const { server, folder } of opened.splice(0)) {
    server.closeAllConnections();
    server.close();
    if (folder !== undefined) {
      rmSync(folder, { recursive: true });
    }
  }
});

for (const can of [['quote', 'hold', 'cancel'], []] as const) {
  describeProvider(`HttpProvider that can ${can.join(', ') || 'deliver only'}`, async () => {
    const simulator = await startSimulator();
    return {
      provider: providerAt(simulator.url, { can: [...can] }),
      accepted: simulator.accepted,
      refuseNext: async () => simulator.fault('refuse'),
      loseNextAnswer: async () => simulator.fault('accept-no-answer'),
      loseNextRequest: async () => simulator.fault('no-answer'),
      service: 'gift',
      known: { item: 'gift' },
      stranger: { item: 'nothing' },
    };
  });
}

describe('HttpProvider', () => {
  const gift: ProviderOrder = {
    ...{ key: 'key-1', service: 'gift', amount: yuan(50), details: { item: 'gift' } },
  };
  const card: ProviderOrder = { ...gift, service: 'point-card', details: { item: 'card-50' } };

  it('lists what is on sale, with its prices', async () => {
    const { url } = await startSimulator();
    assert.deepEqual(await providerAt(url).list({ service: 'gift', filter: { city: '3' } }), {
      outcome: 'listed',
      items: [
        { id: 'gift', label: 'press.gift' },
        { id: 'card-50', label: 'press.card-50', price: yuan(50) },
      ],
    });
  });

  it('quotes, holds once, delivers what is held, and cancels once', async () => {
    const { url, entries } = await startSimulator();
    const provider = providerAt(url);
    const quote = await provider.quote({ service: 'point-card', details: { item: 'card-50' } });
    assert.ok(quote.outcome === 'quoted' && quote.validUntil instanceof Date);
    assert.deepEqual([quote.price, quote.fee], [yuan(50), yuan(0)]);
    const held = await provider.hold('hold-1', quote.quoteId);
    assert.ok(held.outcome === 'held' && held.expiresAt > new Date());
    assert.deepEqual(await provider.hold('hold-1', quote.quoteId), held);
    const delivered = await provider.deliver({ ...card, quoteId: quote.quoteId, holdId: held.holdId });
    assert.equal(delivered.outcome, 'accepted');
    const cancelled = { outcome: 'cancelled', refund: yuan(50), fee: yuan(0) };
    assert.deepEqual(await provider.cancel('key-1', 'cancel-1'), cancelled);
    assert.deepEqual(await provider.cancel('key-1', 'cancel-1'), cancelled);
    assert.equal((await provider.cancel('key-1', 'cancel-2')).outcome, 'refused');
    assert.deepEqual(
      entries().map(({ event }) => event),
      ['held', 'accepted', 'cancelled'],
    );
  });

  it('gives back a hold, also one that is gone', async () => {
    const { url } = await startSimulator();
    const provider = providerAt(url);
    await provider.hold('hold-1', 'card-50');
    assert.deepEqual(await provider.release('hold-1'), { outcome: 'released' });
    assert.deepEqual(await provider.release('hold-1'), { outcome: 'released' });
  });

  it('refuses to quote and to hold what is not sold', async () => {
    const provider = providerAt((await startSimulator()).url);
    const refused = { outcome: 'refused', reason: 'not-sold' };
    assert.deepEqual(await provider.quote({ service: 'gift', details: { item: 'x' } }), refused);
    assert.deepEqual(await provider.hold('hold-1', 'x'), refused);
  });

  it('is refused the delivery of a hold that the provider let go before its time', async () => {
    const { url, fault } = await startSimulator();
    const provider = providerAt(url);
    await fault('hold-expires-early', { operation: 'hold' });
    const held = await provider.hold('hold-1', 'card-50');
    assert.ok(held.outcome === 'held' && held.expiresAt > new Date());
    assert.deepEqual(await provider.deliver({ ...card, holdId: held.holdId }), {
      outcome: 'refused',
      reason: 'hold-expired',
    });
  });

  it('seals the secret on arrival, and leaves it nowhere else', async () => {
    const { url } = await startSimulator();
    const sealed: string[] = [];
    const provider = providerAt(url, {
      seal: (key, secret) => {
        sealed.push(`${key} ${secret}`);
        return Buffer.from('sealed');
      },
    });
    const delivered = await provider.deliver(card);
    assert.ok(delivered.outcome === 'accepted');
    assert.deepEqual(delivered.sealedSecret, Buffer.from('sealed'));
    assert.deepEqual(sealed, ['key-1 S-P000000001']);
    assert.deepEqual(delivered.goods, { card: 'C-P000000001' });
  });

  it('drops a secret that nothing can seal, and says so without it', async () => {
    const { url } = await startSimulator();
    const log = new RecordedLog();
    const delivered = await providerAt(url, { log }).deliver(card);
    assert.doesNotMatch(JSON.stringify([delivered, log.lines]), /S-P0/);
    assert.match(log.lines.join('\n'), /ERROR a provider sent a secret/);
  });

  it('has no secret when the provider sent none, and gets it by a look-up', async () => {
    const { url, fault } = await startSimulator();
    const provider = providerAt(url, { seal: (_key, secret) => Buffer.from(secret) });
    await fault('secret-missing');
    const delivered = await provider.deliver(card);
    assert.ok(delivered.outcome === 'accepted');
    assert.equal(delivered.sealedSecret, undefined);
    const found = await provider.lookUp('key-1');
    assert.ok(found.outcome === 'accepted' && found.sealedSecret !== undefined);
  });

  it('says what the provider charged when that is not what was ordered', async () => {
    const { url, fault } = await startSimulator();
    await fault('wrong-amount');
    const delivered = await providerAt(url).deliver(gift);
    assert.ok(delivered.outcome === 'accepted');
    assert.deepEqual(delivered.amount, { amountMinor: 5_001, currency: 'CNY' });
  });

  it('shows in its journal what it accepted twice though asked once', async () => {
    const { url, fault, accepted } = await startSimulator();
    await fault('accept-twice', { keyPrefix: 'key-' });
    assert.equal((await providerAt(url).deliver(gift)).outcome, 'accepted');
    assert.equal(accepted('key-1'), 2);
  });

  for (const fault of ['no-answer', 'error-500', 'garbage', 'late']) {
    it(`knows nothing after ${fault} to any request`, async () => {
      const simulator = await startSimulator();
      const provider = providerAt(simulator.url);
      const unknown = { outcome: 'unknown' };
      for (const [operation, ask] of Object.entries({
        order: async () => provider.deliver(gift),
        'look-up': async () => provider.lookUp('key-1'),
        quote: async () => provider.quote({ service: 'gift', details: { item: 'gift' } }),
        hold: async () => provider.hold('hold-1', 'gift'),
        release: async () => provider.release('hold-1'),
        cancel: async () => provider.cancel('key-1', 'cancel-1'),
        list: async () => provider.list({ service: 'gift' }),
      })) {
        await simulator.fault(fault, { operation, delayMs: 260 });
        assert.deepEqual(await ask(), unknown, operation);
      }
    });
  }

  it('takes a fault only for the keys that it is meant for', async () => {
    const { url, fault } = await startSimulator();
    await fault('refuse', { keyPrefix: 'other-' });
    assert.equal((await providerAt(url).deliver(gift)).outcome, 'accepted');
    assert.equal((await providerAt(url).deliver({ ...gift, key: 'other-1' })).outcome, 'refused');
  });

  it('does not believe another provider at its address: that one never saw what this one delivered', async () => {
    const provider = providerAt((await startSimulator('another')).url);
    assert.deepEqual(await provider.lookUp('key-1'), { outcome: 'unknown' });
    assert.deepEqual(await provider.deliver(gift), { outcome: 'unknown' });
  });

  for (const [what, status, body] of [
    ['a bare 404', 404, '<html>not found</html>'],
    [
      'another key',
      200,
      {
        provider: 'press',
        key: 'key-2',
        state: 'accepted',
        reference: 'P1',
        amountMinor: 5000,
        currency: 'CNY',
      },
    ],
    [
      'no amount',
      200,
      { provider: 'press', key: 'key-1', state: 'accepted', reference: 'P1', currency: 'CNY' },
    ],
    [
      'another currency',
      200,
      {
        provider: 'press',
        key: 'key-1',
        state: 'accepted',
        reference: 'P1',
        amountMinor: 5000,
        currency: 'USD',
      },
    ],
    [
      'an amount that is no whole number',
      200,
      {
        provider: 'press',
        key: 'key-1',
        state: 'accepted',
        reference: 'P1',
        amountMinor: 50.5,
        currency: 'CNY',
      },
    ],
    [
      'goods that are no text',
      200,
      {
        provider: 'press',
        key: 'key-1',
        state: 'accepted',
        reference: 'P1',
        amountMinor: 5000,
        currency: 'CNY',
        goods: { card: { a: 1 } },
      },
    ],
    [
      'an acceptance with the status of an error',
      500,
      {
        provider: 'press',
        key: 'key-1',
        state: 'accepted',
        reference: 'P1',
        amountMinor: 5000,
        currency: 'CNY',
      },
    ],
    ['never-seen with the status of success', 200, { provider: 'press', key: 'key-1', state: 'never-seen' }],
    ['a redirect', 302, { provider: 'press', key: 'key-1', state: 'never-seen' }],
  ] as const) {
    it(`takes ${what} for no answer`, async () => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const url = await listen(
        createServer((_, response) => response.writeHead(status, { location: '/elsewhere' }).end(text)),
      );
      assert.deepEqual(await providerAt(url).lookUp('key-1'), { outcome: 'unknown' });
      assert.deepEqual(await providerAt(url).deliver(gift), { outcome: 'unknown' });
    });
  }

  it('remembers after a restart what it accepted', async () => {
    const { url, journal } = await startSimulator();
    await providerAt(url).deliver(gift);
    assert.equal(new ProviderBooks(items, journal).decisionOf('key-1')?.event, 'accepted');
  });
});
