import assert from 'node:assert/strict';
import { MysqlCallLog } from '../../src/call-log/mysql-call-log.js';
import { MysqlCallRecords } from '../../src/call-log/mysql-call-records.js';
import { withDatabase } from '../support/database.js';

const noon = new Date('2026-11-23T04:00:00.000Z');
const minutes = (count: number) => new Date(noon.getTime() + count * 60_000);

describe('MysqlCallRecords', () => {
  const test = withDatabase();
  let records: MysqlCallRecords;
  const day = { from: noon, until: minutes(1_440), limit: 100 };

  /** A call of agent 1001's, or of nobody's, that began so many minutes after noon. */
  const write = async (id: string, minute: number, agent?: string, states: readonly string[] = []) => {
    const at = minutes(minute);
    const log = new MysqlCallLog(test.database, { now: () => at, monotonicMs: () => 0 }, 'node-1');
    await log.begin({
      ...{ id, channelId: `channel-${id}`, callerNumber: '13800138000', serviceNumber: '12580' },
      entry: agent === undefined ? 'direct' : 'transfer',
      handover: agent === undefined ? undefined : { agent, orderId: 'order-1', way: 'detour' },
    });
    if (states.length > 0) {
      const steps = states.map((name) => {
        const [dialogue = '', state = ''] = name.split('.');
        return { dialogue, state, heard: 'told', at };
      });
      await log.end(id, { outcome: 'transferred', language: 'en', steps });
    }
  };

  before(async () => {
    records = new MysqlCallRecords(test.database);
    await write('before', -1);
    await write('a', 0, undefined, [
      'conversation.mainMenu',
      'reach-agent.tellConnecting',
      'reach-agent.reaching',
    ]);
    await write('b1', 5, '1001');
    await write('b2', 5, '1002');
    await write('c', 9, '1001');
    await write('tomorrow', 1_440);
  });

  const ids = (calls: readonly { readonly id: string }[]) => calls.map(({ id }) => id);

  it('returns the calls of a time, latest first', async () => {
    assert.deepEqual(ids(await records.page(day)), ['c', 'b2', 'b1', 'a']);
  });

  it('goes on after a call, also among those that began at the same moment', async () => {
    const first = await records.page({ ...day, limit: 2 });
    assert.deepEqual(ids(first), ['c', 'b2']);
    const [, last] = first;
    assert.ok(last);
    assert.deepEqual(ids(await records.page({ ...day, after: last })), ['b1', 'a']);
  });

  it('returns the calls of one agent', async () => {
    assert.deepEqual(ids(await records.page({ ...day, agent: '1001' })), ['c', 'b1']);
  });

  it('says of a call what was written, and where the caller was before asking for a person', async () => {
    const [call] = await records.byChannels(['channel-a', 'nobody']);
    assert.deepEqual(call, {
      ...{ id: 'a', channelId: 'channel-a', callerNumber: '13800138000', serviceNumber: '12580' },
      ...{ entry: 'direct', agent: undefined, orderId: undefined, transferWay: undefined, language: 'en' },
      ...{ position: 'conversation.mainMenu', startedAt: noon, answeredAt: undefined, endedAt: noon },
      outcome: 'transferred',
    });
    const [sent] = await records.byChannels(['channel-c']);
    assert.deepEqual(
      [sent?.entry, sent?.agent, sent?.orderId, sent?.transferWay, sent?.position, sent?.endedAt],
      ['transfer', '1001', 'order-1', 'detour', undefined, undefined],
    );
    assert.deepEqual(await records.byChannels([]), []);
  });
});
