import type { Knex } from 'knex';

/**
 * Double entry, append-only: the app's user can neither change nor delete a row. A pending transfer is
 * resolved by inserting the one that posts or voids it; the UNIQUE key on `pending_id` makes that happen
 * once. Balances are sums of entries by account, currency and layer.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS ledger_transfers (
      id CHAR(36) NOT NULL PRIMARY KEY,
      payment_id CHAR(36) NOT NULL,
      kind VARCHAR(8) NOT NULL,
      pending_id CHAR(36) NULL,
      created_at DATETIME(3) NOT NULL,
      UNIQUE KEY ledger_transfers_resolved_once (pending_id),
      KEY ledger_transfers_payment (payment_id),
      CONSTRAINT ledger_transfers_kind CHECK (
        (kind = 'pending' AND pending_id IS NULL) OR (kind IN ('posted', 'voided') AND pending_id IS NOT NULL)
      )
    ) ENGINE=InnoDB`);
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS ledger_entries (
      transfer_id CHAR(36) NOT NULL,
      line TINYINT UNSIGNED NOT NULL,
      account VARCHAR(64) NOT NULL,
      layer VARCHAR(8) NOT NULL,
      amount_minor BIGINT NOT NULL,
      currency CHAR(3) NOT NULL,
      PRIMARY KEY (transfer_id, line),
      KEY ledger_entries_balance (account, currency, layer, amount_minor),
      CONSTRAINT ledger_entries_layer CHECK (layer IN ('pending', 'posted')),
      CONSTRAINT ledger_entries_amount CHECK (amount_minor <> 0)
    ) ENGINE=InnoDB`);
}
