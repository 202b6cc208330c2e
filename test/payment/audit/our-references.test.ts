import assert from 'node:assert/strict';
import type { BankLine } from '../../../src/payment/audit/journals.js';
import { underOurReferences } from '../../../src/payment/audit/our-references.js';

const payment = {
  rrn: '000000000042',
  terminalId: '00000001',
  stan: 42,
  transmittedAt: new Date('2026-12-31T15:59:30Z'),
};

const traceOfIt = { terminal: '00000001', date: '1231', stan: '000042' };

function line(other: Partial<BankLine>): BankLine {
  return {
    at: new Date('2026-12-31T15:59:31Z'),
    event: 'purchase',
    rrn: '704112000001',
    trace: traceOfIt,
    amountMinor: 5_000,
    result: '00',
    original: undefined,
    forced: false,
    ...other,
  };
}

describe('the journal of a bank that assigns references', () => {
  const rrnOf = (other: Partial<BankLine>): string | undefined =>
    underOurReferences([line(other)], [payment], 480)[0]?.rrn;

  it('is read under ours, by terminal, day and STAN', () => {
    assert.equal(rrnOf({}), payment.rrn);
  });

  it('is read so for a reversal of the next day and year: it names the day of its original', () => {
    assert.equal(rrnOf({ event: 'reversal', at: new Date('2026-12-31T16:10:00Z') }), payment.rrn);
    assert.equal(rrnOf({ event: 'reversal', at: new Date('2027-02-03T04:05:06Z') }), payment.rrn);
  });

  it('is read so when our clock is ahead of the bank’s, by a day or over New Year', () => {
    assert.equal(rrnOf({ at: new Date('2026-12-30T15:59:31Z') }), payment.rrn);
    assert.equal(rrnOf({ at: new Date('2026-12-31T15:59:29Z') }), payment.rrn);
    const [newYear] = underOurReferences(
      [line({ at: new Date('2026-12-31T15:59:59Z'), trace: { ...traceOfIt, date: '0101' } })],
      [{ ...payment, transmittedAt: new Date('2026-12-31T16:00:01Z') }],
      480,
    );
    assert.equal(newYear?.rrn, payment.rrn);
  });

  it('keeps its own where terminal, day, year or STAN are another’s', () => {
    for (const trace of [
      { terminal: '00000002', date: '1231', stan: '000042' },
      { terminal: '00000001', date: '1230', stan: '000042' },
      { terminal: '00000001', date: '1231', stan: '000043' },
      undefined,
    ]) {
      assert.equal(rrnOf({ trace }), '704112000001');
    }
    assert.equal(rrnOf({ at: new Date('2025-12-31T15:59:31Z') }), '704112000001');
  });
});
