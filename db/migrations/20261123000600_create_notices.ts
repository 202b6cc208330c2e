import type { Knex } from 'knex';

/**
 * The outbox of what callers are to be told: one notice for each end of a payment, written in the
 * transaction that ended it, delivered later.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS notices (
      id CHAR(36) NOT NULL PRIMARY KEY,
      payment_id CHAR(36) NOT NULL,
      outcome VARCHAR(16) NOT NULL,
      attempts INT UNSIGNED NOT NULL DEFAULT 0,
      next_attempt_at DATETIME(3) NULL,
      delivered_at DATETIME(3) NULL,
      created_at DATETIME(3) NOT NULL,
      UNIQUE KEY notices_payment (payment_id),
      KEY notices_due (next_attempt_at)
    ) ENGINE=InnoDB`);
}
