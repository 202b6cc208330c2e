import type { Knex } from 'knex';

/** Blocks of numbers that name bank messages, and the conversation with the bank, masked. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('bank_trace_blocks', (table) => {
    // "rrn", or "stan/<terminal>".
    table.string('series', 24).notNullable();
    // YYYYMMDD of the terminal's own clock; empty for a series that never begins again.
    table.string('business_day', 8).notNullable();
    table.bigInteger('first_number').notNullable();
    // How many of the series are handed out. A row is only ever counted up.
    table.bigInteger('taken').notNullable();
    table.primary(['series', 'business_day']);
  });
  await knex.schema.createTable('bank_messages', (table) => {
    table.string('id', 36).primary();
    table.string('terminal_id', 8).notNullable();
    table.integer('stan').nullable();
    table.string('rrn', 12).nullable();
    table.string('direction', 8).notNullable();
    table.string('mti', 4).notNullable();
    // Every field as the masked printer shows it: no PIN block, no clear card number.
    table.text('description').notNullable();
    table.string('result', 16).notNullable();
    // From the request to this answer; null for what was sent.
    table.integer('duration_ms').nullable();
    table.specificType('created_at', 'DATETIME(3)').notNullable();
    table.index(['rrn']);
    table.index(['terminal_id', 'created_at']);
    table.index(['created_at']);
  });
}

/** Migrations only go forward. */
export async function down(): Promise<void> {
  throw new Error('migrations only go forward: restore from a backup instead');
}
