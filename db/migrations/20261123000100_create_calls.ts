import type { Knex } from 'knex';

/** Calls, the path each took through the menus, and balance enquiries. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('calls', (table) => {
    table.string('id', 36).primary();
    table.string('channel_id', 64).notNullable().unique();
    // Null when the caller withheld it.
    table.string('caller_number', 20).nullable();
    table.string('service_number', 20).notNullable();
    table.string('entry', 16).notNullable();
    table.string('language', 8).nullable();
    // Which application took the call: after a restart, its open calls are its own to close.
    table.string('application', 40).notNullable();
    table.specificType('started_at', 'DATETIME(3)').notNullable();
    table.specificType('answered_at', 'DATETIME(3)').nullable();
    table.specificType('ended_at', 'DATETIME(3)').nullable();
    table.string('outcome', 32).nullable();
    table.index(['started_at']);
    table.index(['caller_number', 'started_at']);
    table.index(['application', 'ended_at']);
  });
  await knex.schema.createTable('call_steps', (table) => {
    table.string('call_id', 36).notNullable();
    table.integer('step').notNullable();
    table.string('dialogue', 40).notNullable();
    table.string('state', 60).notNullable();
    // What kind of answer or outcome ended the step; never what was keyed, but for a menu's key.
    table.string('heard', 40).notNullable();
    table.specificType('at', 'DATETIME(3)').notNullable();
    table.primary(['call_id', 'step']);
  });
  await knex.schema.createTable('enquiries', (table) => {
    table.string('id', 36).primary();
    table.string('call_id', 36).notNullable().index();
    table.string('kind', 16).notNullable();
    table.string('outcome', 32).notNullable();
    table.string('bank_response_code', 4).nullable();
    table.specificType('created_at', 'DATETIME(3)').notNullable();
  });
}

/** Migrations only go forward. */
export async function down(): Promise<void> {
  throw new Error('migrations only go forward: restore from a backup instead');
}
