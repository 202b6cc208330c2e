import assert from 'node:assert/strict';
import type { BankMessageRecord } from '../../src/bank/conversation.js';
import { MysqlBankMessages } from '../../src/bank/mysql-bank-messages.js';
import { openDatabase } from '../../src/database/database.js';
import { withDatabase } from '../support/database.js';
import { silentLog } from '../support/silent-log.js';

describe('the conversation with the bank in MySQL', () => {
  const test = withDatabase();
  const log = silentLog;
  const record = (rrn: string): BankMessageRecord => ({
    at: new Date('2026-11-23T04:05:06.789Z'),
    terminalId: '00000001',
    stan: 17,
    rrn,
    direction: 'received',
    mti: '0210',
    description: 'MTI  0210',
    result: '00',
    durationMs: 12.4,
  });
  beforeEach(() => test.admin('bank_messages').truncate());

  it('writes what was recorded, in one statement for many', async () => {
    const messages = new MysqlBankMessages({ database: test.database, log, gatherMs: 5 });
    const commits = test.commits;
    for (let i = 0; i < 150; i += 1) {
      messages.record(record(String(i).padStart(12, '0')));
    }
    await messages.flush();
    assert.equal(test.commits - commits, 1);
    const rows = (await test.database('bank_messages').orderBy('rrn')) as Record<string, unknown>[];
    assert.equal(rows.length, 150);
    const { id, ...first } = rows[0] ?? {};
    assert.equal(typeof id, 'string');
    assert.deepEqual(first, {
      terminal_id: '00000001',
      stan: 17,
      rrn: '000000000000',
      direction: 'received',
      mti: '0210',
      description: 'MTI  0210',
      result: '00',
      duration_ms: 12,
      created_at: new Date('2026-11-23T04:05:06.789Z'),
    });
  });

  it('writes by itself after a while', async () => {
    const messages = new MysqlBankMessages({ database: test.database, log, gatherMs: 5 });
    messages.record({ ...record('1'), stan: undefined, rrn: undefined, durationMs: undefined });
    const endMs = performance.now() + 2_000;
    while ((await test.database('bank_messages')).length === 0) {
      assert.ok(performance.now() < endMs, 'nothing was written');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });

  it('loses records and nothing else when the database is gone', async () => {
    const gone = openDatabase('mysql://nobody@127.0.0.1:1/none', {
      connectTimeoutMs: 200,
      acquireTimeoutMs: 300,
    });
    const messages = new MysqlBankMessages({
      database: gone,
      log,
      gatherMs: 5,
      mostInOneWrite: 2,
      mostWaiting: 3,
    });
    for (let i = 0; i < 5; i += 1) {
      messages.record(record(String(i)));
    }
    await messages.flush();
    assert.equal(messages.lost, 5);
    await gone.destroy();
  });
});
