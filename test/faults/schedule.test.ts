import assert from 'node:assert/strict';
import { bankFaults, carrierFaults, overtaken, reversalFaults, scheduleOf } from './schedule.js';

describe('a schedule of faults', () => {
  const many = Array.from({ length: 1_000 }, (_, seed) => scheduleOf(seed));

  it('is decided by its seed alone', () => {
    assert.deepEqual(scheduleOf(7), scheduleOf(7));
    const different = new Set(many.map(({ payments, events }) => JSON.stringify({ payments, events })));
    assert.equal(different.size, many.length);
  });

  it('holds every fault for some seed', () => {
    const payments = many.flatMap((schedule) => schedule.payments);
    const purchases = new Set(payments.flatMap(({ purchase }) => purchase ?? []));
    assert.deepEqual(purchases, new Set([...bankFaults, overtaken.purchase]));
    const reversals = new Set(payments.flatMap(({ reversal }) => reversal ?? []));
    assert.deepEqual(reversals, new Set([...reversalFaults, overtaken.reversal]));
    assert.equal(new Set(payments.flatMap(({ order }) => order ?? [])).size, carrierFaults.length);
    const happened = new Set(many.flatMap(({ events }) => events.map(({ what }) => what)));
    const all = ['bank-away', 'clock', 'cut', 'database-away', 'deadlock', 'freeze', 'kill', 'look-up'];
    assert.deepEqual([...happened].sort(), all);
  });

  it('gives each payment an amount of its own, by which the bank knows whose fault it is, but rivals one', () => {
    let races = 0;
    for (const { payments } of many) {
      const rivals = payments.filter(({ pays }) => pays !== undefined);
      const alone = payments.length - rivals.length + (rivals.length > 0 ? 1 : 0);
      assert.equal(new Set(payments.map(({ amountMinor }) => amountMinor)).size, alone);
      assert.equal(new Set(rivals.map(({ service }) => service)).size, rivals.length > 0 ? 1 : 0);
      races += rivals.length > 1 ? 1 : 0;
    }
    assert.ok(races > 300, 'many orders have rivals');
  });
});
