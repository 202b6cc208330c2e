import type { Pan } from '../bank/bank.js';

/**
 * Returns the number as a PAN when it is 13–19 digits, its check digit is right (Luhn, ISO/IEC 7812-1 annex
 * B), and it begins with one of `servedPrefixes` (issuer ranges); otherwise undefined.
 */
export function parseCardNumber(digits: string, servedPrefixes: readonly string[]): Pan | undefined {
  const served = servedPrefixes.some((prefix) => digits.startsWith(prefix));
  return /^\d{13,19}$/.test(digits) && served && hasValidCheckDigit(digits) ? (digits as Pan) : undefined;
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
