import type { Knex } from 'knex';
import { addColumn, addIndex } from '../alter-table.js';

/**
 * Orders: what an agent or a shop prepared for a caller to pay, and what of a call and a payment belongs to
 * one. Every new column may be NULL, so an older version goes on writing rows; it knows nothing of orders
 * though, so none should be paid until every node is of this version.
 *
 * `open_code` is the code while the order can be paid or is being paid, NULL afterwards: the UNIQUE key on it
 * keeps two such orders from having one code. It stands before the key of the preparer, so that a code that
 * is taken is found before the row of a rival with the same key is waited for. An order that expired is
 * `open` still: whether it is over is read from `expires_at`.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS orders (
      id CHAR(36) NOT NULL PRIMARY KEY,
      code CHAR(6) NOT NULL,
      open_code CHAR(6) NULL,
      service VARCHAR(16) NOT NULL,
      target VARCHAR(32) NOT NULL,
      amount_minor BIGINT NOT NULL,
      currency CHAR(3) NOT NULL,
      reference VARCHAR(64) NULL,
      note VARCHAR(255) NULL,
      created_by VARCHAR(64) NOT NULL,
      idempotency_key VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      state VARCHAR(16) NOT NULL,
      payment_id CHAR(36) NULL,
      created_at DATETIME(3) NOT NULL,
      expires_at DATETIME(3) NOT NULL,
      updated_at DATETIME(3) NOT NULL,
      UNIQUE KEY orders_open_code (open_code),
      UNIQUE KEY orders_prepared_once (created_by, idempotency_key),
      KEY orders_code (code, created_at),
      CONSTRAINT orders_amount CHECK (amount_minor > 0),
      CONSTRAINT orders_state CHECK (state IN ('open', 'paying', 'paid', 'cancelled'))
    ) ENGINE=InnoDB`);
  // Who read what of a payment, an order or a call through the API. Append-only.
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS api_reads (
      id CHAR(36) NOT NULL PRIMARY KEY,
      who VARCHAR(64) NOT NULL,
      role VARCHAR(16) NOT NULL,
      what VARCHAR(24) NOT NULL,
      subject_id VARCHAR(64) NOT NULL,
      at DATETIME(3) NOT NULL,
      KEY api_reads_subject (subject_id, at),
      KEY api_reads_who (who, at)
    ) ENGINE=InnoDB`);
  await addColumn(knex, 'payments', 'order_id', 'CHAR(36) NULL');
  await addIndex(knex, 'payments', 'payments_order', 'order_id');
  await addColumn(knex, 'calls', 'agent', 'VARCHAR(32) NULL');
  await addColumn(knex, 'calls', 'order_id', 'CHAR(36) NULL');
  await addColumn(knex, 'calls', 'transfer_way', 'VARCHAR(16) NULL');
  await addIndex(knex, 'calls', 'calls_order', 'order_id');
}
