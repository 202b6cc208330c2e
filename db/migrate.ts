import type { Knex } from 'knex';
import knex from 'knex';
import { characterSet, collation, tablesOfOtherCollation } from '../src/database/character-set.js';
import { connectionSettings } from '../src/database/database.js';
import { knexConfig } from './knexfile.js';

/** How long one process waits while another migrates the same database. */
const waitForOtherSeconds = 300;

/**
 * Brings the database of `adminUrl` up to date, making it first when it is not there. Forward only. Safe to
 * run twice, from two processes at once (one waits for the other), and again after one was killed.
 * @returns the names of the migrations that it ran.
 */
export async function migrate(adminUrl: string): Promise<readonly string[]> {
  await createDatabase(adminUrl);
  const database = knex(knexConfig(adminUrl));
  try {
    return await holdingMutex(database, async () => {
      await freeLockOfDeadProcess(database);
      const [, names] = (await database.migrate.latest()) as [number, string[] | { name: string }[]];
      await convertTables(database);
      return names.map((name) => (typeof name === 'string' ? name : name.name));
    });
  } finally {
    await database.destroy();
  }
}

async function createDatabase(adminUrl: string): Promise<void> {
  const { database: name, ...server } = connectionSettings(adminUrl);
  if (name === undefined) {
    throw new Error('the address of the database to migrate names no database');
  }
  const connection = knex({ client: 'mysql2', connection: server, pool: { min: 0, max: 1 } });
  try {
    await connection.raw(
      `CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET ${characterSet} COLLATE ${collation}`,
      [name],
    );
    const [rows] = (await connection.raw(
      'SELECT default_collation_name AS has FROM information_schema.schemata WHERE schema_name = ?',
      [name],
    )) as [{ has: string }[]];
    // Raw statements of migrations make tables with the database's own, which somebody may have chosen beforehand.
    if (rows[0]?.has !== collation) {
      await connection.raw(`ALTER DATABASE ?? CHARACTER SET ${characterSet} COLLATE ${collation}`, [name]);
    }
  } finally {
    await connection.destroy();
  }
}

/**
 * Gives every table, and every column of text, the one character set and collation: those that earlier versions
 * made in a database of another, and those that knex makes, which names no collation.
 */
async function convertTables(database: Knex): Promise<void> {
  const others = await tablesOfOtherCollation(database);
  // The row that all this waits for is locked in this one, and it holds no text.
  for (const table of others.filter((name) => name !== 'migrations_mutex')) {
    await database.raw(`ALTER TABLE ?? CONVERT TO CHARACTER SET ${characterSet} COLLATE ${collation}`, [
      table,
    ]);
  }
}

/**
 * Runs `work` while a row of the database is locked: an open transaction is the only lock that the server
 * itself lets go of when the process that held it dies.
 */
async function holdingMutex<T>(database: Knex, work: () => Promise<T>): Promise<T> {
  await database.raw(
    'CREATE TABLE IF NOT EXISTS migrations_mutex (id TINYINT NOT NULL PRIMARY KEY) ENGINE=InnoDB',
  );
  await database.raw('INSERT IGNORE INTO migrations_mutex (id) VALUES (1)');
  return database.transaction(async (transaction) => {
    await transaction.raw('SET SESSION innodb_lock_wait_timeout = ?', [waitForOtherSeconds]);
    await transaction.raw('SELECT id FROM migrations_mutex WHERE id = 1 FOR UPDATE');
    return work();
  });
}

/** knex keeps a lock of its own that outlives its process; whoever holds the mutex knows it is stale. */
async function freeLockOfDeadProcess(database: Knex): Promise<void> {
  if (await database.schema.hasTable('migrations_lock')) {
    await database.migrate.forceFreeMigrationsLock();
  }
}
