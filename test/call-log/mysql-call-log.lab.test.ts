import assert from 'node:assert/strict';
import { MysqlCallLog } from '../../src/call-log/mysql-call-log.js';
import { withDatabase } from '../support/database.js';

const at = new Date('2026-11-23T10:00:00.123Z');
const clock = { now: () => at, monotonicMs: () => 0 };

describe('MysqlCallLog', () => {
  const test = withDatabase();
  const log = (application = 'node-1') => new MysqlCallLog(test.database, clock, application);
  const newCall = (id: string) => ({
    id,
    channelId: `channel-${id}`,
    callerNumber: '13800138000',
    serviceNumber: '12580',
    entry: 'direct' as const,
  });
  const row = async (id: string): Promise<Record<string, unknown>> =>
    test
      .admin<Record<string, unknown>>('calls')
      .where({ id })
      .first()
      .then((found) => found ?? {});

  it('writes one row at the start and closes it with its end, its language and its path', async () => {
    await log().begin(newCall('c1'));
    await log().answered('c1');
    const step = { dialogue: 'main-menu', state: 'choosing', heard: 'key 1', at };
    await log().end('c1', { outcome: 'completed', language: 'en', steps: [step] });
    const { started_at, answered_at, ended_at, outcome, language } = await row('c1');
    assert.deepEqual([started_at, answered_at, ended_at, outcome, language], [at, at, at, 'completed', 'en']);
    assert.deepEqual(await test.admin('call_steps').where({ call_id: 'c1' }), [
      { call_id: 'c1', step: 0, ...step },
    ]);
  });

  it('keeps the first end of a call', async () => {
    await log().begin(newCall('c2'));
    await log().end('c2', { outcome: 'caller-hung-up', steps: [] });
    await log().end('c2', { outcome: 'completed', steps: [] });
    assert.equal((await row('c2'))['outcome'], 'caller-hung-up');
  });

  it('keeps a withheld number as null', async () => {
    await log().begin({ ...newCall('c3'), callerNumber: undefined });
    assert.equal((await row('c3'))['caller_number'], null);
  });

  it('goes on in its own row when a phone call comes back from an agent, and its steps count on', async () => {
    const direct = { ...newCall('c4'), channelId: 'channel-4' };
    const step = { dialogue: 'conversation', state: 'mainMenu', heard: 'key 0', at };
    assert.equal(await log().begin(direct), 'c4');
    await log().answered('c4');
    await log().end('c4', { outcome: 'transferred', language: 'en', steps: [step, step] });
    const handover = { agent: '1001', orderId: 'order-1', way: 'blind' as const };
    const back = {
      ...direct,
      id: 'other',
      serviceNumber: '12580*123456',
      entry: 'transfer' as const,
      handover,
    };
    assert.equal(await log('node-9').begin(back), 'c4');
    const { entry, ended_at, outcome, agent, order_id, transfer_way, service_number, application } =
      await row('c4');
    assert.deepEqual(
      [entry, ended_at, outcome, agent, order_id, transfer_way, service_number, application],
      ['transfer', null, null, '1001', 'order-1', 'blind', '12580', 'node-9'],
    );
    assert.deepEqual(await log('node-9').findOpen('channel-4'), {
      ...{ id: 'c4', agent: '1001', orderId: 'order-1', transferWay: 'blind' },
    });
    await log('node-9').end('c4', { outcome: 'returned', language: 'zh', steps: [step] });
    const steps: unknown = await test
      .admin('call_steps')
      .where({ call_id: 'c4' })
      .orderBy('step')
      .pluck('step');
    assert.deepEqual(steps, [0, 1, 2]);
    assert.equal((await row('c4'))['outcome'], 'returned');
  });

  it('closes the calls that are not live any more, of its own application only', async () => {
    for (const id of ['lost', 'live']) {
      await log('node-2').begin(newCall(id));
    }
    await log('node-3').begin(newCall('foreign'));
    assert.equal(await log('node-2').closeLost(['channel-live']), 1);
    assert.equal((await row('lost'))['outcome'], 'interrupted');
    assert.equal((await row('live'))['ended_at'], null);
    assert.equal((await row('foreign'))['ended_at'], null);
    assert.equal(await log('node-2').closeLost([]), 1);
    assert.equal((await log('node-3').findOpen('channel-foreign'))?.id, 'foreign');
    assert.equal(await log('node-2').findOpen('channel-lost'), undefined);
  });

  it('records an enquiry', async () => {
    await log().enquired({ callId: 'c1', kind: 'card-balance', outcome: 'approved', bankResponseCode: '00' });
    const found: unknown = await test
      .admin('enquiries')
      .where({ call_id: 'c1' })
      .first('kind', 'outcome', 'bank_response_code');
    assert.deepEqual(found, { kind: 'card-balance', outcome: 'approved', bank_response_code: '00' });
  });
});
