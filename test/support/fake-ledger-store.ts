import type { Account, Layer, Transfer } from '../../src/ledger/ledger.js';
import { checkBalanced } from '../../src/ledger/ledger.js';
import type { Balance, LedgerStore } from '../../src/ledger/ledger-store.js';
import type { Currency } from '../../src/money.js';

/** A ledger in memory, held to the same contract as the real one. */
export class FakeLedgerStore implements LedgerStore {
  readonly #transfers: Transfer[] = [];

  async record(transfer: Transfer): Promise<void> {
    this.check(transfer);
    this.#transfers.push(transfer);
  }

  /** Throws what `record` would throw, and writes nothing. */
  check(transfer: Transfer): void {
    checkBalanced(transfer);
    const taken = this.#transfers.some(
      (other) =>
        other.id === transfer.id ||
        (transfer.kind !== 'pending' && other.kind !== 'pending' && other.pendingId === transfer.pendingId),
    );
    if (taken) {
      throw new Error('Duplicate entry for the ledger');
    }
  }

  /** Writes what was checked, within somebody's transaction. */
  append(transfers: readonly Transfer[]): void {
    this.#transfers.push(...transfers);
  }

  async transfersOf(paymentId: string): Promise<readonly Transfer[]> {
    return this.#transfers.filter((transfer) => transfer.paymentId === paymentId);
  }

  async balance(account: Account, currency: Currency): Promise<Balance> {
    const total = (layer: Layer): number =>
      this.#transfers
        .flatMap(({ entries }) => entries)
        .filter(
          (entry) =>
            `${entry.account}/${entry.currency}/${entry.layer}` === `${account}/${currency}/${layer}`,
        )
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    return { pendingMinor: total('pending'), postedMinor: total('posted') };
  }
}
