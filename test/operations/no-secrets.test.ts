import assert from 'node:assert/strict';
import { apiRoutes } from '../../src/operations/api-routes.js';
import type { SessionEvent } from '../../src/session/payment-sessions.js';
import { ApiWorld, paying, paymentId, session, tokens, type UserName } from '../support/api-world.js';

const pan = '6222020200112233446';
const pin = '918273';
const pinBlock = 'C0FFEE0123456789';
/** What a careless part of the system could put into anything that the API shows. */
const planted = { pan, pin, cardNumber: pan, digits: pin, keys: pin, pinBlock, card: pan };

/** Adds what must not leave to an object and to every object within it. */
function tainted<T>(value: T): T {
  if (Array.isArray(value)) {
    return value.map(tainted) as T;
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) {
    return value;
  }
  const inside = Object.entries(value).map(([name, each]) => [name, tainted(each) as unknown]);
  return { ...planted, ...Object.fromEntries(inside) } as T;
}

describe('what must never leave through the API', () => {
  let world: ApiWorld;
  let orderId: string;

  beforeEach(async () => {
    world = new ApiWorld();
    await world.start();
    ({ id: orderId } = await world.populate());
    const { orders, sessions, callRecords, pages, conversations } = world;
    const find = orders.find.bind(orders);
    orders.find = async (id) => tainted(await find(id));
    const prepare = orders.prepare.bind(orders);
    orders.prepare = async (order) => tainted(await prepare(order));
    sessions.set(
      tainted(session({ kept: { card: pan, pin: true }, result: { outcome: 'paid', reference: '123456' } })),
    );
    callRecords.calls.splice(0, 9, ...callRecords.calls.map(tainted));
    conversations.splice(0, 9, ...conversations.map(tainted));
    for (const [id, page] of pages) {
      pages.set(id, tainted(page));
    }
    const at = world.clock.now();
    const events: readonly SessionEvent[] = [
      { seq: 1, at, type: 'keys', field: 'card-pin', keyed: 6 },
      { seq: 2, at, type: 'progress', progress: 'card-kept' },
      { seq: 3, at, type: 'result', result: { outcome: 'paid' } },
      { seq: 4, at, type: 'state', state: 'over' },
    ];
    for (const event of events) {
      sessions.tell(paying, tainted(event));
    }
  });

  afterEach(() => world.stop());

  it('is in no answer of any route to any role, in no figure and in no line of the log', async () => {
    const bodies: Readonly<Record<string, object>> = {
      'post /orders': { service: 'bill', target: '13900139000', amountMinor: 100 },
      'post /calls/:id/payment-session': { way: 'assisted', orderId },
      'post /calls/:id/payment-session/capture': { field: 'card-pin' },
    };
    let answered = 0;
    for (const { method, path } of apiRoutes) {
      for (const { name } of tokens) {
        const id = path.startsWith('/orders') ? orderId : path.startsWith('/payments') ? paymentId : paying;
        const body = bodies[`${method} ${path}`];
        const response = await world.ask(name as UserName, method.toUpperCase(), path.replace(':id', id), {
          headers: { 'Idempotency-Key': 'k' },
          ...(body === undefined ? {} : { body }),
        });
        const text = `${JSON.stringify([...response.headers])} ${await response.text()}`;
        answered += Number(response.ok);
        for (const secret of [
          pan,
          pin,
          pinBlock,
          `token-of-${name}`,
          '019ab000-0000-7000-8000-0000000000ca',
        ]) {
          assert.ok(!text.includes(secret), `${method} ${path} shows ${secret} to ${name}`);
        }
      }
    }
    assert.ok(answered > 30, `only ${answered} requests were served`);
    const rest = `${await world.metrics.text()} ${world.log.lines.join('\n')}`;
    for (const secret of [pan, pin, pinBlock, 'token-of-', orderId, paying]) {
      assert.ok(!rest.includes(secret), secret);
    }
  });
});
