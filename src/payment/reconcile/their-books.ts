import { isApproval } from '../../bank/response-code.js';
import type { BankLine, ProviderLine } from '../audit/journals.js';
import type { Theirs } from './compare-day.js';

/** Returns what a bank's journal holds, by RRN. What was only scripted was not done. */
export function bankBooks(lines: readonly BankLine[]): Map<string, Theirs> {
  const books = new Map<string, Theirs>();
  for (const { event, result, forced, rrn, amountMinor, at, original } of lines) {
    if (!isApproval(result) || forced) {
      continue;
    }
    if (event === 'purchase') {
      take(books, rrn, amountMinor, at);
    }
    if (event === 'reversal' && original === 'approved') {
      const known = books.get(rrn);
      if (known !== undefined) {
        books.set(rrn, {
          ...known,
          givenBack: known.givenBack + 1,
          standingMinor: known.standingMinor - amountMinor,
        });
      }
    }
  }
  return books;
}

/** Returns what a provider's journal holds, by the payment's key. */
export function providerBooks(lines: readonly ProviderLine[]): Map<string, Theirs> {
  const books = new Map<string, Theirs>();
  for (const { key, amountMinor, at } of lines.filter(({ event }) => event === 'accepted')) {
    take(books, key, amountMinor, at);
  }
  return books;
}

function take(books: Map<string, Theirs>, subject: string, amountMinor: number, at: Date): void {
  const known = books.get(subject) ?? { subject, taken: 0, givenBack: 0, standingMinor: 0, at };
  books.set(subject, {
    ...known,
    taken: known.taken + 1,
    standingMinor: known.standingMinor + amountMinor,
  });
}
