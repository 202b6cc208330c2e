import type { Knex } from 'knex';

/**
 * Where our books and another party's differ on a settlement day. One row for each difference, however often
 * the day is reconciled; `closed_at` is when a person explained it, or when it was no longer found.
 * `subject` is the bank's RRN or the carrier's key.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS reconciliation_breaks (
      id CHAR(36) NOT NULL PRIMARY KEY,
      day CHAR(10) NOT NULL,
      party VARCHAR(8) NOT NULL,
      kind VARCHAR(16) NOT NULL,
      subject VARCHAR(64) NOT NULL,
      payment_id CHAR(36) NULL,
      here_minor BIGINT NULL,
      there_minor BIGINT NULL,
      detail VARCHAR(255) NOT NULL,
      found_at DATETIME(3) NOT NULL,
      closed_at DATETIME(3) NULL,
      UNIQUE KEY reconciliation_breaks_once (day, party, subject, kind),
      KEY reconciliation_breaks_open (closed_at, found_at),
      KEY reconciliation_breaks_payment (payment_id)
    ) ENGINE=InnoDB`);
}
