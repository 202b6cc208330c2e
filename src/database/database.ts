import type { Knex } from 'knex';
import knex from 'knex';
import type { Connection, QueryError, QueryOptions, ResultSetHeader } from 'mysql2';
import { hostOf } from '../address.js';
import type { Log } from '../log.js';
import { withoutValues } from './database-error.js';

/** A pool of connections to the one database that Walletline keeps its state in. */
export type Database = Knex;
/** One open transaction: what is written through it becomes durable together, or not at all. */
export type Transaction = Knex.Transaction;

export type DatabaseOptions = {
  /** Connections at most. Whoever needs one more waits `acquireTimeoutMs`, then fails. */
  readonly poolSize?: number;
  readonly acquireTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** A statement that has not answered by then is given up and its connection is closed. */
  readonly statementTimeoutMs?: number;
  /** How long a statement waits for a row that another transaction holds (whole seconds). */
  readonly lockWaitSeconds?: number;
  /** Called after each durable commit: a COMMIT of something written, or a write outside a transaction. */
  readonly onCommit?: (() => void) | undefined;
  /** Told of connections that were lost while nobody used them. */
  readonly log?: Log | undefined;
};

const serverStatusInTransaction = 1;

type Query = (
  options: QueryOptions | string,
  values: unknown,
  callback: (error: QueryError | null, result: unknown, fields: unknown) => void,
) => unknown;
type PooledConnection = Connection & { __knex__disposed?: unknown };

/**
 * Opens a pool on `mysql://user:password@host:port/database`. Connections are made when first needed.
 * Times are UTC; a BIGINT beyond the safe integers arrives as text, never rounded (see `safeInteger`);
 * isolation is REPEATABLE READ whatever the server's default; `affectedRows` counts the rows a WHERE
 * matched. Errors carry no values of the statement.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const {
    poolSize = 10,
    acquireTimeoutMs = 5_000,
    connectTimeoutMs = 5_000,
    statementTimeoutMs = 10_000,
    lockWaitSeconds = 3,
    onCommit,
    log,
  } = options;
  return knex({
    client: 'mysql2',
    // An error with the statement's values inlined would carry phone numbers into a log.
    compileSqlOnError: false,
    log: {
      warn: (message: unknown) => log?.warn({ said: String(message) }, 'database pool'),
      error: (message: unknown) => log?.error({ said: String(message) }, 'database pool'),
    },
    connection: { ...connectionSettings(url), connectTimeout: connectTimeoutMs },
    acquireConnectionTimeout: acquireTimeoutMs,
    pool: {
      min: 0,
      max: poolSize,
      afterCreate: (connection: PooledConnection, done: (error: Error | null, c: unknown) => void) => {
        connection.query(
          `SET time_zone = '+00:00', SESSION innodb_lock_wait_timeout = ${lockWaitSeconds}, SESSION sql_mode = '${sqlMode}'`,
          (settingError) => {
            if (settingError !== null) {
              done(settingError, connection);
              return;
            }
            connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ', (isolationError) => {
              guardStatements(connection, statementTimeoutMs, onCommit);
              done(isolationError, connection);
            });
          },
        );
      },
    },
  });
}

const sqlMode =
  'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

/** Returns the driver's settings for a mysql:// address. Throws when it is no such address. */
export function connectionSettings(url: string): Knex.MySql2ConnectionConfig {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'mysql:') {
    // The address holds a password: it stays out of the message.
    throw new Error('a database address must look like mysql://user:password@host:port/database');
  }
  const database = decodeURIComponent(parsed.pathname.slice(1));
  return {
    host: hostOf(parsed),
    port: parsed.port === '' ? 3306 : Number(parsed.port),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    ...(database === '' ? {} : { database }),
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: false,
    multipleStatements: false,
  };
}

/** Bounds every statement of a connection in time, counts durable commits, and cleans its errors. */
function guardStatements(
  connection: PooledConnection,
  statementTimeoutMs: number,
  onCommit: (() => void) | undefined,
): void {
  const query = connection.query.bind(connection) as Query;
  let wroteInTransaction = false;
  const noteCommit = (sql: string, result: unknown): void => {
    const header = result as Partial<ResultSetHeader> & { serverStatus?: number };
    const inTransaction = ((header.serverStatus ?? 0) & serverStatusInTransaction) !== 0;
    const wrote = (header.affectedRows ?? 0) > 0;
    if (inTransaction) {
      wroteInTransaction ||= wrote;
      return;
    }
    const durable = wrote || (wroteInTransaction && /^\s*commit/i.test(sql));
    if (!Array.isArray(result)) {
      wroteInTransaction = false;
    }
    if (durable) {
      onCommit?.();
    }
  };
  const guarded: Query = (statement, values, callback) => {
    const given = typeof statement === 'string' ? { sql: statement } : statement;
    return query({ timeout: statementTimeoutMs, ...given }, values, (error, result, fields) => {
      if (error === null) {
        noteCommit(given.sql, result);
        callback(null, result, fields);
        return;
      }
      if (error.code === 'PROTOCOL_SEQUENCE_TIMEOUT') {
        // The answer may still come, and would be taken for the next statement's: never use it again.
        connection.__knex__disposed = error;
        connection.destroy();
      }
      callback(withoutValues(error), result, fields);
    });
  };
  Object.assign(connection, { query: guarded });
}
