import assert from 'node:assert/strict';
import { openDatabase } from '../../src/database/database.js';
import { MysqlAttempts } from '../../src/wallet/mysql-attempts.js';
import { describeAttempts } from '../contracts/attempts.js';
import { withDatabase } from '../support/database.js';
import { FakeClock } from '../support/fake-clock.js';

describe('MysqlAttempts', function () {
  this.timeout(20_000);
  const test = withDatabase();
  let started = Date.parse('2026-11-23T04:00:00.000Z');

  describeAttempts('MysqlAttempts', () => {
    // Later each time: what another test left must not be younger than the clock.
    started += 86_400_000;
    const clock = new FakeClock(new Date(started).toISOString());
    return { attempts: new MysqlAttempts(test.database, clock), clock };
  });

  it('never has more places than the limit when two processes ask at once, and loses no count', async () => {
    const clock = new FakeClock(new Date(started + 86_400_000).toISOString());
    const other = openDatabase(test.url);
    try {
      const nodes = [new MysqlAttempts(test.database, clock), new MysqlAttempts(other, clock)];
      const card = {
        scope: 'pin-card' as const,
        subject: 'shared',
        limit: 5,
        windowMs: 3_600_000,
        from: 'last' as const,
      };
      const results = await Promise.all(
        Array.from({ length: 48 }, async (_, call) => {
          const caller = { ...card, scope: 'pin-caller' as const, subject: `caller ${call % 7}`, limit: 40 };
          return nodes[call % 2]?.take([card, caller], 60_000);
        }),
      );
      const taken = results.flatMap((result) => (result?.outcome === 'taken' ? [result.places] : []));
      assert.equal(taken.length, 5);
      await Promise.all(taken.map(async (places, index) => nodes[(index + 1) % 2]?.count(places)));
      assert.deepEqual(await nodes[0]?.counted([card]), [5]);
    } finally {
      await other.destroy();
    }
  });
});
