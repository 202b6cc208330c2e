import assert from 'node:assert/strict';
import type { Attempts, Counter } from '../../src/wallet/attempts.js';
import type { FakeClock } from '../support/fake-clock.js';

const hour = 3_600_000;
const minute = 60_000;

/** The behaviour that whoever counts attempts relies on. `start` gives a view of the same counters each time. */
export function describeAttempts(name: string, start: () => { attempts: Attempts; clock: FakeClock }): void {
  describe(`${name} as counters of attempts`, () => {
    let attempts: Attempts;
    let clock: FakeClock;
    let subjects = 0;
    const counter = (limit: number, scope: Counter['scope'] = 'pin-card'): Counter => {
      subjects += 1;
      return { scope, subject: `subject ${subjects}`, limit, windowMs: hour, from: 'last' };
    };
    const take = async (...counters: Counter[]) => {
      const result = await attempts.take(counters, minute);
      return result.outcome === 'taken' ? result.places : result.outcome;
    };
    const taken = async (...counters: Counter[]) => {
      const places = await take(...counters);
      assert.ok(typeof places !== 'string', 'a place is free');
      return places;
    };

    beforeEach(() => {
      ({ attempts, clock } = start());
    });

    it('gives as many places as the limit says, and more only when one comes back', async () => {
      const card = counter(2);
      const first = await taken(card);
      await taken(card);
      assert.equal(await take(card), 'busy');
      await attempts.giveBack(first);
      await taken(card);
      assert.equal(await take(card), 'busy');
    });

    it('never has more places than the limit when many ask at once', async () => {
      const card = counter(3);
      const results = await Promise.all(Array.from({ length: 24 }, async () => take(card)));
      assert.equal(results.filter((result) => typeof result !== 'string').length, 3);
    });

    it('is full once as many are counted, until nothing was counted for the window', async () => {
      const card = counter(2);
      assert.equal((await attempts.count(await taken(card)))[0]?.counted, 1);
      clock.advance(hour - 1);
      assert.equal((await attempts.count(await taken(card)))[0]?.counted, 2);
      assert.equal(await take(card), 'full');
      clock.advance(hour - 1);
      assert.equal(await take(card), 'full', 'the second began the window anew');
      assert.deepEqual(await attempts.counted([card]), [2]);
      clock.advance(1);
      assert.deepEqual(await attempts.counted([card]), [0]);
      await taken(card);
    });

    it('forgets what many did together a window after the first, however steadily others follow', async () => {
      const crowd: Counter = { ...counter(3, 'pin-prefix'), from: 'first' };
      await attempts.count([], [crowd]);
      clock.advance(hour / 2);
      await attempts.count(await taken(crowd));
      clock.advance(hour / 2 - 1);
      assert.equal((await attempts.count([], [crowd]))[0]?.counted, 3);
      assert.equal((await attempts.count([], [crowd]))[0]?.counted, 4, 'also beyond the limit');
      assert.equal(await take(crowd), 'full');
      clock.advance(1);
      assert.equal((await attempts.count([], [crowd]))[0]?.counted, 1);
    });

    it('takes a place in every counter or in none', async () => {
      const [card, caller] = [counter(5), counter(1, 'pin-caller')];
      await attempts.count(await taken(caller));
      assert.equal(await take(card, caller), 'full');
      for (let time = 0; time < 5; time += 1) {
        await taken(card);
      }
    });

    it('counts in others besides the places, and tells how much each has', async () => {
      const [card, prefix] = [counter(5), counter(7, 'pin-prefix')];
      await attempts.count(await taken(card), [prefix]);
      const counts = await attempts.count(await taken(card), [prefix]);
      assert.deepEqual(counts.map(({ scope, counted }) => [scope, counted]).sort(), [
        ['pin-card', 2],
        ['pin-prefix', 2],
      ]);
    });

    it('forgets what was counted before, where that is asked', async () => {
      const [card, caller] = [counter(3), counter(3, 'pin-caller')];
      await attempts.count(await taken(card, caller));
      await attempts.giveBack(await taken(card, caller), ['pin-card']);
      assert.deepEqual(await attempts.counted([card, caller]), [0, 1]);
    });

    it('keeps what others have counted since, and a lock that they have caused', async () => {
      const card = counter(3);
      await attempts.count(await taken(card));
      const right = await taken(card);
      await attempts.count(await taken(card));
      await attempts.giveBack(right, ['pin-card']);
      assert.deepEqual(await attempts.counted([card]), [1]);
      const late = await taken(card);
      await attempts.count(await taken(card));
      await attempts.count([], [card]);
      await attempts.giveBack(late, ['pin-card']);
      assert.equal(await take(card), 'full');
    });

    it('gives up a place that nobody settles, and does not give it back twice when somebody does so late', async () => {
      const card = counter(1);
      const forgotten = await taken(card);
      clock.advance(minute);
      await taken(card);
      await attempts.giveBack(forgotten);
      assert.equal(await take(card), 'busy');
      await attempts.count(forgotten);
      assert.equal(await take(card), 'full', 'a wrong one counts however late');
    });

    it('holds no place for ever when the clock is set back', async () => {
      const card = counter(1);
      await attempts.count(await taken(card));
      clock.step(-3 * hour);
      assert.equal(await take(card), 'full');
      clock.advance(4 * hour);
      await taken(card);
    });

    it('deletes what is over, and nothing else', async () => {
      const [over, on] = [counter(2), counter(2)];
      await attempts.count(await taken(over));
      clock.advance(3 * hour);
      await attempts.count(await taken(on));
      assert.ok((await attempts.prune()) >= 1);
      assert.deepEqual(await attempts.counted([over, on]), [0, 1]);
      assert.equal(await attempts.prune(), 0);
    });
  });
}
