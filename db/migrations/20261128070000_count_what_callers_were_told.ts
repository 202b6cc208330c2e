import type { Knex } from 'knex';

/**
 * How often the end of a payment was told to somebody who proved no more than a number, and when that was last
 * counted. Safe beside an older app: it ignores both.
 */
export async function up(knex: Knex): Promise<void> {
  // Each change of a table is a commit of its own: what an interrupted run has done is not done again.
  if (!(await knex.schema.hasColumn('payments', 'news_told'))) {
    await knex.raw('ALTER TABLE payments ADD COLUMN news_told TINYINT UNSIGNED NOT NULL DEFAULT 0');
  }
  if (!(await knex.schema.hasColumn('payments', 'news_told_at'))) {
    await knex.raw('ALTER TABLE payments ADD COLUMN news_told_at DATETIME(3) NULL');
  }
}

/** Migrations only go forward. */
export async function down(): Promise<void> {
  throw new Error('migrations only go forward: restore from a backup instead');
}
