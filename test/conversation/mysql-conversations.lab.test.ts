import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import { MysqlCallLog } from '../../src/call-log/mysql-call-log.js';
import type { NewConversation } from '../../src/conversation/conversations.js';
import { MysqlConversations } from '../../src/conversation/mysql-conversations.js';
import type { Frame } from '../../src/dialogue/chart.js';
import { framesVersion } from '../../src/dialogue/frames.js';
import { describeConversations } from '../contracts/conversations.js';
import { withDatabase } from '../support/database.js';
import { FakeClock } from '../support/fake-clock.js';

describe('MysqlConversations', function () {
  this.timeout(20_000);
  const test = withDatabase();
  let started = Date.parse('2026-11-23T04:00:00.000Z');

  const start = () => {
    // Later each time: what another test left must not be younger than the clock.
    started += 86_400_000;
    const clock = new FakeClock(new Date(started).toISOString());
    const callLog = new MysqlCallLog(test.database, clock, 'walletline');
    const begin = async (address: string) =>
      callLog.begin({
        ...{ id: uuidv7(), channelId: `${address} ${uuidv7()}`.slice(0, 64), callerNumber: undefined },
        ...{ serviceNumber: '12580', entry: 'direct' },
      });
    const breakOff = async (broken: NewConversation) => {
      const callId = await begin(broken.address);
      await callLog.end(callId, { outcome: 'caller-hung-up', steps: [], broken });
    };
    return { conversations: new MysqlConversations(test.database, clock), clock, callLog, begin, breakOff };
  };

  describeConversations('MysqlConversations', start);

  const broken = (wallet: string): NewConversation => ({
    ...{ channel: 'voice', address: `channel of ${wallet}`, wallet, step: 3, keptMs: 60_000 },
    frames: { version: framesVersion, stack: [frame] },
  });
  const frame: Frame = {
    chart: 'conversation',
    state: 'service:recharge',
    context: {
      ...{ language: 'en', pace: 'normal', leaving: undefined },
      tries: { silence: 0, nomatch: 0, repeats: 0, ask: 'first' },
    },
  };

  it('costs the end of a call no further commit', async () => {
    const { callLog, begin, conversations } = start();
    const callId = await begin('one commit');
    const before = test.commits;
    await callLog.end(callId, { outcome: 'caller-hung-up', steps: [], broken: broken('13500000001') });
    assert.equal(test.commits - before, 1);
    assert.ok((await conversations.findBroken('13500000001')) !== undefined);
  });

  it('keeps nothing of a call whose end was written down before', async () => {
    const { callLog, begin, conversations } = start();
    const callId = await begin('twice');
    await callLog.end(callId, { outcome: 'completed', steps: [] });
    await callLog.end(callId, { outcome: 'fault', steps: [], broken: broken('13500000002') });
    assert.equal(await conversations.findBroken('13500000002'), undefined);
  });

  it('strikes the frames out of a row that was taken', async () => {
    const { breakOff, conversations } = start();
    await breakOff(broken('13500000003'));
    await conversations.take((await conversations.findBroken('13500000003'))?.id ?? '', 'gone-on');
    const row = await test
      .database<{ wallet: string; frames: unknown; state: string }>('conversations')
      .where({ wallet: '13500000003' })
      .first('frames', 'state');
    assert.deepEqual({ ...row }, { frames: null, state: 'gone-on' });
  });
});
