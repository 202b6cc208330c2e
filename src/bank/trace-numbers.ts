import type { BankTrace } from './bank.js';

/** Where the numbers that name bank messages come from. */
export interface TraceNumbers {
  /**
   * Returns numbers for one message of the terminal: a STAN that this terminal never had on its business
   * day, and an RRN that nobody ever had, over restarts, processes and nodes.
   * @throws Error when none can be had now, or all 999,999 of the terminal's day are used.
   */
  take(terminalId: string): Promise<BankTrace>;
}

/** The highest STAN (field 11 has six digits); the lowest is 1. */
export const highestStan = 999_999;

/**
 * Returns the STAN that is number `taken` (0 for the first) of a day whose first STAN is `firstStan`,
 * wrapping from 999999 to 1.
 */
export function stanOfDay(firstStan: number, taken: number): number {
  return ((firstStan - 1 + taken) % highestStan) + 1;
}
