import type { Knex } from 'knex';

/** The pace that a phone's caller chose: 'normal' or 'slow', null for never. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('phones', (table) => {
    table.string('pace', 8).nullable();
  });
}

/** Migrations only go forward. */
export async function down(): Promise<void> {
  throw new Error('migrations only go forward: restore from a backup instead');
}
