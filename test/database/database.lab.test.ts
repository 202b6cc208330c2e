import assert from 'node:assert/strict';
import { grantAppUser } from '../../db/grants.js';
import { migrate } from '../../db/migrate.js';
import { openDatabase } from '../../src/database/database.js';
import { safeInteger } from '../../src/database/safe-integer.js';
import { inTransaction } from '../../src/database/transaction.js';
import { dropDatabase, ownDatabaseUrl, testAdminUrl, withDatabase } from '../support/database.js';

type Row = Record<string, unknown>;
const rowsOf = (result: unknown): Row[] => (result as [Row[]])[0];
const rowOf = (result: unknown): Row => rowsOf(result)[0] ?? {};

describe('a database connection', () => {
  const test = withDatabase();

  before(async () => {
    await test.admin.raw('CREATE TABLE numbers (id INT PRIMARY KEY, n BIGINT NOT NULL, at DATETIME(3) NULL)');
    const name = new URL(test.url);
    await test.admin.raw('GRANT SELECT, INSERT, UPDATE ON numbers TO ?@?', [name.username, '%']);
    await test.admin.raw('INSERT INTO numbers (id, n) VALUES (1, 0), (2, 0)');
  });

  it('is in UTC, strict and at REPEATABLE READ', async () => {
    const row = rowOf(await test.database.raw('SELECT @@time_zone z, @@sql_mode m'));
    // MariaDB before 11.1 has its old name.
    const isolation = rowOf(
      await test.database.raw(
        "SHOW SESSION VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')",
      ),
    );
    assert.equal(row['z'], '+00:00');
    assert.equal(isolation['Value'], 'REPEATABLE-READ');
    assert.match(String(row['m']), /STRICT_TRANS_TABLES/);
  });

  it('keeps a time to the millisecond', async () => {
    const at = new Date('2026-11-23T23:59:59.987Z');
    await test.database.raw('UPDATE numbers SET at = ? WHERE id = 1', [at]);
    const row = rowOf(await test.database.raw('SELECT at, CAST(at AS CHAR) t FROM numbers WHERE id = 1'));
    assert.deepEqual(row['at'], at);
    assert.equal(row['t'], '2026-11-23 23:59:59.987');
  });

  it('gives a safe BIGINT as a number and never rounds a larger one', async () => {
    const row = rowOf(
      await test.database.raw(
        'SELECT CAST(9007199254740991 AS SIGNED) safe, CAST(9007199254740993 AS SIGNED) large',
      ),
    );
    assert.equal(safeInteger(row['safe']), 9007199254740991);
    assert.throws(() => safeInteger(row['large']), RangeError);
  });

  it('quotes no value of a statement in an error', async () => {
    const insert = test.database('numbers').insert({ id: 1, n: 13800138000 });
    await assert.rejects(insert, (error: Error) => {
      assert.doesNotMatch(JSON.stringify(error) + error.message + String(error.stack), /13800138000|'1'/);
      return true;
    });
  });

  it('gives up a statement that does not answer, and does not use its connection again', async () => {
    const impatient = openDatabase(test.url, { statementTimeoutMs: 100, poolSize: 1 });
    try {
      await assert.rejects(impatient.raw('SELECT SLEEP(5)'), /timeout/);
      const row = rowOf(await impatient.raw('SELECT 42 answer'));
      assert.equal(row['answer'], 42);
    } finally {
      await impatient.destroy();
    }
  });

  it('counts durable commits, and nothing else', async () => {
    const before = test.commits;
    await test.database.raw('SELECT 1');
    await inTransaction(test.database, async (transaction) => {
      await transaction.raw('SELECT * FROM numbers');
    });
    assert.equal(test.commits - before, 0);
    await inTransaction(test.database, async (transaction) => {
      await transaction.raw('UPDATE numbers SET n = n + 1 WHERE id = 1');
      await transaction.raw('UPDATE numbers SET n = n + 1 WHERE id = 2');
    });
    assert.equal(test.commits - before, 1);
    await test.database.raw('UPDATE numbers SET n = n + 1 WHERE id = 1');
    assert.equal(test.commits - before, 2);
  });

  it('runs a whole transaction again after a deadlock', async () => {
    const order = [
      [1, 2],
      [2, 1],
    ];
    let runs = 0;
    let meetings = 0;
    let meet = (): void => undefined;
    const met = new Promise<void>((resolve) => {
      meet = resolve;
    });
    await Promise.all(
      order.map((ids) =>
        inTransaction(test.database, async (transaction) => {
          runs += 1;
          await transaction.raw('UPDATE numbers SET n = n + 100 WHERE id = ?', [ids[0] ?? 0]);
          meetings += 1;
          if (meetings === 2) {
            meet();
          }
          await met;
          await transaction.raw('UPDATE numbers SET n = n + 100 WHERE id = ?', [ids[1] ?? 0]);
        }),
      ),
    );
    assert.equal(runs, 3, 'one of the two was the victim and ran twice');
    const rows = rowsOf(await test.database.raw('SELECT n FROM numbers WHERE n >= 200'));
    assert.equal(rows.length, 2, 'both rows were raised by both');
  });
});

describe('migrate', () => {
  it('is safe to run twice and from two processes at once', async function () {
    this.timeout(30_000);
    const url = ownDatabaseUrl();
    try {
      const [first, second] = await Promise.all([migrate(url), migrate(url)]);
      assert.equal(Math.min(first.length, second.length), 0, 'one of the two found nothing to do');
      assert.ok(first.length + second.length >= 3);
      assert.deepEqual(await migrate(url), []);
    } finally {
      await dropDatabase(url);
    }
  });

  it('finishes a migration that was cut short between two of its statements', async function () {
    this.timeout(30_000);
    const url = ownDatabaseUrl();
    const name = '20261123000900_create_orders';
    try {
      await migrate(url);
      const admin = openDatabase(url);
      // MySQL makes each statement durable by itself: a process that died left some of them, and no record.
      await admin('migrations').where({ name }).delete();
      await admin.raw('ALTER TABLE calls DROP COLUMN transfer_way');
      assert.deepEqual(await migrate(url), [name]);
      assert.ok(await admin.schema.hasColumn('calls', 'transfer_way'));
      await admin.destroy();
    } finally {
      await dropDatabase(url);
    }
  });

  it('goes on after a process died while it held the lock of knex', async function () {
    this.timeout(30_000);
    const url = ownDatabaseUrl();
    try {
      await migrate(url);
      const admin = openDatabase(url);
      await admin.raw('UPDATE migrations_lock SET is_locked = 1');
      await admin.destroy();
      assert.deepEqual(await migrate(url), []);
    } finally {
      await dropDatabase(url);
    }
  });
});

describe("the app's database user", () => {
  const test = withDatabase();

  for (const table of ['ledger_transfers', 'ledger_entries', 'payment_transitions', 'api_reads']) {
    it(`can neither change nor delete a row of ${table}`, async () => {
      await assert.rejects(test.database(table).update({ currency: 'x' }), /command denied/);
      await assert.rejects(test.database(table).delete(), /command denied/);
    });
  }

  it('can delete no payment, and change no table', async () => {
    await assert.rejects(test.database('payments').delete(), /command denied/);
    await assert.rejects(test.database.raw('ALTER TABLE payments ADD COLUMN x INT'), /command denied/);
    await assert.rejects(test.database.raw('CREATE TABLE x (id INT)'), /command denied/);
  });

  it('is refused while a table has no rights named for it', async () => {
    await test.admin.raw('CREATE TABLE forgotten (id INT)');
    const grant = grantAppUser(testAdminUrl, {
      user: 'nobody',
      password: 'x',
      database: new URL(test.adminUrl).pathname.slice(1),
    });
    await assert.rejects(grant, /forgotten/);
  });
});
