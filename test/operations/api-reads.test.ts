import assert from 'node:assert/strict';
import { ApiWorld, paying, paymentId, recorded } from '../support/api-world.js';

describe('reading through the API', () => {
  let world: ApiWorld;
  let reads: readonly (readonly [method: string, path: string, what: string, subjectId: string])[];

  beforeEach(async () => {
    world = new ApiWorld();
    await world.start();
    const { id } = await world.populate();
    reads = [
      ['GET', `/orders/${id}`, 'order', id],
      ['POST', `/orders/${id}/cancel`, 'order', id],
      ['GET', '/calls', 'calls', '2026-11-23'],
      ['GET', '/calls?day=2026-11-20', 'calls', '2026-11-20'],
      ['GET', `/calls/${recorded}`, 'call', recorded],
      ['GET', `/calls/${paying}/payment-session`, 'session', paying],
      ['GET', `/calls/${paying}/events`, 'session', paying],
      ['GET', `/payments/${paymentId}`, 'payment', paymentId],
    ];
  });

  afterEach(() => world.stop());

  it('is written down, each time, with who and what', async () => {
    for (const [method, path, what, subjectId] of reads) {
      world.reads.length = 0;
      const there = new AbortController();
      const response = await world.ask('duty', method, path, { signal: there.signal });
      assert.equal(response.status, 200, path);
      there.abort();
      assert.deepEqual(world.reads, [
        { user: { name: 'duty', role: 'operator' }, what, subjectId, at: world.clock.now() },
      ]);
    }
  });

  it('is refused when it cannot be written down, and cancels nothing', async () => {
    world.readsFail = true;
    for (const [method, path] of reads) {
      const response = await world.ask('duty', method, path);
      assert.equal(response.status, 503, path);
      assert.deepEqual(
        { ...((await response.json()) as object), instance: '' },
        {
          type: '/problems/read-not-recorded',
          title: 'Reads must be written down, and that is not possible now',
          status: 503,
          instance: '',
        },
      );
    }
    assert.equal((await world.orders.find(reads[0]?.[3] ?? ''))?.state, 'open');
    assert.equal(world.sessions.watchers(paying), 0);
    const errors = world.log.lines.filter((line) => line.startsWith('ERROR'));
    assert.equal(errors.length, reads.length);
  });

  it('of an order that is sent again is a read, too', async () => {
    const asking = {
      body: { service: 'bill', target: '13900139000', amountMinor: 100 },
      headers: { 'Idempotency-Key': 'k' },
    };
    await world.ask('shop', 'POST', '/orders', asking);
    assert.equal(world.reads.length, 0);
    await world.ask('shop', 'POST', '/orders', asking);
    assert.equal(world.reads.length, 1);
  });
});
