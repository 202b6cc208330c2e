import type { Currency } from '../money.js';
import type { Account, Transfer } from './ledger.js';

/** An account's sums in minor units; debits are positive. */
export type Balance = { readonly pendingMinor: number; readonly postedMinor: number };

/** The ledger's books. They only grow. */
export interface LedgerStore {
  /**
   * Writes the transfer with all its entries. Throws, and writes nothing, when it does not balance, when it
   * is there already, or when its pending transfer has been posted or voided before.
   */
  record(transfer: Transfer): Promise<void>;
  /** Returns all transfers of a payment, oldest first. */
  transfersOf(paymentId: string): Promise<readonly Transfer[]>;
  /** Returns the sums of the account's entries. */
  balance(account: Account, currency: Currency): Promise<Balance>;
}
