import assert from 'node:assert/strict';
import fc from 'fast-check';
import { backOffMs } from '../../src/bank/back-off.js';

describe('the back-off between attempts', () => {
  const backOff = { firstMs: 200, longestMs: 30_000 };

  it('doubles until the longest wait', () => {
    const waits = [1, 2, 3, 8, 9, 1_000].map((attempt) => backOffMs(backOff, attempt, () => 0.999_999));
    assert.deepEqual(waits.map(Math.round), [200, 400, 800, 25_600, 30_000, 30_000]);
  });

  it('is never less than half and never more than the whole wait', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (n, r) => {
          const wholeMs = Math.min(30_000, 200 * 2 ** (n - 1));
          const waitMs = backOffMs(backOff, n, () => r);
          return waitMs >= wholeMs / 2 && waitMs <= wholeMs;
        },
      ),
    );
  });

  it('differs between two lines that fail together', () => {
    assert.notEqual(
      backOffMs(backOff, 3, () => 0.1),
      backOffMs(backOff, 3, () => 0.9),
    );
  });
});
