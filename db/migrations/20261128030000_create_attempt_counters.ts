import type { Knex } from 'knex';

/**
 * Counters of what may be tried only so often (PINs by card, caller and prefix, order codes, enquiries), shared
 * by every node, and cards that were keyed and not proven by a PIN yet. Safe beside an older app: it ignores
 * both tables, and goes on with `cards.wrong_pins` and `cards.locked_until`, which are not read any more.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('attempt_counters', (table) => {
    table.string('scope', 24).notNullable();
    // A keyed hash of a card number, a phone number, a card prefix, or "withheld".
    table.string('subject', 64).notNullable();
    // Grows when a window ends or places that nobody settled are given up: a late settlement finds itself late.
    table.integer('epoch').notNullable();
    table.specificType('window_ends_at', 'DATETIME(3)').notNullable();
    table.integer('counted').notNullable();
    table.integer('pending').notNullable();
    table.specificType('pending_until', 'DATETIME(3)').nullable();
    table.primary(['scope', 'subject']);
    table.index(['window_ends_at'], 'attempt_counters_over');
  });
  await knex.schema.createTable('unproven_cards', (table) => {
    table.string('id', 36).primary();
    table.specificType('pan_hash', 'BINARY(32)').notNullable().unique();
    table.specificType('pan_sealed', 'VARBINARY(64)').notNullable();
    table.string('pan_key_id', 16).notNullable();
    table.specificType('created_at', 'DATETIME(3)').notNullable();
    table.index(['created_at'], 'unproven_cards_age');
  });
}

/** Migrations only go forward. */
export async function down(): Promise<void> {
  throw new Error('migrations only go forward: restore from a backup instead');
}
