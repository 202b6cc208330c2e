import assert from 'node:assert/strict';
import { closingLine, tallyOf } from '../../lab/test-run.js';

describe('the end of npm test', () => {
  it('counts what mocha counted', () => {
    assert.deepEqual(tallyOf('\n  3 passing (2s)\n  1 pending\n  2 failing\n'), {
      passed: 3,
      failed: 2,
      skipped: 1,
    });
    assert.deepEqual(tallyOf('nothing ran'), { passed: 0, failed: 0, skipped: 0 });
  });

  it('is one line that sums all runs', () => {
    const green = { passed: 3, failed: 0, skipped: 0 };
    assert.equal(closingLine([green, green]), '6 passed, 0 failed');
    assert.equal(closingLine([green, { passed: 1, failed: 2, skipped: 1 }]), '4 passed, 2 failed, 1 skipped');
  });
});
