import type { Pan } from '../bank/bank.js';

/**
 * Returns the number as a PAN when it is 13–19 digits, begins with one of `servedPrefixes` (issuer ranges), and
 * its check digit is right (Luhn, ISO/IEC 7812-1 annex B); otherwise undefined. Some issuers gave out numbers
 * without a check digit: of what begins with one of `withoutCheckDigit` the issuer decides.
 */
export function parseCardNumber(
  digits: string,
  servedPrefixes: readonly string[],
  withoutCheckDigit: readonly string[] = [],
): Pan | undefined {
  const begins = (prefix: string) => digits.startsWith(prefix);
  if (!/^\d{13,19}$/.test(digits) || !servedPrefixes.some(begins)) {
    return undefined;
  }
  return withoutCheckDigit.some(begins) || hasValidCheckDigit(digits) ? (digits as Pan) : undefined;
}

function hasValidCheckDigit(digits: string): boolean {
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, character, position) => {
      const digit = Number(character);
      const weighted = position % 2 === 0 ? digit : digit * 2;
      return total + (weighted > 9 ? weighted - 9 : weighted);
    }, 0);
  return sum % 10 === 0;
}
