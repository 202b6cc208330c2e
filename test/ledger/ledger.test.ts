import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Account, Layer, Transfer } from '../../src/ledger/ledger.js';
import { checkBalanced, pend, post, voidTransfer } from '../../src/ledger/ledger.js';
import { money } from '../../src/money.js';

const debit = 'bank-clearing/unionpay';
const credit = 'provider:mobile';
const amounts = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

function pending(amountMinor: number) {
  return pend({ id: 'p', paymentId: 'p', amount: money(amountMinor), debit, credit });
}

function balance(transfers: readonly Transfer[], account: Account, layer: Layer): number {
  return transfers
    .flatMap(({ entries }) => entries)
    .filter((entry) => entry.account === account && entry.layer === layer)
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

describe('the ledger', () => {
  it('makes only transfers that balance, whatever the amount', () => {
    fc.assert(
      fc.property(amounts, (amountMinor) => {
        const first = pending(amountMinor);
        for (const transfer of [first, post(first, 'x'), voidTransfer(first, 'x')]) {
          checkBalanced(transfer);
        }
      }),
    );
  });

  it('moves a posted amount from the pending to the posted layer, whole', () => {
    fc.assert(
      fc.property(amounts, (amountMinor) => {
        const first = pending(amountMinor);
        const books = [first, post(first, 'x')];
        assert.equal(balance(books, debit, 'pending'), 0);
        assert.equal(balance(books, debit, 'posted'), amountMinor);
        assert.equal(balance(books, credit, 'posted'), -amountMinor);
      }),
    );
  });

  it('leaves nothing of a voided transfer in any balance', () => {
    const first = pending(5000);
    const books = [first, voidTransfer(first, 'x')];
    for (const account of [debit, credit] as const) {
      assert.equal(balance(books, account, 'pending'), 0);
      assert.equal(balance(books, account, 'posted'), 0);
    }
  });

  for (const amountMinor of [0, -1]) {
    it(`refuses to move ${amountMinor}`, () => {
      assert.throws(() => pending(amountMinor), RangeError);
    });
  }

  it('refuses to move an amount from an account to itself', () => {
    assert.throws(
      () => pend({ id: 'p', paymentId: 'p', amount: money(1), debit, credit: debit }),
      RangeError,
    );
  });

  it('finds a transfer that does not balance in one layer, though it does in total', () => {
    const first = pending(5000);
    const [one, two] = first.entries;
    assert.ok(one && two);
    const crooked = { ...first, entries: [one, { ...two, layer: 'posted' as const }] };
    assert.throws(() => checkBalanced(crooked), RangeError);
  });

  it('finds entries that are zero or no whole amount', () => {
    const first = pending(5000);
    for (const amountMinor of [0, 0.5, Number.NaN]) {
      const entries = first.entries.map((entry) => ({ ...entry, amountMinor }));
      assert.throws(() => checkBalanced({ ...first, entries }), RangeError);
    }
    assert.throws(() => checkBalanced({ ...first, entries: [] }), RangeError);
  });
});
