import type { Knex } from 'knex';

/**
 * What people did to payments and to breaks of a reconciliation, by name and with their reason, written in
 * the transaction of what they did. Append-only.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS operator_acts (
      id CHAR(36) NOT NULL PRIMARY KEY,
      payment_id CHAR(36) NULL,
      break_id CHAR(36) NULL,
      act VARCHAR(24) NOT NULL,
      by_name VARCHAR(64) NOT NULL,
      reason VARCHAR(255) NOT NULL,
      at DATETIME(3) NOT NULL,
      KEY operator_acts_payment (payment_id),
      KEY operator_acts_break (break_id)
    ) ENGINE=InnoDB`);
}
