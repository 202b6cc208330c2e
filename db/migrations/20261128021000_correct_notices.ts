import type { Knex } from 'knex';

/**
 * A payment whose approval comes after its end has a notice of each outcome. One that has not gone out and is no longer
 * true is withdrawn.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE notices
      ADD COLUMN withdrawn_at DATETIME(3) NULL,
      ADD UNIQUE KEY notices_outcome (payment_id, outcome),
      DROP KEY notices_payment`);
}

/** Migrations only go forward. */
export async function down(): Promise<void> {
  throw new Error('migrations only go forward: restore from a backup instead');
}
