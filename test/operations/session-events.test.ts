import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import type { StreamLimits } from '../../src/operations/event-streams.js';
import type { SessionEvent } from '../../src/session/payment-sessions.js';
import { ApiWorld, paying, session, sessionId } from '../support/api-world.js';
import { until } from '../support/until.js';

const path = `/calls/${paying}/events`;
const at = new Date('2026-11-23T04:00:00.000Z');
const state = (seq: number, to: 'with-caller' | 'paying' | 'over'): SessionEvent => ({
  seq,
  at,
  type: 'state',
  state: to,
});
const paid: SessionEvent = {
  seq: 3,
  at,
  type: 'result',
  result: { outcome: 'paid', amountMinor: 5_000, currency: 'CNY', reference: '123456' },
};

describe('the events of a payment session', () => {
  let world: ApiWorld;

  const start = async (streamLimits: Partial<StreamLimits> = {}) => {
    world = new ApiWorld({ streamLimits });
    await world.start();
    world.sessions.set(session());
  };

  afterEach(() => world.stop());

  const nobodyWatches = () => world.sessions.watchers(paying) === 0 && world.streams.open === 0;

  /** The ids of the events in a text of server-sent events. */
  const ids = (text: string) =>
    [...text.matchAll(/^id: [0-9a-f-]{36}\.(\d+)$/gm)].map(([, id]) => Number(id));

  it('come as they happen, each with its number, and end with the session', async () => {
    await start();
    world.sessions.tell(paying, state(1, 'with-caller'));
    const response = await world.ask('1001', 'GET', path);
    assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    world.sessions.tell(paying, { seq: 2, at, type: 'keys', field: 'card-pin', keyed: 3 });
    world.sessions.tell(paying, paid);
    world.sessions.tell(paying, state(4, 'over'));
    const text = await response.text();
    assert.deepEqual(ids(text), [1, 2, 3, 4]);
    assert.ok(
      text.includes(
        `id: ${sessionId}.2\nevent: keys\ndata: {"seq":2,"at":"2026-11-23T04:00:00.000Z","type":"keys","field":"card-pin","keyed":3}\n\n`,
      ),
    );
    assert.match(
      text,
      /"outcome":"paid","amountMinor":5000,"currency":"CNY","reference":"123456","reason":null/,
    );
    await until(nobodyWatches, 'the stream is closed');
  });

  it('go on behind the last one that was heard', async () => {
    await start();
    for (const event of [state(1, 'with-caller'), state(2, 'paying'), paid]) {
      world.sessions.tell(paying, event);
    }
    const response = await world.ask('1001', 'GET', path, { headers: { 'Last-Event-ID': `${sessionId}.2` } });
    world.sessions.tell(paying, state(4, 'over'));
    assert.deepEqual(ids(await response.text()), [3, 4]);
  });

  it('of a later session of the call are told from its first, whatever was heard of the one before', async () => {
    await start();
    const before = '019ab000-0000-4000-8000-0000000000b4';
    for (const event of [state(1, 'with-caller'), state(2, 'over')]) {
      world.sessions.tell(paying, event);
    }
    const response = await world.ask('1001', 'GET', path, { headers: { 'Last-Event-ID': `${before}.7` } });
    assert.deepEqual(ids(await response.text()), [1, 2]);
    for (const numberAlone of ['2', `${sessionId}.`, `${sessionId}.1234567890`]) {
      const refused = await world.ask('1001', 'GET', path, { headers: { 'Last-Event-ID': numberAlone } });
      assert.equal(refused.status, 400);
    }
  });

  it('end after a while, so that whoever reads comes back and whoever has stopped reading holds no place', async () => {
    await start({ maxOpenMs: 200, maxOpenPerUser: 3 });
    world.sessions.tell(paying, state(1, 'with-caller'));
    const deaf = await Promise.all([deafReader(world.url), deafReader(world.url)]);
    const response = await world.ask('1001', 'GET', path);
    assert.equal(response.status, 200);
    await until(() => world.streams.open === 3, 'all of them watch');
    assert.equal((await world.ask('1001', 'GET', path)).status, 429);
    const text = await response.text();
    assert.match(text, /^retry: 1000$/m);
    assert.deepEqual(ids(text), [1]);
    await until(nobodyWatches, 'every place is free again');
    world.sessions.tell(paying, paid);
    world.sessions.tell(paying, state(4, 'over'));
    const again = await world.ask('1001', 'GET', path, { headers: { 'Last-Event-ID': `${sessionId}.1` } });
    assert.deepEqual(ids(await again.text()), [3, 4]);
    for (const socket of deaf) {
      socket.destroy();
    }
  });

  it('are told whole of a session that is over; who has heard them all is told not to come back', async () => {
    await start();
    world.sessions.tell(paying, state(1, 'over'));
    assert.deepEqual(ids(await (await world.ask('1001', 'GET', path)).text()), [1]);
    const heard = await world.ask('1001', 'GET', path, { headers: { 'Last-Event-ID': `${sessionId}.1` } });
    assert.equal(heard.status, 204);
    assert.equal(await heard.text(), '');
    assert.equal(world.sessions.watchers(paying), 0);
  });

  it('are kept alive by comments', async () => {
    await start({ heartbeatMs: 20 });
    const response = await world.ask('1001', 'GET', path);
    const reader = response.body?.getReader();
    let text = '';
    while ((text.match(/^: alive$/gm) ?? []).length < 3) {
      text += Buffer.from((await reader?.read())?.value ?? []).toString();
    }
    await reader?.cancel();
  });

  it('are no longer listened to when the reader is gone', async () => {
    await start();
    const there = new AbortController();
    await world.ask('1001', 'GET', path, { signal: there.signal });
    assert.equal(world.sessions.watchers(paying), 1);
    there.abort();
    await until(nobodyWatches, 'the stream is closed');
    world.sessions.tell(paying, paid);
  });

  it('are watched by so many and no more, of one user and of all', async () => {
    await start({ maxOpen: 3, maxOpenPerUser: 2 });
    const there = new AbortController();
    const open = async (as: '1001' | 'duty') =>
      (await world.ask(as, 'GET', path, { signal: there.signal })).status;
    assert.deepEqual([await open('1001'), await open('1001'), await open('1001')], [200, 200, 429]);
    assert.deepEqual([await open('duty'), await open('duty')], [200, 429]);
    there.abort();
    await until(nobodyWatches, 'the streams are closed');
    const again = new AbortController();
    assert.equal((await world.ask('1001', 'GET', path, { signal: again.signal })).status, 200);
    again.abort();
  });

  it('cut off a reader who takes nothing, while others hear them all', async function () {
    this.timeout(20_000);
    await start({ heartbeatMs: 600_000 });
    const slow = await deafReader(world.url);
    await until(() => world.sessions.watchers(paying) === 1, 'the slow reader watches');
    const good = await world.ask('duty', 'GET', path);
    const decoder = new TextDecoder();
    let heard = '';
    const reading = (async () => {
      for await (const chunk of (good.body ?? []) as AsyncIterable<Uint8Array>) {
        heard += decoder.decode(chunk, { stream: true });
      }
    })();
    const long = 'x'.repeat(60_000);
    let seq = 0;
    while (world.sessions.watchers(paying) === 2 && seq < 2_000) {
      seq += 1;
      world.sessions.tell(paying, { seq, at, type: 'progress', progress: long });
      await until(() => heard.endsWith('\n\n') && ids(heard.slice(-61_000)).at(-1) === seq, 'it is heard');
    }
    assert.ok(seq < 2_000, 'the slow reader was never cut off');
    world.sessions.tell(paying, state(seq + 1, 'over'));
    await reading;
    assert.equal(ids(heard).length, seq + 1);
    slow.destroy();
    await until(nobodyWatches, 'the streams are closed');
  });

  it('cut off, at a heartbeat, a reader for whom something has been waiting', async function () {
    this.timeout(20_000);
    await start({ heartbeatMs: 50, maxWaitingBytes: 1_000_000_000 });
    const slow = await deafReader(world.url);
    await until(() => world.sessions.watchers(paying) === 1, 'the slow reader watches');
    for (let seq = 1; seq <= 300; seq += 1) {
      world.sessions.tell(paying, { seq, at, type: 'progress', progress: 'x'.repeat(60_000) });
    }
    await until(nobodyWatches, 'the stream is closed');
    slow.destroy();
  });
});

/** Asks for the events and reads nothing of them. */
async function deafReader(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.pause();
  socket.on('error', () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-of-1001\r\n\r\n`);
  return socket;
}
