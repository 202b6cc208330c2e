import assert from 'node:assert/strict';
import { PastLines } from '../../../src/call/asterisk/past-lines.js';

describe('the lines that are over', () => {
  it('are remembered until they come back', () => {
    const past = new PastLines();
    past.add('1.1');
    assert.equal(past.has('1.1'), true);
    assert.equal(past.has('1.2'), false);
    past.forget('1.1');
    assert.equal(past.has('1.1'), false);
  });

  it('are forgotten in the order in which they ended, when there are many', () => {
    const past = new PastLines();
    for (let nth = 0; nth < 10_001; nth += 1) {
      past.add(`1.${nth}`);
    }
    assert.deepEqual([past.has('1.0'), past.has('1.1'), past.has('1.10000')], [false, true, true]);
  });
});
