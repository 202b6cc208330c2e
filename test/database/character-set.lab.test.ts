import assert from 'node:assert/strict';
import { migrate } from '../../db/migrate.js';
import { checkCharacterSet, tablesOfOtherCollation } from '../../src/database/character-set.js';
import { type Database, openDatabase } from '../../src/database/database.js';
import { dropDatabase, ownDatabaseUrl, testAdminUrl } from '../support/database.js';

/** Databases that somebody made beforehand, in the ways in which servers and people make them. */
const madeBeforehand = [
  'latin1 COLLATE latin1_swedish_ci',
  'utf8mb3 COLLATE utf8mb3_general_ci',
  'utf8mb4 COLLATE utf8mb4_general_ci',
  'gbk COLLATE gbk_chinese_ci',
];

describe('a database that was made beforehand', function () {
  this.timeout(60_000);

  async function make(url: string, characterSet: string): Promise<void> {
    const connection = openDatabase(testAdminUrl, { poolSize: 1 });
    await connection.raw(`CREATE DATABASE ?? CHARACTER SET ${characterSet}`, [
      new URL(url).pathname.slice(1),
    ]);
    await connection.destroy();
  }

  async function inDatabase(characterSet: string, work: (database: Database, url: string) => Promise<void>) {
    const url = ownDatabaseUrl();
    await make(url, characterSet);
    const database = openDatabase(url, { poolSize: 2 });
    try {
      await work(database, url);
    } finally {
      await database.destroy();
      await dropDatabase(url);
    }
  }

  /** What a call needs: Chinese, beyond the first plane too, and keys that differ in case only. */
  async function keepsTexts(database: Database): Promise<void> {
    const description = '充值 𠮷 é';
    const row = { terminal_id: 'T0000001', direction: 'sent', mti: '0200', result: 'sent' };
    await database('bank_messages').insert({ ...row, id: 'a', description, created_at: new Date() });
    await database('bank_messages').insert({ ...row, id: 'A', description, created_at: new Date() });
    const kept = await database<{ id: string; description: string }>('bank_messages').where({ id: 'A' });
    assert.deepEqual(
      kept.map((one) => one.description),
      [description],
    );
    for (const holder of ['Node', 'node', 'nöde']) {
      await database('phones').insert({ number: holder, updated_at: new Date() });
    }
    assert.equal((await database('phones').where({ number: 'NODE' })).length, 0);
  }

  for (const characterSet of madeBeforehand) {
    it(`keeps and compares texts as one of ours: ${characterSet}`, async () => {
      await inDatabase(characterSet, async (database, url) => {
        await migrate(url);
        assert.deepEqual(
          (await tablesOfOtherCollation(database)).filter((name) => name !== 'migrations_mutex'),
          [],
        );
        await checkCharacterSet(database);
        await keepsTexts(database);
        assert.deepEqual(await migrate(url), []);
      });
    });
  }

  it('whose tables are of another kind already is refused with the remedy, which mends it and keeps its rows', async () => {
    await inDatabase('latin1 COLLATE latin1_swedish_ci', async (database, url) => {
      await migrate(url);
      await database('phones').insert({ number: 'kept', updated_at: new Date() });
      // As an earlier version left them.
      for (const table of ['phones', 'bank_messages', 'orders']) {
        await database.raw('ALTER TABLE ?? CONVERT TO CHARACTER SET latin1 COLLATE latin1_swedish_ci', [
          table,
        ]);
      }
      await assert.rejects(
        checkCharacterSet(database),
        /npm run migrate.*bank_messages \(latin1_swedish_ci\).*orders/,
      );
      await migrate(url);
      await checkCharacterSet(database);
      assert.equal((await database('phones').where({ number: 'kept' })).length, 1);
      await keepsTexts(database);
    });
  });
});
