import type { Knex } from 'knex';

/**
 * Since when an approval of the bank is known, and the response code that acknowledged the last reversal: after a
 * reversal of which the bank found no original, an approval that comes late must be reversed once more. Both are NULL
 * in rows of earlier versions.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('payments', (table) => {
    table.specificType('bank_approved_at', 'DATETIME(3)').nullable();
    table.string('bank_reversal_code', 2).nullable();
  });
}

/** Migrations only go forward. */
export async function down(): Promise<void> {
  throw new Error('migrations only go forward: restore from a backup instead');
}
