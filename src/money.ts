/** ISO 4217 code of a currency that Walletline handles. */
export type Currency = 'CNY';

/** An amount in minor units (fen for CNY): always a safe integer, so that no amount is ever rounded. */
export type Money = { readonly amountMinor: number; readonly currency: Currency };

/**
 * Returns the amount as Money.
 * @throws RangeError when `amountMinor` is not a safe integer.
 */
export function money(amountMinor: number, currency: Currency = 'CNY'): Money {
  if (!Number.isSafeInteger(amountMinor)) {
    throw new RangeError('an amount must be a whole number of minor units');
  }
  return { amountMinor, currency };
}

/** Returns whole yuan as Money in fen. */
export function yuan(wholeYuan: number): Money {
  return money(wholeYuan * 100);
}

/** Returns the amount for a person's eye, e.g. "1,000.00 CNY"; never for arithmetic. */
export function formatMoney({ amountMinor, currency }: Money): string {
  const sign = amountMinor < 0 ? '-' : '';
  const absolute = Math.abs(amountMinor);
  const major = Math.trunc(absolute / 100).toLocaleString('en-US');
  const minor = String(absolute % 100).padStart(2, '0');
  return `${sign}${major}.${minor} ${currency}`;
}
