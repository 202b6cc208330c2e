import assert from 'node:assert/strict';
import { ApiWorld } from '../support/api-world.js';

const body = {
  service: 'recharge',
  target: '13900139000',
  amountMinor: 5_000,
  reference: 'R-7',
  note: '谢谢',
};
const withKey = (key: string) => ({ headers: { 'Idempotency-Key': key } });

type Shown = {
  id: string;
  code: string;
  state: string;
  createdBy: string;
  target: string;
  expiresAt: string;
  type: string;
};
const shown = async (response: Response) => (await response.json()) as Shown;

describe('orders through the API', () => {
  let world: ApiWorld;

  beforeEach(async () => {
    world = new ApiWorld();
    await world.start();
  });

  afterEach(() => world.stop());

  it('are prepared for whoever asks, and expire after the configured time', async () => {
    const response = await world.ask('shop', 'POST', '/orders', { body, ...withKey('"k"') });
    const order = await shown(response);
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('location'), `/orders/${order.id}`);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal(order.createdBy, 'shop');
    assert.equal(order.state, 'open');
    assert.equal(Date.parse(order.expiresAt), world.clock.now().getTime() + 1_800_000);
    const stored = await world.orders.find(order.id);
    assert.deepEqual(stored?.amount, { amountMinor: 5_000, currency: 'CNY' });
    assert.equal(stored.note, '谢谢');
  });

  it('are the same order when the same key comes again, in quotes or without, with later expiry or not', async () => {
    const first = await shown(await world.ask('shop', 'POST', '/orders', { body, ...withKey('"k"') }));
    world.clock.advance(1_000);
    const again = await world.ask('shop', 'POST', '/orders', { body, ...withKey('k') });
    assert.equal(again.status, 200);
    assert.deepEqual(await shown(again), first);
  });

  it('are refused for what is no mobile phone, which could not be served: a landline, another country’s, an extension', async () => {
    for (const target of [
      '07551234567',
      '75512345678',
      '+4915112345678',
      '4915112345',
      '8001',
      '138001380001',
    ]) {
      for (const what of [{ target }, { target: undefined, details: { phone: target } }]) {
        const response = await world.ask('shop', 'POST', '/orders', {
          body: { ...body, ...what },
          ...withKey('k'),
        });
        assert.equal(response.status, 422, target);
      }
    }
  });

  it('are refused when the same key comes with another order, and not when it is another preparer’s', async () => {
    await world.ask('shop', 'POST', '/orders', { body, ...withKey('k') });
    const other = { body: { ...body, amountMinor: 5_100 }, ...withKey('k') };
    const refused = await world.ask('shop', 'POST', '/orders', other);
    assert.equal(refused.status, 422);
    assert.equal((await shown(refused)).type, '/problems/idempotency-key-reused');
    assert.equal((await world.ask('1001', 'POST', '/orders', other)).status, 201);
  });

  it('are refused without a usable key', async () => {
    for (const key of ['', '""', 'two words', '"open', 'k'.repeat(129)]) {
      const response = await world.ask('shop', 'POST', '/orders', { body, ...withKey(key) });
      assert.equal(response.status, 400, key);
      assert.equal((await shown(response)).type, '/problems/idempotency-key-missing');
    }
    assert.equal((await world.ask('shop', 'POST', '/orders', { body })).status, 400);
  });

  it('are one order after 1,000 requests at once with one key', async function () {
    this.timeout(20_000);
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, async () => {
        const response = await world.ask('shop', 'POST', '/orders', { body, ...withKey('one') });
        return { status: response.status, ...(await shown(response)) };
      }),
    );
    assert.equal(new Set(answers.map(({ id }) => id)).size, 1);
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    assert.equal(answers.filter(({ status }) => status === 200).length, 999);
  });

  it('are read by whoever prepared them, and by those who read all; an auditor sees no whole number', async () => {
    const order = await world.prepared('1001');
    assert.equal((await shown(await world.ask('1001', 'GET', `/orders/${order.id}`))).target, '13900139000');
    assert.equal((await shown(await world.ask('duty', 'GET', `/orders/${order.id}`))).target, '13900139000');
    assert.equal((await shown(await world.ask('books', 'GET', `/orders/${order.id}`))).target, '139****9000');
    assert.equal((await world.ask('shop', 'GET', `/orders/${order.id}`)).status, 404);
  });

  it('are not found under an id that is none', async () => {
    for (const id of ['019ab000-0000-7000-8000-000000000000', '1', '%27', '9'.repeat(300)]) {
      const response = await world.ask('duty', 'GET', `/orders/${id}`);
      assert.equal(response.status, 404, id);
    }
    assert.deepEqual(world.reads, []);
  });

  it('are cancelled while they are open, once and again; paid or expired ones stay', async () => {
    const order = await world.prepared('1001');
    for (const _ of ['once', 'again']) {
      const response = await world.ask('1001', 'POST', `/orders/${order.id}/cancel`);
      assert.equal(response.status, 200);
      assert.equal((await shown(response)).state, 'cancelled');
    }
    const late = await world.prepared('1001', 'late');
    world.clock.advance(60_000);
    const refused = await world.ask('1001', 'POST', `/orders/${late.id}/cancel`, { body: {} });
    assert.equal(refused.status, 409);
    assert.deepEqual(
      { ...(await shown(refused)), instance: '' },
      {
        type: '/problems/order-not-open',
        title: 'The order cannot be paid',
        status: 409,
        detail: 'The order is expired.',
        instance: '',
      },
    );
  });

  it('keep no card number in a text that people write', async () => {
    for (const field of ['reference', 'note']) {
      for (const text of ['6222 0202 0011 2233 446', 'card 4111-1111-1111-1111', '6222020200112233446']) {
        const response = await world.ask('shop', 'POST', '/orders', {
          body: { ...body, [field]: text },
          ...withKey(field),
        });
        assert.equal(response.status, 422, text);
        assert.ok(!(await response.text()).includes(text));
      }
    }
    const likeOne = { ...body, reference: '2026112300000000017' };
    assert.equal(
      (await world.ask('shop', 'POST', '/orders', { body: likeOne, ...withKey('x') })).status,
      201,
    );
  });
});
