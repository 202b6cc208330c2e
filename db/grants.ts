import knex, { type Knex } from 'knex';
import { connectionSettings } from '../src/database/database.js';

/**
 * What the app may do with a table besides reading it. DELETE ("prune") is for what is worthless after a while
 * and no record of anything: nothing that says what happened can be deleted.
 */
export type Rights = 'append' | 'change' | 'prune' | 'read';

/**
 * Every table and what the app's user may do with it. "append": rows are facts, never changed again.
 * A table missing here makes `grantAppUser` refuse: whoever adds a table says what the app may do with it.
 */
export const rightsByTable: Readonly<Record<string, Rights>> = {
  migrations: 'read',
  migrations_lock: 'read',
  migrations_mutex: 'read',
  calls: 'change',
  call_steps: 'append',
  enquiries: 'append',
  conversations: 'prune',
  phones: 'change',
  cards: 'change',
  phone_cards: 'append',
  unproven_cards: 'prune',
  attempt_counters: 'prune',
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

const privileges: Readonly<Record<Rights, readonly string[]>> = {
  read: ['SELECT'],
  append: ['SELECT', 'INSERT'],
  change: ['SELECT', 'INSERT', 'UPDATE'],
  prune: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
};

export type AppUser = {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Where the app connects from, as MySQL writes it; any host by default. */
  readonly host?: string;
};

/**
 * Makes the app's database user, or changes it to this password, with exactly the rights that the app needs
 * on the tables of this database that are there now; run it after each migration. An app that runs meanwhile is
 * refused nothing: what it needs is added before what it must not have is taken away. Its rights in other
 * databases stay as they are; rights in all databases at once are taken away.
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
    for (const { name } of tables) {
      const wanted = privileges[rightsByTable[name] ?? 'read'].join(', ');
      await connection.raw(`GRANT ${wanted} ON ??.?? TO ?@?`, [database, name, user, host]);
    }
    await revokeAllElse(connection, { user, host, database });
  } finally {
    await connection.destroy();
  }
}

type Granted = { right: string; place: string | null; isPassedOn: string };

/** Takes away what the user may do in this database, or in all at once, and need not. */
async function revokeAllElse(
  connection: Knex,
  { user, host, database }: { user: string; host: string; database: string },
): Promise<void> {
  const grantee = `'${user}'@'${host}'`;
  const granted = async (view: string, place: string, where: string, values: readonly string[]) => {
    const [rows] = (await connection.raw(
      `SELECT privilege_type AS \`right\`, ${place} AS place, is_grantable AS isPassedOn
        FROM information_schema.${view} WHERE grantee = ? AND ${where}`,
      [grantee, ...values],
    )) as [Granted[]];
    return rows;
  };
  const revoke = (right: string, on: string, names: readonly string[]) =>
    connection.raw(`REVOKE ${right} ON ${on} FROM ?@?`, [...names, user, host]);

  // In a grant, "_" and "%" of a database's name stand for others unless a backslash is before them.
  const asPattern = database.replace(/[_%]/g, '\\$&');
  const inSchema = 'table_schema IN (?, ?)';
  for (const { right, place } of await granted('user_privileges', 'NULL', "privilege_type <> 'USAGE'", [])) {
    await revoke(right, place ?? '*.*', []);
  }
  for (const { right, place } of await granted('schema_privileges', 'table_schema', inSchema, [
    database,
    asPattern,
  ])) {
    await revoke(right, '??.*', [place ?? database]);
  }
  const passedOn = new Set<string>();
  for (const { right, place, isPassedOn } of await granted(
    'table_privileges',
    'table_name',
    'table_schema = ?',
    [database],
  )) {
    const table = place ?? '';
    if (isPassedOn === 'YES' && !passedOn.has(table)) {
      // It stands beside each right, and is one for all of a table's.
      passedOn.add(table);
      await revoke('GRANT OPTION', '??.??', [database, table]);
    }
    if (!privileges[rightsByTable[table] ?? 'read'].includes(right)) {
      await revoke(right, '??.??', [database, table]);
    }
  }
  const columns = await granted(
    'column_privileges',
    "CONCAT(table_name, '.', column_name)",
    'table_schema = ?',
    [database],
  );
  for (const { right, place } of columns) {
    const [table = '', column = ''] = (place ?? '').split('.');
    await connection.raw(`REVOKE ${right} (??) ON ??.?? FROM ?@?`, [column, database, table, user, host]);
  }
}
