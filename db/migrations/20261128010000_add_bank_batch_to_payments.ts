import type { Knex } from 'knex';

/**
 * The batch that the bank had put the terminal into when the purchase was sent (field 60.2): its reversal names the
 * same, also after a restart and a later sign-in. NULL where the bank gives none, and in rows of earlier versions.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('payments', (table) => {
    table.specificType('bank_batch', 'CHAR(6)').nullable();
  });
}

/** Migrations only go forward. */
export async function down(): Promise<void> {
  throw new Error('migrations only go forward: restore from a backup instead');
}
