import knex from 'knex';
import { connectionSettings } from '../src/database/database.js';

/** What the app may do with a table besides reading it. There is no DELETE anywhere. */
type Rights = 'append' | 'change' | 'read';

/**
 * Every table and what the app's user may do with it. "append": rows are facts, never changed again.
 * A table missing here makes `grantAppUser` refuse: whoever adds a table says what the app may do with it.
 */
const rightsByTable: Readonly<Record<string, Rights>> = {
  migrations: 'read',
  migrations_lock: 'read',
  migrations_mutex: 'read',
  calls: 'change',
  call_steps: 'append',
  enquiries: 'append',
  phones: 'change',
  cards: 'change',
  phone_cards: 'append',
  bank_trace_blocks: 'change',
  bank_terminals: 'change',
  bank_messages: 'append',
  payments: 'change',
  payment_transitions: 'append',
  ledger_transfers: 'append',
  ledger_entries: 'append',
  notices: 'change',
  orders: 'change',
  api_reads: 'append',
  operator_acts: 'append',
  reconciliation_breaks: 'change',
};

const privileges = {
  read: 'SELECT',
  append: 'SELECT, INSERT',
  change: 'SELECT, INSERT, UPDATE',
} as const satisfies Record<Rights, string>;

export type AppUser = {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Where the app connects from, as MySQL writes it; any host by default. */
  readonly host?: string;
};

/**
 * Makes the app's database user, or changes it to this password, with exactly the rights that the app needs
 * on the tables that are there now; run it after each migration.
 * @throws Error when a table has no line in this file.
 */
export async function grantAppUser(
  adminUrl: string,
  { user, password, database, host = '%' }: AppUser,
): Promise<void> {
  const connection = knex({
    client: 'mysql2',
    compileSqlOnError: false,
    connection: connectionSettings(adminUrl),
    pool: { min: 0, max: 1 },
  });
  try {
    const [tables] = (await connection.raw(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? ORDER BY table_name',
      [database],
    )) as [{ name: string }[]];
    const unnamed = tables.map((table) => table.name).filter((name) => rightsByTable[name] === undefined);
    if (unnamed.length > 0) {
      throw new Error(`say in db/grants what the app may do with: ${unnamed.join(', ')}`);
    }
    await connection.raw('CREATE USER IF NOT EXISTS ?@? IDENTIFIED BY ?', [user, host, password]);
    await connection.raw('ALTER USER ?@? IDENTIFIED BY ?', [user, host, password]);
    await connection.raw('REVOKE ALL PRIVILEGES, GRANT OPTION FROM ?@?', [user, host]);
    for (const { name } of tables) {
      const rights = rightsByTable[name] ?? 'read';
      await connection.raw(`GRANT ${privileges[rights]} ON ??.?? TO ?@?`, [database, name, user, host]);
    }
  } finally {
    await connection.destroy();
  }
}
