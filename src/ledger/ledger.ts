import type { Currency, Money } from '../money.js';

/**
 * An account of the ledger; the chart of accounts is in docs/ledger.md:
 * - `bank-clearing/<bank>`: what the bank owes us for purchases it approved (debit is positive);
 * - `provider:<id>`: what we owe the provider for what it delivered (credit is negative).
 */
export type Account = `bank-clearing/${string}` | `provider:${string}`;

/** Pending: may still come to nothing. Posted: final. An account has a balance in each. */
export type Layer = 'pending' | 'posted';

/** One line of a transfer: a debit when positive, a credit when negative; never zero. */
export type LedgerEntry = {
  readonly account: Account;
  readonly layer: Layer;
  readonly amountMinor: number;
  readonly currency: Currency;
};

export type Transfer = {
  readonly id: string;
  readonly paymentId: string;
  readonly entries: readonly LedgerEntry[];
} & (
  | { readonly kind: 'pending' }
  /** Ends a pending transfer; each pending one is ended at most once. */
  | { readonly kind: 'posted' | 'voided'; readonly pendingId: string }
);
export type PendingTransfer = Extract<Transfer, { kind: 'pending' }>;

/**
 * Returns the pending transfer of an amount from `credit` to `debit`.
 * @throws RangeError when the amount is not positive, or both accounts are one.
 */
export function pend({
  id,
  paymentId,
  amount,
  debit,
  credit,
}: {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: Money;
  readonly debit: Account;
  readonly credit: Account;
}): PendingTransfer {
  if (amount.amountMinor <= 0 || debit === credit) {
    throw new RangeError('a transfer moves a positive amount between two accounts');
  }
  return { kind: 'pending', id, paymentId, entries: lines(debit, credit, amount) };
}

/** Returns the transfer that makes a pending one final. */
export function post(pending: PendingTransfer, id: string): Transfer {
  const final = pending.entries.map((entry) => ({ ...entry, layer: 'posted' as const }));
  return {
    kind: 'posted',
    id,
    pendingId: pending.id,
    paymentId: pending.paymentId,
    entries: [...undone(pending), ...final],
  };
}

/** Returns the transfer that takes a pending one back. */
export function voidTransfer(pending: PendingTransfer, id: string): Transfer {
  return {
    kind: 'voided',
    id,
    pendingId: pending.id,
    paymentId: pending.paymentId,
    entries: undone(pending),
  };
}

function undone(pending: PendingTransfer): LedgerEntry[] {
  return pending.entries.map((entry) => ({ ...entry, amountMinor: -entry.amountMinor }));
}

function lines(debit: Account, credit: Account, { amountMinor, currency }: Money): LedgerEntry[] {
  return [
    { account: debit, layer: 'pending', amountMinor, currency },
    { account: credit, layer: 'pending', amountMinor: -amountMinor, currency },
  ];
}

/**
 * Checks what a transfer must be whoever made it: at least two entries, none zero, and a sum of zero in each
 * layer and currency.
 * @throws RangeError naming the transfer when it is not so.
 */
export function checkBalanced({ id, entries }: Transfer): void {
  const sums = new Map<string, number>();
  for (const { layer, currency, amountMinor } of entries) {
    if (!Number.isSafeInteger(amountMinor) || amountMinor === 0) {
      throw new RangeError(`transfer ${id} has an entry that is no amount`);
    }
    const key = `${layer}/${currency}`;
    sums.set(key, (sums.get(key) ?? 0) + amountMinor);
  }
  if (entries.length < 2 || [...sums.values()].some((sum) => sum !== 0)) {
    throw new RangeError(`transfer ${id} does not balance`);
  }
}
