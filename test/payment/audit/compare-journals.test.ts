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
    ...{ terminalId: '00000001', stan: 1 },
    ...{ id: 'p', rrn, provider: 'mobile', state, amountMinor: 5_000, operatorSince: null },
    ...{ transmittedAt: at, createdAt: at, updatedAt: at },
  };
  const accepted = state === 'completed' ? [{ at, event: 'accepted', key: 'p', amountMinor: 5_000 }] : [];
  const deliveries = new Map([['mobile', accepted]]);
  return compareJournals([payment], { bank, deliveries }, 480).breaks.map(({ invariant }) => invariant);
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

describe('payments of two providers, to the audit', () => {
  const payment = (provider: string) => ({
    ...{ id: 'p', rrn, provider, state: 'completed', amountMinor: 5_000, operatorSince: null },
    ...{ terminalId: '00000001', stan: 1 },
    ...{ transmittedAt: at, createdAt: at, updatedAt: at },
  });
  const accepted = { at, event: 'accepted', key: 'p', amountMinor: 5_000 };
  const audited = (provider: string, journals: Record<string, (typeof accepted)[]>) => {
    const deliveries = new Map(Object.entries(journals));
    return compareJournals([payment(provider)], { bank: [line('purchase', '00')], deliveries }, 480);
  };

  it('are right when their own provider accepted them, and no other', () => {
    assert.deepEqual(audited('press', { press: [accepted], mobile: [] }).breaks, []);
  });

  it('are wrong when another provider accepted them', () => {
    const { breaks } = audited('press', { press: [], mobile: [accepted] });
    assert.deepEqual(
      breaks.map(({ invariant, what }) => `${invariant} ${what}`),
      [
        'I3 completed, and the provider press accepted it 0 times',
        'I3 the provider mobile accepted key p, which names no payment of it',
        'I8 2026-11-28: bank 5000, ledger 5000, providers 0',
      ],
    );
  });

  it('are not compared, and named, without the journal of their provider', () => {
    assert.deepEqual(audited('press', { mobile: [] }), { breaks: [], days: [], notCompared: ['press'] });
  });
});
