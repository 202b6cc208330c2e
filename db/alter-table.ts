import type { Knex } from 'knex';

/** Adds a column unless it is there: a migration that was killed is run again. */
export async function addColumn(knex: Knex, table: string, column: string, type: string): Promise<void> {
  if (!(await knex.schema.hasColumn(table, column))) {
    await knex.raw(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`);
  }
}

/** Adds an index unless it is there. */
export async function addIndex(knex: Knex, table: string, index: string, column: string): Promise<void> {
  const [rows] = (await knex.raw(`SHOW INDEX FROM ${table} WHERE Key_name = '${index}'`)) as unknown as [
    unknown[],
  ];
  if (rows.length === 0) {
    await knex.raw(`CREATE INDEX ${index} ON ${table} (${column})`);
  }
}
