import type { Knex } from 'knex';

/** Which process speaks for which terminal of the bank: no two may. Safe beside an older app: it ignores the table. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('bank_terminals', (table) => {
    table.string('terminal_id', 8).primary();
    // The process, and which incarnation of it.
    table.string('node', 40).notNullable();
    table.string('incarnation', 36).notNullable();
    // By the database's clock; null when it was let go.
    table.specificType('seen_at', 'DATETIME(3)').nullable();
  });
}

/** Migrations only go forward. */
export async function down(): Promise<void> {
  throw new Error('migrations only go forward: restore from a backup instead');
}
