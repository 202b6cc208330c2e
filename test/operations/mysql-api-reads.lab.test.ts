import assert from 'node:assert/strict';
import { MysqlApiReads } from '../../src/operations/mysql-api-reads.js';
import { withDatabase } from '../support/database.js';

describe('MysqlApiReads', () => {
  const test = withDatabase();
  const read = {
    user: { name: 'books', role: 'auditor' },
    what: 'payment',
    subjectId: '019ab000-0000-7000-8000-00000000000a',
    at: new Date('2026-11-23T10:00:00.123Z'),
  } as const;

  it('keeps who read what and when, each time', async () => {
    const reads = new MysqlApiReads(test.database);
    await reads.append(read);
    await reads.append(read);
    const rows = await test
      .admin<Record<string, unknown>>('api_reads')
      .select('who', 'role', 'what', 'subject_id', 'at');
    const { user, what, subjectId, at } = read;
    const row = { who: user.name, role: user.role, what, subject_id: subjectId, at };
    assert.deepEqual(
      rows.map((each) => ({ ...each })),
      [row, row],
    );
  });

  it('cannot change or forget what it has kept', async () => {
    await assert.rejects(test.database('api_reads').update({ who: 'nobody' }), /denied/);
    await assert.rejects(test.database('api_reads').delete(), /denied/);
  });
});
