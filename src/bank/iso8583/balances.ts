import { IsoError } from './iso-error.js';

/** One amount of field 54 (ISO 8583:1987, additional amounts). */
export type BalanceAmount = {
  /** 2 digits: 00 not specified, 01 universal, 10 savings, 20 cheque, 30 credit, as the bank uses them. */
  readonly accountType: string;
  /** 2 digits: 01 ledger balance, 02 available balance. */
  readonly amountType: string;
  /** ISO 4217 numeric, 3 digits. */
  readonly currency: string;
  /** Minor units, negative when the account is overdrawn (sign D). */
  readonly amountMinor: number;
};

/**
 * Returns the amounts of field 54, 20 characters each.
 * @throws IsoError when it is anything else.
 */
export function parseBalances(field54: string): BalanceAmount[] {
  if (!/^(?:\d{7}[CD]\d{12})+$/.test(field54)) {
    throw new IsoError('field 54', 'is not made of amounts of 20 characters');
  }
  return Array.from({ length: field54.length / 20 }, (_, i) => {
    const amount = field54.slice(i * 20, i * 20 + 20);
    const absolute = Number(amount.slice(8));
    return {
      accountType: amount.slice(0, 2),
      amountType: amount.slice(2, 4),
      currency: amount.slice(4, 7),
      amountMinor: amount[7] === 'D' && absolute !== 0 ? -absolute : absolute,
    };
  });
}

/**
 * Returns field 54.
 * @throws IsoError when an amount has more than 12 digits or a code is not digits.
 */
export function encodeBalances(balances: readonly BalanceAmount[]): string {
  const field54 = balances
    .map(({ accountType, amountType, currency, amountMinor }) => {
      const amount = String(Math.abs(amountMinor)).padStart(12, '0');
      return `${accountType}${amountType}${currency}${amountMinor < 0 ? 'D' : 'C'}${amount}`;
    })
    .join('');
  parseBalances(field54);
  if (field54.length !== balances.length * 20) {
    throw new IsoError('field 54', 'is not made of amounts of 20 characters');
  }
  return field54;
}
