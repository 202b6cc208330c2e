import assert from 'node:assert/strict';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { JsonExchange } from '../../src/provider/json-exchange.js';
import { silentLog } from '../support/silent-log.js';
import { until } from '../support/until.js';

const answer = (body: string) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

type Connection = { readonly socket: Socket; requests: string[] };

/** A server of bare TCP: it answers the first request of each connection, and does what it is told with the second. */
class DroppingServer {
  readonly connections: Connection[] = [];
  readonly #server: Server;
  /** What happens to a request that is not the first of its connection. */
  onReused: (socket: Socket) => void = (socket) => socket.write(answer('{"is":"reused"}'));
  /** What happens to the first request of a connection. */
  onFirst: (socket: Socket) => void = (socket) => socket.write(answer('{"is":"first"}'));

  constructor() {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  close(): void {
    for (const { socket } of this.connections) {
      socket.destroy();
    }
    this.#server.close();
  }

  get requests(): readonly string[] {
    return this.connections.flatMap(({ requests }) => requests);
  }

  #serve(socket: Socket): void {
    const connection: Connection = { socket, requests: [] };
    this.connections.push(connection);
    let text = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      text += bytes.toString();
      const end = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (end < 0 || text.length < end + 4 + length) {
        return;
      }
      connection.requests.push(text);
      text = '';
      (connection.requests.length === 1 ? this.onFirst : this.onReused)(socket);
    });
  }
}

const halfHead = 'HTTP/1.1 200 OK\r\ncontent-ty';
const halfBody = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 40\r\n\r\n{"is":"hal';
/** How a server, or a middlebox, takes a kept connection away. */
const drops: readonly (readonly [string, (socket: Socket) => void])[] = [
  ['resets it', (socket) => socket.resetAndDestroy()],
  ['ends it without an answer', (socket) => socket.end()],
  ['closes it without an answer', (socket) => socket.destroy()],
  ['ends it within the head of the answer', (socket) => socket.end(halfHead)],
  ['ends it within the body of the answer', (socket) => socket.end(halfBody)],
  [
    'resets it within the body of the answer',
    (socket) => socket.write(halfBody, () => socket.resetAndDestroy()),
  ],
  ['answers what is no HTTP and ends it', (socket) => socket.end('\0\0')],
];

describe('JsonExchange on a connection that the server takes away', () => {
  let server: DroppingServer;
  let url: string;
  let nowMs: number;
  let exchange: JsonExchange;
  beforeEach(async () => {
    server = new DroppingServer();
    url = await server.listen();
    nowMs = 0;
    const clock = { monotonicMs: () => nowMs };
    exchange = new JsonExchange({ url, timeoutMs: 1_000, log: silentLog, clock });
    assert.deepEqual((await exchange.request('GET', '/warm'))?.body, { is: 'first' });
  });
  afterEach(() => server.close());

  for (const method of ['GET', 'PUT', 'DELETE'] as const) {
    for (const [how, drop] of drops) {
      it(`tries a ${method} once more on a fresh connection when the server ${how}`, async () => {
        server.onReused = drop;
        const got = await exchange.request(method, '/orders/key-1', method === 'PUT' ? { a: 1 } : undefined);
        assert.deepEqual(got?.body, { is: 'first' });
        assert.equal(server.connections.length, 2);
        const [, first, second] = server.requests;
        assert.match(first ?? '', new RegExp(`^${method} /orders/key-1 `));
        assert.equal(withoutConnection(second), withoutConnection(first));
      });
    }
  }

  it('does not try a POST again: it may have been done', async () => {
    server.onReused = (socket) => socket.resetAndDestroy();
    assert.equal(await exchange.request('POST', '/quotes', {}), undefined);
    assert.equal(server.connections.length, 1);
  });

  it('gives up when the fresh connection is dropped too', async () => {
    server.onReused = (socket) => socket.resetAndDestroy();
    server.onFirst = (socket) => socket.resetAndDestroy();
    assert.equal(await exchange.request('PUT', '/orders/key-1', {}), undefined);
    assert.equal(server.connections.length, 2);
  });

  it('does not try again what failed on a fresh connection', async () => {
    server.onFirst = (socket) => socket.resetAndDestroy();
    const fresh = new JsonExchange({ url, timeoutMs: 1_000, log: silentLog });
    assert.equal(await fresh.request('PUT', '/orders/key-1', {}), undefined);
    assert.equal(server.connections.length, 2);
  });

  it('does not try again after a time-out, and both tries share one', async () => {
    server.onReused = () => undefined;
    const slow = new JsonExchange({ url, timeoutMs: 120, log: silentLog });
    await slow.request('GET', '/warm');
    assert.equal(await slow.request('GET', '/silent'), undefined);
    assert.equal(server.connections.length, 2);

    await slow.request('GET', '/warm');
    server.onReused = (socket) => setTimeout(() => socket.resetAndDestroy(), 70);
    server.onFirst = () => undefined;
    const beganMs = performance.now();
    assert.equal(await slow.request('GET', '/dropped-late'), undefined);
    assert.ok(performance.now() - beganMs < 180, 'the second try has no time of its own');
  });

  it('does not send an order again after it was frozen for longer than the time-out', async () => {
    server.onReused = (socket) => {
      nowMs += 1_001;
      socket.resetAndDestroy();
    };
    assert.equal(await exchange.request('PUT', '/orders/key-1', {}), undefined);
    assert.equal(server.connections.length, 1);
  });

  it('takes a fresh connection when the server had ended the idle one', async () => {
    server.connections[0]?.socket.end();
    await until(() => server.connections[0]?.socket.closed === true, 'the connection is closed');
    assert.deepEqual((await exchange.request('PUT', '/orders/key-1', {}))?.body, { is: 'first' });
  });

  it('answers at once when the idle connection ends in the moment of the request', async () => {
    server.connections[0]?.socket.end();
    assert.deepEqual((await exchange.request('PUT', '/orders/key-1', {}))?.body, { is: 'first' });
    assert.equal(server.requests.filter((text) => text.startsWith('PUT')).length <= 2, true);
  });

  it('does not take for its answer what came on the idle connection', async () => {
    server.connections[0]?.socket.write(answer('{"is":"nobody asked"}'));
    await until(() => server.connections[0]?.socket.readableEnded === true, 'the connection is closed');
    assert.deepEqual((await exchange.request('GET', '/orders/key-1'))?.body, { is: 'first' });
  });

  it('goes on using a connection that stays', async () => {
    for (let index = 0; index < 5; index += 1) {
      assert.deepEqual((await exchange.request('GET', '/again'))?.body, { is: 'reused' });
    }
    assert.equal(server.connections.length, 1);
  });
});

/** A fresh connection may say that it is used once; all else is the same request. */
function withoutConnection(request: string | undefined): string | undefined {
  return request?.replace(/^connection: .*\r\n/im, '');
}
