import { readdir } from 'node:fs/promises';
import type { Knex } from 'knex';
import { connectionSettings } from '../src/database/database.js';

type MigrationFile = { readonly name: string; readonly file: URL };
type MigrationModule = { readonly up: (knex: Knex) => Promise<void> };

const migrationsFolder = new URL('./migrations/', import.meta.url);

/**
 * The migrations beside this file, in the order of their names: TypeScript when run from the sources,
 * JavaScript from dist. A migration is recorded without its extension, so that both are the same one.
 * There is no way back: a migration's `down` always refuses.
 */
const forwardOnlyMigrations: Knex.MigrationSource<MigrationFile> = {
  getMigrations: async () => {
    const files = await readdir(migrationsFolder);
    return files
      .filter((file) => /^\d{14}_\w+\.(ts|js)$/.test(file))
      .sort()
      .map((file) => ({ name: file.replace(/\.(ts|js)$/, ''), file: new URL(file, migrationsFolder) }));
  },
  getMigrationName: (migration) => migration.name,
  getMigration: async (migration) => {
    const { up } = (await import(migration.file.href)) as MigrationModule;
    return {
      up,
      down: async () => {
        throw new Error('migrations go forward only: write a new one that undoes it');
      },
    };
  },
};

/** Returns the settings that migrations run with, for a database of `mysql://admin…/database`. */
export function knexConfig(adminUrl: string): Knex.Config {
  return {
    client: 'mysql2',
    compileSqlOnError: false,
    connection: { ...connectionSettings(adminUrl), connectTimeout: 5_000 },
    pool: { min: 0, max: 3 },
    migrations: {
      migrationSource: forwardOnlyMigrations,
      tableName: 'migrations',
      // MySQL commits at each DDL statement whatever a transaction around it says.
      disableTransactions: true,
    },
  };
}
