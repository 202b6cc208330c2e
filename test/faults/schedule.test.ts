import assert from 'node:assert/strict';
import { bankFaults, carrierFaults, reversalFaults, scheduleOf } from './schedule.js';

describe('a schedule of faults', () => {
  const many = Array.from({ length: 1_000 }, (_, seed) => scheduleOf(seed));

  it('is decided by its seed alone', () => {
    assert.deepEqual(scheduleOf(7), scheduleOf(7));
    const different = new Set(many.map(({ payments, events }) => JSON.stringify({ payments, events })));
    assert.equal(different.size, many.length);
  });

  it('holds every fault for some seed', () => {
    const payments = many.flatMap((schedule) => schedule.payments);
    assert.equal(new Set(payments.flatMap(({ purchase }) => purchase ?? [])).size, bankFaults.length);
    assert.equal(new Set(payments.flatMap(({ reversal }) => reversal ?? [])).size, reversalFaults.length);
    assert.equal(new Set(payments.flatMap(({ order }) => order ?? [])).size, carrierFaults.length);
    const happened = new Set(many.flatMap(({ events }) => events.map(({ what }) => what)));
    const all = ['bank-away', 'clock', 'cut', 'database-away', 'deadlock', 'freeze', 'kill', 'look-up'];
    assert.deepEqual([...happened].sort(), all);
  });

  it('gives each payment an amount of its own, by which the bank knows whose fault it is', () => {
    for (const { payments } of many) {
      assert.equal(new Set(payments.map(({ amountMinor }) => amountMinor)).size, payments.length);
    }
  });
});
