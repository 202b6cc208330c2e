import { randomBytes } from 'node:crypto';
import knex from 'knex';
import { grantAppUser } from '../../db/grants.js';
import { migrate } from '../../db/migrate.js';
import type { Database } from '../../src/database/database.js';
import { connectionSettings, openDatabase } from '../../src/database/database.js';

/** Where tests make their databases. */
export const testAdminUrl =
  process.env['WALLETLINE_TEST_DATABASE_ADMIN_URL'] ?? 'mysql://root@127.0.0.1:13306';

export type TestDatabase = {
  /** A pool of the app's own user, with the app's own rights. */
  readonly database: Database;
  /** A pool that may do anything. */
  readonly admin: Database;
  readonly url: string;
  readonly adminUrl: string;
  /** Durable commits through `database` so far. */
  readonly commits: number;
};

function inDatabase(url: string, name: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${name}`;
  return parsed.href;
}

/** Makes an empty database name of its own; nothing is created until someone migrates it. */
export function ownDatabaseUrl(serverUrl: string = testAdminUrl): string {
  return inDatabase(serverUrl, `walletline_test_${randomBytes(5).toString('hex')}`);
}

/** Drops the database of `adminUrl` and the app's user made for it. */
export async function dropDatabase(adminUrl: string): Promise<void> {
  const { database: name = '', ...server } = connectionSettings(adminUrl);
  const connection = knex({ client: 'mysql2', connection: server, pool: { min: 0, max: 1 } });
  try {
    await connection.raw('DROP DATABASE IF EXISTS ??', [name]);
    await connection.raw('DROP USER IF EXISTS ?@?', [name.slice(-20), '%']);
  } finally {
    await connection.destroy();
  }
}

/**
 * To be called inside a `describe`: before its tests a migrated database of its own is made, with an app
 * user that has the app's rights; after them both are dropped. The fields can be read once tests run.
 */
export function withDatabase(): TestDatabase {
  const adminUrl = ownDatabaseUrl();
  const name = new URL(adminUrl).pathname.slice(1);
  const appUrl = new URL(adminUrl);
  appUrl.username = name.slice(-20);
  appUrl.password = randomBytes(8).toString('hex');
  let commits = 0;
  let app: Database | undefined;
  let admin: Database | undefined;

  before(async function () {
    this.timeout(30_000);
    await migrate(adminUrl);
    await grantAppUser(adminUrl, { user: appUrl.username, password: appUrl.password, database: name });
    app = openDatabase(appUrl.href, { onCommit: () => (commits += 1) });
    admin = openDatabase(adminUrl, { poolSize: 2 });
  });
  after(async function () {
    this.timeout(30_000);
    await app?.destroy();
    await admin?.destroy();
    await dropDatabase(adminUrl);
  });

  const opened = (pool: Database | undefined): Database => {
    if (pool === undefined) {
      throw new Error('the database is there only while tests run');
    }
    return pool;
  };
  return {
    get database() {
      return opened(app);
    },
    get admin() {
      return opened(admin);
    },
    url: appUrl.href,
    adminUrl,
    get commits() {
      return commits;
    },
  };
}
