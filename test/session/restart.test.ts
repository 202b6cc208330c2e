import assert from 'node:assert/strict';
import { Reception } from '../../src/session/reception.js';
import { FakeSwitch } from '../support/fake-switch.js';
import { ScriptedAgentLine } from '../support/scripted-agent-line.js';
import { ScriptedCall, type ScriptedCallOptions } from '../support/scripted-call.js';
import { sessionWorld } from '../support/session-world.js';
import { until } from '../support/until.js';

const ticket = '1234567890';

describe('calls that were in progress when this process began', () => {
  let world: Awaited<ReturnType<typeof sessionWorld>>;

  beforeEach(async () => {
    world = await sessionWorld();
  });

  /** Starts with these calls and lines in progress; the calls have rows. */
  const startWith = async (calls: readonly ScriptedCall[], lines: readonly ScriptedAgentLine[] = []) => {
    for (const { channelId, callerNumber, serviceNumber, entry } of calls) {
      const way = entry === 'transfer' ? ('assisted' as const) : undefined;
      await world.callLog.begin({
        ...{ id: `row-${channelId}`, channelId, callerNumber, serviceNumber, entry },
        handover: way && { agent: '1001', orderId: 'order-1', way },
      });
    }
    const reception = new Reception(world.dependencies, new FakeSwitch(calls, lines));
    await reception.start();
    return { quiet: () => until(() => reception.callCount === 0, 'the end of the calls') };
  };
  const sent = (options: ScriptedCallOptions = {}) =>
    new ScriptedCall({ handover: { ticket, agent: '1001' }, ...options });
  const prompts = (call: ScriptedCall) => call.heard.map(({ prompt }) => prompt);
  const outcome = () => world.callLog.calls[0]?.end?.outcome;

  it('leave a caller and an agent talking who talk, and end with one of them', async () => {
    const [call, line] = [sent({ joinedTicket: ticket }), new ScriptedAgentLine({ ticket })];
    const { quiet } = await startWith([call], [line]);
    await until(() => call.joinedWith === line, 'the two to be joined');
    assert.deepEqual(prompts(call), []);
    assert.deepEqual(line.transcript, ['= holds']);
    const session = world.sessions.find(call.channelId);
    assert.deepEqual(
      [session?.state, session?.way, session?.agent, session?.orderId, session?.result?.outcome],
      ['joined', 'assisted', '1001', 'order-1', 'interrupted'],
    );
    assert.equal(outcome(), undefined);
    line.agentHangsUp();
    await quiet();
    assert.equal(call.endedBy, 'us');
    assert.equal(outcome(), 'returned');
  });

  it('bring a caller whose agent waits back to them, with an apology', async () => {
    const [call, line] = [sent(), new ScriptedAgentLine({ ticket })];
    const { quiet } = await startWith([call], [line]);
    await until(() => call.joinedWith === line, 'the two to be joined');
    assert.deepEqual(prompts(call), ['sorry-interrupted.agent']);
    assert.deepEqual(line.transcript, ['= holds', '> agent.not-known', '> agent.connecting-caller']);
    call.callerHangsUp();
    await quiet();
    assert.equal(line.endedBy, 'us');
    assert.equal(outcome(), 'interrupted');
  });

  it('send a caller whose agent is gone to the queue, with an apology', async () => {
    for (const call of [sent(), sent({ joinedTicket: ticket, channelId: 'alone-in-a-conversation' })]) {
      const { quiet } = await startWith([call]);
      await quiet();
      assert.deepEqual(prompts(call), ['sorry-interrupted.agent']);
      assert.equal(call.endedBy, 'transfer');
      assert.equal(call.attachment?.language, 'en');
    }
    assert.equal(outcome(), 'interrupted');
  });

  it('send a caller to the queue whom an agent had sent for good', async () => {
    const call = sent({ handover: { agent: '1001', orderCode: '123456' } });
    const { quiet } = await startWith([call]);
    await quiet();
    assert.equal(call.endedBy, 'transfer');
  });

  it('free an agent whose caller is gone', async () => {
    const line = new ScriptedAgentLine({ ticket });
    await startWith([], [line]);
    await line.ended;
    assert.deepEqual(line.transcript, ['= holds', '> agent.caller-gone', '= hung up']);
  });

  it('end a caller who dialled, although nothing can be read of them', async () => {
    world.callLog.findOpen = async () => Promise.reject(new Error('the database is away'));
    world.wallet.preferencesOf = async () => Promise.reject(new Error('the database is away'));
    const call = new ScriptedCall();
    const { quiet } = await startWith([call]);
    await quiet();
    assert.deepEqual(prompts(call), ['sorry-interrupted', 'sorry-interrupted']);
    assert.equal(call.endedBy, 'us');
  });

  it('are not torn apart when the caller cannot be joined again: they go to the queue', async () => {
    const [call, line] = [sent(), new ScriptedAgentLine({ ticket })];
    call.join = async () => Promise.reject(new Error('the switch refuses'));
    const { quiet } = await startWith([call], [line]);
    await quiet();
    assert.equal(call.endedBy, 'transfer');
    assert.equal(line.endedBy, 'us');
  });
});
