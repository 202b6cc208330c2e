import assert from 'node:assert/strict';
import { judgeDurability } from '../../src/database/durability.js';

const mysql = {
  version: '9.7.0',
  innodb_flush_log_at_trx_commit: '1',
  sync_binlog: '1',
  log_bin: 'ON',
  innodb_doublewrite: 'ON',
  innodb_flush_method: 'O_DIRECT',
  Innodb_redo_log_enabled: 'ON',
};

const judged = (variables: Record<string, string>): string[] =>
  judgeDurability(new Map(Object.entries(variables))).map(
    ({ setting, severity }) => `${severity} ${setting}`,
  );

describe('the durability of a database', () => {
  it('is beyond doubt with the settings that are asked for', () => {
    assert.deepEqual(judged(mysql), []);
  });

  for (const [change, expected] of [
    [{ innodb_flush_log_at_trx_commit: '2' }, ['unsafe innodb_flush_log_at_trx_commit']],
    [{ innodb_flush_log_at_trx_commit: '0' }, ['unsafe innodb_flush_log_at_trx_commit']],
    [{ innodb_flush_log_at_trx_commit: '3' }, ['unsafe innodb_flush_log_at_trx_commit']],
    [{ innodb_flush_log_at_trx_commit: '3', version: '10.11.6-MariaDB' }, []],
    [{ sync_binlog: '0' }, ['unsafe sync_binlog']],
    [{ sync_binlog: '1000' }, ['unsafe sync_binlog']],
    [{ log_bin: 'OFF', sync_binlog: '0' }, ['doubtful log_bin']],
    [{ innodb_doublewrite: 'OFF' }, ['unsafe innodb_doublewrite']],
    [{ innodb_doublewrite: 'DETECT_ONLY' }, ['unsafe innodb_doublewrite']],
    [{ innodb_doublewrite: 'fast' }, []],
    [{ innodb_flush_method: 'nosync' }, ['unsafe innodb_flush_method']],
    [{ Innodb_redo_log_enabled: 'OFF' }, ['unsafe Innodb_redo_log_enabled']],
    [
      { sync_binlog: '0', innodb_flush_log_at_trx_commit: '2' },
      ['unsafe innodb_flush_log_at_trx_commit', 'unsafe sync_binlog'],
    ],
    [{ version: '8.0.11-TiDB-v8.5.0', sync_binlog: '0' }, ['unknown version']],
    [{ version: '8.0.30-Vitess', innodb_flush_log_at_trx_commit: '2' }, ['unknown version']],
  ] as const satisfies readonly (readonly [Record<string, string>, readonly string[]])[]) {
    it(`with ${JSON.stringify(change)} is: ${expected.join(', ') || 'fine'}`, () => {
      assert.deepEqual(judged({ ...mysql, ...change }), expected);
    });
  }

  it('is unknown on a server that does not have the variables', () => {
    assert.deepEqual(judged({ version: '1.0' }), [
      'unknown innodb_flush_log_at_trx_commit',
      'unknown sync_binlog',
      'unknown log_bin',
    ]);
  });

  it('names the remedy of each fault', () => {
    const [fault] = judgeDurability(new Map(Object.entries({ ...mysql, sync_binlog: '0' })));
    assert.match(fault?.remedy ?? '', /set sync_binlog=1/);
  });
});
