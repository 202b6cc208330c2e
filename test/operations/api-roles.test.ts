import assert from 'node:assert/strict';
import { apiRoutes } from '../../src/operations/api-routes.js';
import { ApiWorld, type Asking, paying, paymentId, talking, type UserName } from '../support/api-world.js';

/** What each user gets; 1001 owns what is asked for, 1002 does not. */
type Line = Readonly<Record<Exclude<UserName, 'shop'>, number>> & {
  readonly at: string;
  readonly asking?: Asking;
};

const order = { service: 'recharge', target: '13900139000', amountMinor: 5_000 };
const key = { headers: { 'Idempotency-Key': '"k-1"' } };
const session = '/calls/:id/payment-session';
const read = { '1001': 200, '1002': 404, duty: 200, books: 200 } as const;
const watch = { '1001': 200, '1002': 404, duty: 200, books: 403 } as const;
const steer = { '1001': 202, '1002': 404, duty: 403, books: 403 } as const;
const everybody = { '1001': 200, '1002': 200, duty: 200, books: 200 } as const;

/** Written by hand, one line a route: a route without a line is a route whose rights nobody thought of. */
const matrix: Readonly<Record<string, Line>> = {
  'POST /orders': {
    '1001': 201,
    '1002': 201,
    duty: 201,
    books: 403,
    at: '',
    asking: { body: order, ...key },
  },
  'GET /orders/:id': { ...read, at: 'order' },
  'POST /orders/:id/cancel': { ...watch, at: 'order' },
  'GET /calls': { ...everybody, at: '' },
  'GET /calls/:id': { ...read, at: talking },
  [`POST ${session}`]: {
    '1001': 201,
    '1002': 404,
    duty: 201,
    books: 403,
    at: paying,
    asking: { body: { way: 'blind' } },
  },
  [`GET ${session}`]: { ...watch, at: paying },
  [`POST ${session}/capture`]: { ...steer, at: paying, asking: { body: { field: 'card-pin' } } },
  [`POST ${session}/complete`]: { ...steer, at: paying },
  [`POST ${session}/cancel`]: { '1001': 202, '1002': 404, duty: 202, books: 403, at: paying },
  'GET /calls/:id/events': { ...watch, at: paying },
  'GET /payments/:id': { '1001': 403, '1002': 403, duty: 200, books: 200, at: paymentId },
  'GET /openapi.json': { ...everybody, at: '' },
};

describe('the rights of the API', () => {
  let world: ApiWorld;
  let orderId: string;

  beforeEach(async () => {
    world = new ApiWorld();
    await world.start();
    ({ id: orderId } = await world.populate());
  });

  afterEach(() => world.stop());

  const ask = async (as: UserName | undefined, route: string, { at, asking }: Line, headers = {}) => {
    const [method = '', path = ''] = route.split(' ');
    const there = new AbortController();
    const response = await world.ask(as, method, path.replace(':id', at === 'order' ? orderId : at), {
      ...asking,
      headers: { ...asking?.headers, ...headers },
      signal: there.signal,
    });
    there.abort();
    return response;
  };

  it('are written here for every route', () => {
    const routes = apiRoutes.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    assert.deepEqual(Object.keys(matrix).sort(), routes.sort());
  });

  for (const [route, line] of Object.entries(matrix)) {
    const { at: _at, asking: _asking, ...statuses } = line;
    for (const [name, status] of Object.entries(statuses)) {
      it(`give ${name} ${status} for ${route}`, async () => {
        const response = await ask(name as UserName, route, line);
        assert.equal(response.status, status);
      });
    }

    it(`give nobody else anything for ${route}`, async () => {
      const without = await ask(undefined, route, line);
      assert.equal(without.status, 401);
      assert.equal(without.headers.get('www-authenticate'), 'Bearer realm="walletline"');
      for (const authorization of ['Bearer wrong', 'Bearer ', 'Basic dG9rZW46', 'token-of-1001', '']) {
        const wrong = await ask(undefined, route, line, { authorization });
        assert.equal(wrong.status, 401, authorization);
        assert.match(wrong.headers.get('content-type') ?? '', /^application\/problem\+json/);
      }
    });
  }

  it('do not tell an agent what is another’s from what is nowhere', async () => {
    const nowhere = { order: '019ab000-0000-7000-8000-00000000dead', other: '1763870400.999' };
    const answer = async (route: string, { at, asking }: Line) => {
      const [method = '', path = ''] = route.split(' ');
      const response = await world.ask(
        '1002',
        method,
        path.replace(':id', at === 'order' ? orderId : at),
        asking,
      );
      const { instance: _, ...said } = (await response.json()) as Record<string, unknown>;
      return { status: response.status, said };
    };
    for (const [route, line] of Object.entries(matrix)) {
      if (line['1002'] === 404) {
        const there = await answer(route, line);
        const { order: noOrder, other } = nowhere;
        const nothing = await answer(route, { ...line, at: line.at === 'order' ? noOrder : other });
        assert.deepEqual(there, nothing, route);
      }
    }
  });

  it('let a refused role cause nothing', async () => {
    for (const [route, line] of Object.entries(matrix)) {
      for (const name of ['1002', 'duty', 'books'] as const) {
        if (line[name] >= 400) {
          await ask(name, route, line);
        }
      }
    }
    assert.equal((await world.orders.find(orderId))?.state, 'open');
    assert.deepEqual(
      world.sessions.steered.filter(({ agent }) => agent !== '1002'),
      [],
    );
    assert.deepEqual(
      world.reads.filter(({ what }) => what !== 'order'),
      [],
    );
  });

  it('bind an agent to its own name, and nobody else to one', async () => {
    const path = `/calls/${paying}/payment-session`;
    await world.ask('1001', 'POST', path, { body: { way: 'detour' } });
    await world.ask('duty', 'POST', path, { body: { way: 'detour' } });
    assert.deepEqual(
      world.sessions.begun.map(({ agent }) => agent),
      ['1001', undefined],
    );
  });
});
