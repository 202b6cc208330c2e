import assert from 'node:assert/strict';
import {
  batchNumber,
  businessDay,
  chinaTime,
  localDate,
  localTime,
  transmissionTime,
} from '../../src/bank/terminal-time.js';

describe("the terminal's clock", () => {
  const beforeMidnight = new Date('2026-12-31T15:59:59.999Z');
  const midnight = new Date('2026-12-31T16:00:00.000Z');

  it('begins a business day at midnight in China, whatever the machine is set to', () => {
    assert.equal(businessDay(beforeMidnight, chinaTime), '20261231');
    assert.equal(businessDay(midnight, chinaTime), '20270101');
  });

  it('writes fields 7, 12 and 13 and the batch', () => {
    assert.equal(localTime(beforeMidnight, chinaTime), '235959');
    assert.equal(localDate(beforeMidnight, chinaTime), '1231');
    assert.equal(localTime(midnight, chinaTime), '000000');
    assert.equal(localDate(midnight, chinaTime), '0101');
    assert.equal(transmissionTime(beforeMidnight), '1231155959');
    assert.equal(batchNumber(midnight, chinaTime), '270101');
  });
});
