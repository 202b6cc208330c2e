import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { grantAppUser, rightsByTable } from '../../db/grants.js';
import { migrate } from '../../db/migrate.js';
import { type Database, openDatabase } from '../../src/database/database.js';
import { TableProbe } from '../../src/database/table-probe.js';
import { dropDatabase, ownDatabaseUrl, testAdminUrl } from '../support/database.js';

/** An app's user in two databases of one server, as of two installations that share it. */
describe("the app's rights", function () {
  this.timeout(60_000);
  const user = `walletline_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(8).toString('hex');
  const adminUrls = [ownDatabaseUrl(), ownDatabaseUrl()];
  const nameOf = (url: string) => new URL(url).pathname.slice(1);
  let apps: Database[] = [];
  let admin: Database;

  const grant = (url: string) => grantAppUser(url, { user, password, database: nameOf(url) });
  const [firstUrl = '', secondUrl = ''] = adminUrls;

  before(async () => {
    for (const url of adminUrls) {
      await migrate(url);
      await grant(url);
    }
    apps = adminUrls.map((url) => {
      const app = new URL(url);
      app.username = user;
      app.password = password;
      return openDatabase(app.href, { poolSize: 4 });
    });
    admin = openDatabase(testAdminUrl, { poolSize: 1 });
  });
  after(async () => {
    await Promise.all(apps.map((app) => app.destroy()));
    await admin.raw('DROP USER IF EXISTS ?@?', [user, '%']);
    await admin.destroy();
    await Promise.all(adminUrls.map(dropDatabase));
  });

  const phone = (at: number) => `1${String(at).padStart(10, '0')}`;
  const probeOf = (app: Database) => new TableProbe(app, rightsByTable, () => performance.now() * 1_000_000);
  const firstApp = () => apps[0] as Database;

  it('stay whole for an app that works while its database, and another one, are migrated', async () => {
    let migrating = true;
    let statements = 0;
    const refused: string[] = [];
    const works = async (app: Database, worker: number) => {
      for (let at = 0; migrating || at < 300; at += 1) {
        const number = phone(worker * 1_000_000 + at);
        for (const statement of [
          () => app('phones').insert({ number, updated_at: new Date() }),
          () => app('phones').where({ number }).update({ language: 'en' }),
          () => app('ledger_entries').count(),
        ]) {
          statements += 1;
          await statement().catch((error: unknown) => refused.push(String(error)));
        }
      }
    };
    const working = apps.flatMap((app, at) => [works(app, at * 2), works(app, at * 2 + 1)]);
    for (let run = 0; run < 5; run += 1) {
      for (const url of adminUrls) {
        await migrate(url);
        await grant(url);
      }
    }
    migrating = false;
    await Promise.all(working);
    assert.ok(statements > 1_000, `${statements} statements`);
    assert.deepEqual(refused, []);
  });

  it('in one database are not touched by another one that the same user works in', async () => {
    await grant(secondUrl);
    assert.deepEqual(await Promise.all(apps.map((app) => probeOf(app).usable())), [true, true]);
  });

  it('are no more than those that are named, whatever was given before', async () => {
    const database = nameOf(firstUrl);
    const asPattern = database.replaceAll('_', '\\_');
    for (const [right, place] of [
      ['PROCESS', '*.*'],
      ['DELETE', '*.*'],
      ['DROP', `\`${database}\`.*`],
      ['DELETE', `\`${asPattern}\`.*`],
      ['DELETE', `\`${database}\`.payments`],
      ['UPDATE', `\`${database}\`.ledger_entries`],
      ['UPDATE (id)', `\`${database}\`.ledger_transfers`],
    ]) {
      await admin.raw(`GRANT ${right} ON ${place} TO ?@?`, [user, '%']);
    }
    await admin.raw('GRANT SELECT ON ??.payments TO ?@? WITH GRANT OPTION', [database, user, '%']);
    await grant(firstUrl);
    const [rows] = (await admin.raw('SHOW GRANTS FOR ?@?', [user, '%'])) as [Record<string, string>[]];
    const grants = rows
      .flatMap((row) => Object.values(row))
      .filter((text) => !text.includes(nameOf(secondUrl)));
    assert.doesNotMatch(grants.join('\n'), /DROP|PROCESS|GRANT OPTION|\(/);
    const tablesWith = (...rights: string[]) =>
      Object.keys(rightsByTable)
        .filter((table) => rights.includes(rightsByTable[table] ?? ''))
        .sort();
    const granted = (right: RegExp) =>
      grants
        .filter((text) => right.test(text))
        .map((text) => /\.`(\w+)`/.exec(text)?.[1])
        .sort();
    assert.deepEqual(granted(/UPDATE/), tablesWith('change', 'prune'));
    assert.deepEqual(granted(/DELETE/), tablesWith('prune'));
    assert.equal(await probeOf(firstApp()).usable(), true);
  });

  it('are tried before a node says that it is ready', async () => {
    const database = nameOf(firstUrl);
    const probe = probeOf(firstApp());
    assert.equal(await probe.usable(), true);
    for (const [right, table] of [
      ['INSERT', 'payment_transitions'],
      ['UPDATE', 'payments'],
      ['INSERT', 'calls'],
      ['SELECT', 'phone_cards'],
    ] as const) {
      await admin.raw(`REVOKE ${right} ON ??.?? FROM ?@?`, [database, table, user, '%']);
      assert.equal(await probe.usable(), false, `without ${right} on ${table}`);
      assert.equal(await probeOf(firstApp()).usable(), false);
      await grant(firstUrl);
      assert.equal(await probe.usable(), true);
    }
    const before = await firstApp()('phones').count({ n: '*' });
    await probe.usable();
    assert.deepEqual(await firstApp()('phones').count({ n: '*' }), before);
  });

  it('are tried once for all who ask at the same moment', async () => {
    let tries = 0;
    const raw = async () => {
      tries += 1;
      return [[]];
    };
    const database = { raw } as unknown as Database;
    const probe = new TableProbe(database, {}, () => 0);
    assert.deepEqual(await Promise.all([probe.usable(), probe.usable(), probe.usable()]), [true, true, true]);
    const once = tries;
    await probe.usable();
    assert.equal(tries, once);
  });

  it('are missing while a table is: it has not been migrated', async () => {
    const uses = { ...rightsByTable, not_yet: 'append' } as const;
    assert.equal(await new TableProbe(firstApp(), uses, () => 0).usable(), false);
  });
});
