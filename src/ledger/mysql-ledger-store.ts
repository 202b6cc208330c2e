import type { Clock } from '../clock.js';
import type { Database, Transaction } from '../database/database.js';
import { safeInteger } from '../database/safe-integer.js';
import { inTransaction } from '../database/transaction.js';
import type { Currency } from '../money.js';
import { currentAccount, storedNames } from './account-names.js';
import type { Account, Layer, LedgerEntry, Transfer } from './ledger.js';
import { checkBalanced } from './ledger.js';
import type { Balance, LedgerStore } from './ledger-store.js';

type TransferRow = { id: string; payment_id: string; kind: string; pending_id: string | null };
type EntryRow = {
  transfer_id: string;
  account: string;
  layer: string;
  amount_minor: unknown;
  currency: string;
};

/** The ledger in MySQL. The UNIQUE key on `pending_id` is what ends a pending transfer once only. */
export class MysqlLedgerStore implements LedgerStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async record(transfer: Transfer): Promise<void> {
    await inTransaction(this.#database, (transaction) => this.recordIn(transaction, transfer));
  }

  /** Does what `record` does, as part of a transaction of whoever caused the transfer. */
  async recordIn(transaction: Transaction, transfer: Transfer): Promise<void> {
    checkBalanced(transfer);
    await transaction('ledger_transfers').insert({
      id: transfer.id,
      payment_id: transfer.paymentId,
      kind: transfer.kind,
      pending_id: transfer.kind === 'pending' ? null : transfer.pendingId,
      created_at: this.#clock.now(),
    });
    await transaction('ledger_entries').insert(
      transfer.entries.map(({ account, layer, amountMinor, currency }, line) => ({
        transfer_id: transfer.id,
        line,
        account,
        layer,
        amount_minor: amountMinor,
        currency,
      })),
    );
  }

  async transfersOf(paymentId: string): Promise<readonly Transfer[]> {
    const transfers = await this.#database('ledger_transfers')
      .where({ payment_id: paymentId })
      // Of one moment the pending transfer comes first: it has no pending_id, and NULL sorts first.
      .orderBy(['created_at', 'pending_id', 'id'])
      .select<TransferRow[]>('id', 'payment_id', 'kind', 'pending_id');
    const entries = await this.#database('ledger_entries')
      .whereIn(
        'transfer_id',
        transfers.map(({ id }) => id),
      )
      .orderBy(['transfer_id', 'line'])
      .select<EntryRow[]>('transfer_id', 'account', 'layer', 'amount_minor', 'currency');
    return transfers.map((row) =>
      toTransfer(
        row,
        entries.filter((entry) => entry.transfer_id === row.id),
      ),
    );
  }

  async balance(account: Account, currency: Currency): Promise<Balance> {
    const rows = await this.#database('ledger_entries')
      .whereIn('account', storedNames(account))
      .where({ currency })
      .groupBy('layer')
      .select<{ layer: Layer; total: unknown }[]>('layer', this.#database.raw('SUM(amount_minor) AS total'));
    const total = (layer: Layer): number => safeInteger(rows.find((row) => row.layer === layer)?.total ?? 0);
    return { pendingMinor: total('pending'), postedMinor: total('posted') };
  }
}

function toTransfer({ id, payment_id, kind, pending_id }: TransferRow, rows: EntryRow[]): Transfer {
  const entries = rows.map(
    (row): LedgerEntry => ({
      account: currentAccount(row.account),
      layer: row.layer as Layer,
      amountMinor: safeInteger(row.amount_minor),
      currency: row.currency as Currency,
    }),
  );
  return pending_id === null
    ? { id, paymentId: payment_id, kind: 'pending', entries }
    : { id, paymentId: payment_id, kind: kind as 'posted' | 'voided', pendingId: pending_id, entries };
}
