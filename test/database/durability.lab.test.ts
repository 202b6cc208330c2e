import assert from 'node:assert/strict';
import type { Database } from '../../src/database/database.js';
import { checkDurability, judgeDurability, readDurability } from '../../src/database/durability.js';
import { withDatabase } from '../support/database.js';
import { RecordedLog } from '../support/recorded-log.js';

describe("the check of a server's durability", () => {
  const test = withDatabase();

  it('reads the settings with the rights of the app', async () => {
    const variables = await readDurability(test.database);
    assert.match(variables.get('innodb_flush_log_at_trx_commit') ?? '', /^\d$/);
    assert.match(variables.get('sync_binlog') ?? '', /^\d+$/);
  });

  it('logs each fault and refuses when told to, and only then', async () => {
    const faults = judgeDurability(await readDurability(test.database));
    const unsafe = faults.filter(({ severity }) => severity === 'unsafe');
    const log = new RecordedLog();
    await checkDurability(test.database, { log, required: false });
    assert.equal(log.lines.length, faults.length);
    const required = checkDurability(test.database, { log: new RecordedLog(), required: true });
    await (unsafe.length === 0 ? required : assert.rejects(required, /REQUIRE_DURABILITY/));
  });

  it('goes on with a warning where the server does not know the question', async () => {
    const refusing = {
      raw: async (): Promise<unknown> => test.database.raw('SHOW NOTHING AT ALL'),
    } as unknown as Database;
    const log = new RecordedLog();
    await checkDurability(refusing, { log, required: true });
    assert.equal(log.lines.filter((line) => line.startsWith('WARN')).length, 3);
  });

  it('finds a server that was set to lose commits', async () => {
    const [rows] = (await test.admin.raw('SELECT @@GLOBAL.sync_binlog AS was')) as [{ was: number }[]];
    const was = rows[0]?.was ?? 1;
    await test.admin.raw('SET GLOBAL sync_binlog = 0');
    try {
      const log = new RecordedLog();
      await assert.rejects(
        checkDurability(test.database, { log, required: true }),
        /sync_binlog is 0: set sync_binlog=1/,
      );
      assert.ok(log.lines.some((line) => line.startsWith('ERROR') && line.includes('sync_binlog')));
    } finally {
      await test.admin.raw(`SET GLOBAL sync_binlog = ${was}`);
    }
  });
});
