import type { Knex } from 'knex';

/**
 * Conversations that were broken off by a dropped call, or handed over by a process that was stopped, until somebody
 * goes on with them: a few minutes. Safe beside an older app, which ignores the table.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('conversations', (table) => {
    table.string('id', 36).primary();
    table.string('channel', 16).notNullable();
    // Of a call, its channel's id.
    table.string('address', 64).notNullable();
    // The caller's number; null when it is withheld.
    table.string('wallet', 20).nullable();
    // Charts, states and what they know; never a secret. Null once somebody has taken it.
    table.json('frames').nullable();
    table.integer('version').notNullable();
    table.integer('step').notNullable();
    table.string('state', 16).notNullable();
    table.specificType('created_at', 'DATETIME(3)').notNullable();
    table.specificType('expires_at', 'DATETIME(3)').notNullable();
    table.index(['wallet', 'created_at'], 'conversations_wallet');
    table.index(['address', 'state'], 'conversations_address');
    table.index(['expires_at'], 'conversations_over');
  });
}

/** Migrations only go forward. */
export async function down(): Promise<void> {
  throw new Error('migrations only go forward: restore from a backup instead');
}
