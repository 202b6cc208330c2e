import assert from 'node:assert/strict';
import { compareJournals } from '../../../src/payment/audit/compare-journals.js';
import type { BankLine } from '../../../src/payment/audit/journals.js';
import { bankBooks } from '../../../src/payment/reconcile/their-books.js';

const at = new Date('2026-11-28T05:00:00.000Z');
const rrn = '000000000001';
const line = (event: string, result: string, amountMinor = 5_000): BankLine => ({
  ...{ at, event, rrn, amountMinor, result, forced: false },
  original: event === 'reversal' ? 'approved' : undefined,
});
const compared = (state: string, bank: readonly BankLine[]): string[] => {
  const payment = {
    ...{ id: 'p', rrn, state, amountMinor: 5_000, operatorSince: null },
    ...{ terminalId: '00000001', stan: 1 },
    ...{ transmittedAt: at, createdAt: at, updatedAt: at },
  };
  const carrier = state === 'completed' ? [{ at, event: 'accepted', key: 'p', amountMinor: 5_000 }] : [];
  return compareJournals([payment], bank, carrier, 480).breaks.map(({ invariant }) => invariant);
};

describe('what the audit and the reconciliation take for an approval', () => {
  for (const code of ['00', '08', '10', '11', '16', 'A2', 'A4', 'A5', 'A6']) {
    it(`is ${code}, in a purchase and in a reversal`, () => {
      assert.deepEqual(compared('completed', [line('purchase', code)]), []);
      assert.deepEqual(compared('declined', [line('purchase', code)]), ['I3', 'I8']);
      assert.deepEqual(compared('reversed', [line('purchase', code), line('reversal', code)]), []);
      assert.equal(bankBooks([line('purchase', code)]).get(rrn)?.standingMinor, 5_000);
      assert.equal(bankBooks([line('purchase', code), line('reversal', code)]).get(rrn)?.standingMinor, 0);
    });
  }

  for (const code of ['09', '25', '32', '51', 'A0', 'Z9']) {
    it(`is not ${code}`, () => {
      assert.deepEqual(compared('declined', [line('purchase', code)]), []);
      assert.deepEqual(compared('reversed', [line('purchase', '00'), line('reversal', code)]), ['I3', 'I8']);
      assert.equal(bankBooks([line('purchase', code)]).size, 0);
    });
  }

  it('may be of another amount when it is given back, and not when it stands', () => {
    const part = 3_000;
    assert.deepEqual(compared('reversed', [line('purchase', '10', part), line('reversal', '00', part)]), []);
    assert.deepEqual(compared('completed', [line('purchase', '10', part)]), ['I6', 'I8']);
  });

  it('counts against a payment that was reversed once more, until that reversal too is done', () => {
    const late = [line('reversal', '25'), line('purchase', '00')];
    assert.deepEqual(compared('reversed', late), ['I3', 'I8']);
    assert.deepEqual(compared('late-reversing', late), [], 'it is being worked on');
    assert.deepEqual(compared('late-reversed', [...late, line('reversal', '00')]), []);
    assert.deepEqual(compared('late-reversed', late), ['I3', 'I8']);
  });
});
