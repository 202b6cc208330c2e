import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { yuan } from '../../../src/money.js';
import { HttpCarrier } from '../../../src/provider/carrier/http-carrier.js';
import { describeCarrier } from '../../contracts/carrier.js';
import { describeProvider } from '../../contracts/provider.js';
import { CarrierBooks, type JournalEntry } from '../../simulators/carrier/carrier-books.js';
import { createCarrierServer } from '../../simulators/carrier/carrier-server.js';
import { silentLog } from '../../support/silent-log.js';

const accounts = [{ phone: '13800138000', balanceMinor: 1250, dueMinor: 8640 }];
const opened: { server: Server; folder?: string }[] = [];

async function listen(server: Server, folder?: string): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ server, ...(folder !== undefined && { folder }) });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const carrierAt = (url: string) => new HttpCarrier({ id: 'mobile', url, timeoutMs: 150, log: silentLog });

async function startSimulator() {
  const folder = mkdtempSync(join(tmpdir(), 'carrier-'));
  const journal = join(folder, 'journal.jsonl');
  const url = await listen(createCarrierServer(new CarrierBooks(accounts, journal)), folder);
  const fault = async (name: string) => {
    const ordered = await fetch(`${url}/control/faults`, {
      method: 'POST',
      body: JSON.stringify({ fault: name }),
    });
    assert.equal(ordered.status, 200);
  };
  const accepted = () =>
    readFileSync(journal, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as JournalEntry)
      .filter((entry) => entry.event === 'accepted');
  return { url, fault, accepted, journal };
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

describeCarrier('HttpCarrier', async () => ({ carrier: carrierAt((await startSimulator()).url) }));

describeProvider('HttpCarrier', async () => {
  const simulator = await startSimulator();
  return {
    provider: carrierAt(simulator.url),
    accepted: (key) => simulator.accepted().filter((entry) => entry.key === key).length,
    refuseNext: async () => simulator.fault('refuse'),
    loseNextAnswer: async () => simulator.fault('accept-no-answer'),
    loseNextRequest: async () => simulator.fault('no-answer'),
    service: 'recharge',
    known: { phone: '13800138000' },
    stranger: { phone: '19999999999' },
  };
});

describe('HttpCarrier as a provider of bills', () => {
  const bill = async (phone: unknown) =>
    carrierAt((await startSimulator()).url).quote({ service: 'bill', details: { phone } });

  it('quotes what is due', async () => {
    assert.deepEqual(await bill('13800138000'), {
      outcome: 'quoted',
      ...{ quoteId: '13800138000', price: { amountMinor: 8640, currency: 'CNY' }, fee: yuan(0) },
    });
  });

  it('refuses to quote for a phone that it does not know, and for none', async () => {
    assert.deepEqual(await bill('19999999999'), { outcome: 'refused', reason: 'phone-unknown' });
    assert.deepEqual(await bill(undefined), { outcome: 'refused', reason: 'cannot' });
  });

  it('refuses to deliver to no phone, and asks nobody', async () => {
    const refused = await carrierAt('http://127.0.0.1:1').deliver({
      ...{ key: 'key-1', service: 'recharge', amount: yuan(50), details: {} },
    });
    assert.deepEqual(refused, { outcome: 'refused', reason: 'no-phone-given' });
  });
});

describe('HttpCarrier against a carrier that misbehaves', () => {
  const order = {
    ...{ key: 'key-1', service: 'recharge', amount: yuan(50), details: { phone: '13800138000' } },
  };

  for (const fault of ['no-answer', 'error-500', 'garbage', 'slow']) {
    it(`knows nothing after ${fault}`, async () => {
      const simulator = await startSimulator();
      await simulator.fault(fault);
      assert.deepEqual(await carrierAt(simulator.url).deliver(order), { outcome: 'unknown' });
    });
  }

  it('takes the first of two answers', async () => {
    const simulator = await startSimulator();
    await simulator.fault('answer-twice');
    const carrier = carrierAt(simulator.url);
    assert.equal((await carrier.deliver(order)).outcome, 'accepted');
    assert.equal((await carrier.balance('13800138000')).outcome, 'found');
  });

  it('knows nothing when nobody listens', async () => {
    assert.deepEqual(await carrierAt('http://127.0.0.1:1').deliver(order), { outcome: 'unknown' });
  });

  it('asks and orders once more when the carrier drops a connection that it kept', async () => {
    const used = new Set<unknown>();
    const url = await listen(
      createServer((request, response) => {
        if (used.has(request.socket)) {
          request.socket.resetAndDestroy();
          return;
        }
        used.add(request.socket);
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(
          request.method === 'PUT'
            ? '{"state":"accepted","reference":"C1"}'
            : '{"balanceMinor":1250,"currency":"CNY"}',
        );
      }),
    );
    const carrier = carrierAt(url);
    assert.equal((await carrier.balance('13800138000')).outcome, 'found');
    assert.equal((await carrier.balance('13800138000')).outcome, 'found');
    assert.equal((await carrier.balance('13800138000')).outcome, 'found');
    assert.equal((await carrier.deliver(order)).outcome, 'accepted');
  });

  it('does not believe a bare 404 of something in between', async () => {
    const url = await listen(
      createServer((_, response) => response.writeHead(404).end('<html>not found</html>')),
    );
    assert.deepEqual(await carrierAt(url).lookUp('key-1'), { outcome: 'unknown' });
  });

  it('does not believe another provider at its address, which never saw what the carrier delivered', async () => {
    const url = await listen(
      createServer((_, response) => response.writeHead(404).end('{"state":"never-seen","provider":"press"}')),
    );
    assert.deepEqual(await carrierAt(url).lookUp('key-1'), { outcome: 'unknown' });
  });

  it('does not read an endless answer', async () => {
    const url = await listen(createServer((_, response) => response.end('x'.repeat(1_000_000))));
    assert.deepEqual(await carrierAt(url).balance('13800138000'), { outcome: 'unknown' });
  });

  it('keeps a number with odd characters inside its path segment', async () => {
    let asked = '';
    const url = await listen(
      createServer((request, response) => {
        asked = request.url ?? '';
        response.end();
      }),
    );
    await carrierAt(url).balance('1/../../control/reset');
    assert.equal(asked, '/phones/1%2F..%2F..%2Fcontrol%2Freset/balance');
  });
});

describe('CarrierBooks', () => {
  it('remembers after a restart what it accepted', async () => {
    const simulator = await startSimulator();
    await carrierAt(simulator.url).deliver({
      key: 'key-1',
      service: 'recharge',
      amount: yuan(50),
      details: { phone: '13800138000' },
    });
    const again = new CarrierBooks(accounts, simulator.journal);
    assert.equal(again.decisionOf('key-1')?.state, 'accepted');
    assert.equal(again.phone('13800138000')?.balanceMinor, 6250);
  });
});
