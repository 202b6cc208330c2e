import assert from 'node:assert/strict';

/** What a fault leaves behind, in the words of each of the four books and of the caller. */
export type Ending = {
  readonly path: readonly string[];
  readonly bank: readonly string[];
  readonly delivered: number;
  readonly ledger: readonly string[];
  readonly told: readonly string[];
};

export const paid: Ending = {
  path: ['authorising', 'authorised', 'delivering', 'completed'],
  bank: ['purchase 00'],
  delivered: 1,
  ledger: ['pending', 'posted'],
  told: ['recharge.paid'],
};
export const givenBack: Ending = {
  path: ['authorising', 'unknown', 'reversing', 'reversed'],
  bank: ['purchase 00', 'reversal 00 approved'],
  delivered: 0,
  ledger: ['pending', 'voided'],
  told: ['payment.returning'],
};
export const neverTaken: Ending = { ...givenBack, bank: ['reversal 00 never-seen'] };

/** Compares the books; the reference is another in each payment. */
export function expectEnding(found: Ending & { readonly rrn: string }, expected: Ending): void {
  const { rrn: _, ...books } = found;
  assert.deepEqual(books, expected);
}
