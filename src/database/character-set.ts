import type { Database } from './database.js';

/** Whatever a caller, an agent or a bank writes fits into it, in MySQL and in MariaDB. */
export const characterSet = 'utf8mb4';
/**
 * Texts are equal when their bytes are: names and keys that differ in case, width or accent are two. Both MySQL
 * and MariaDB know it; the newer ones of each are unknown to the other.
 */
export const collation = 'utf8mb4_bin';

/** Returns the tables of the database that have, or hold a column with, another collation, by name. */
export async function tablesOfOtherCollation(database: Pick<Database, 'raw'>): Promise<readonly string[]> {
  const [rows] = (await database.raw(
    `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = DATABASE() AND collation_name IS NOT NULL AND collation_name <> :collation
     UNION
     SELECT table_name AS name FROM information_schema.tables
       WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_collation <> :collation
     ORDER BY name`,
    { collation },
  )) as [{ name: string }[]];
  return rows.map(({ name }) => name);
}

/**
 * Checks at start that texts are kept and compared as they must be.
 * @throws Error with the remedy when a table is of another character set or collation.
 */
export async function checkCharacterSet(database: Database): Promise<void> {
  // A table without a column of text loses nothing, whatever it is set to.
  const [rows] = (await database.raw(
    `SELECT DISTINCT table_name AS name, collation_name AS has FROM information_schema.columns
       WHERE table_schema = DATABASE() AND collation_name IS NOT NULL AND collation_name <> ?
       ORDER BY table_name`,
    [collation],
  )) as [{ name: string; has: string }[]];
  if (rows.length > 0) {
    const list = rows.map(({ name, has }) => `${name} (${has})`).join(', ');
    throw new Error(
      `the database keeps or compares texts in another way than ${collation}, so that names that differ are one, or Chinese is lost: run "npm run migrate", which converts ${list}`,
    );
  }
}
