import assert from 'node:assert/strict';
import { ApiWorld } from '../support/api-world.js';

describe('the limit of requests', () => {
  let world: ApiWorld;

  beforeEach(async () => {
    world = new ApiWorld({ requestsPerMinute: 3 });
    await world.start();
  });

  afterEach(() => world.stop());

  it('refuses what one user asks beyond it, says when to come back, and leaves others alone', async () => {
    for (const status of [200, 200, 200, 429]) {
      assert.equal((await world.ask('1001', 'GET', '/calls')).status, status);
    }
    const refused = await world.ask('1001', 'GET', '/calls');
    assert.match(refused.headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.equal(((await refused.json()) as { type: string }).type, '/problems/too-many-requests');
    assert.match(refused.headers.get('ratelimit') ?? '', /^"requests"; r=0; t=\d+$/);
    assert.match(refused.headers.get('ratelimit-policy') ?? '', /^"requests"; q=3; w=60/);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    assert.equal((await world.ask('1002', 'GET', '/calls')).status, 200);
  });

  it('counts before the role and the body are looked at', async () => {
    for (let request = 1; request <= 3; request += 1) {
      await world.ask('books', 'POST', '/orders', { raw: '{' });
    }
    assert.equal((await world.ask('books', 'GET', '/calls')).status, 429);
  });

  it('stops a search for tokens from one address, and no user at that address', async () => {
    const statuses = new Set<number>();
    for (let request = 1; request <= 61; request += 1) {
      const response = await world.ask(undefined, 'GET', '/calls', {
        headers: { authorization: `Bearer guess-${request}` },
      });
      statuses.add(response.status);
    }
    assert.deepEqual([...statuses], [401, 429]);
    assert.equal((await world.ask('1001', 'GET', '/calls')).status, 200);
  });

  it('does not hold for health and figures', async () => {
    for (let request = 1; request <= 100; request += 1) {
      assert.equal((await world.ask(undefined, 'GET', '/healthz')).status, 200);
    }
  });
});
