import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { fuzzDecoder } from './fuzz-decoder.js';

describe('the decoder, given 20,000 random and mutated frames', () => {
  it('reads or refuses each, quickly, and keeps no memory', function () {
    // A second on an idle machine; the tests may share theirs.
    this.timeout(30_000);
    const seed = randomInt(1, 2 ** 31);
    const report = fuzzDecoder({ frames: 20_000, seed });
    assert.deepEqual(report.errors, [], `npm run fuzz -- iso --frames 20000 --seed ${seed}`);
    assert.equal(report.accepted + report.refused, 20_000);
    assert.ok(report.accepted > 1_000 && report.refused > 5_000, JSON.stringify(report));
    assert.ok(report.slowestRepeatedMs < 5, `seed ${seed}: ${report.slowestRepeatedMs} ms`);
    assert.ok(report.memoryBytes.end - report.memoryBytes.early < 8_000_000, JSON.stringify(report));
  });
});
