import assert from 'node:assert/strict';
import { agentWorld } from '../support/agent-world.js';
import { ScriptedAgentLine } from '../support/scripted-agent-line.js';
import { ScriptedCall } from '../support/scripted-call.js';

const paysOrder = ['1', '135790'];

describe('lines that agents send', () => {
  let world: Awaited<ReturnType<typeof agentWorld>>;
  let orderId: string;

  beforeEach(async () => {
    world = await agentWorld();
    orderId = (await world.prepare()).id;
    world.callCentre.talk('caller-1');
  });

  const begin = (of: Partial<Parameters<typeof world.sessions.begin>[0]> = {}) =>
    world.sessions.begin({ channelId: 'caller-1', way: 'detour', orderId, agent: '1001', ...of });
  const callerOf = (ticket: string, script: readonly string[] = paysOrder) =>
    new ScriptedCall({ script, channelId: 'caller-1', handover: { agent: '1001', ticket } });
  const lastTicket = () => world.callCentre.moves.at(-1)?.ticket ?? '';

  it('find each other when the agent’s comes first', async () => {
    world.callCentre.onMove = async ({ ticket }) => {
      world.phoneSwitch.bringAgent(new ScriptedAgentLine({ ticket }));
      setTimeout(() => world.phoneSwitch.bring(callerOf(ticket)), 10);
      return 'moved';
    };
    assert.equal((await begin()).outcome, 'done');
    await world.comesTo('joined');
  });

  it('find each other when the caller’s comes first', async () => {
    world.callCentre.onMove = async ({ ticket }) => {
      world.phoneSwitch.bring(callerOf(ticket));
      setTimeout(() => world.phoneSwitch.bringAgent(new ScriptedAgentLine({ ticket })), 10);
      return 'moved';
    };
    assert.equal((await begin()).outcome, 'done');
    await world.comesTo('joined');
  });

  it('are let go when the caller does not come: the agent is told', async () => {
    let line: ScriptedAgentLine | undefined;
    world.callCentre.onMove = async ({ ticket }) => {
      line = new ScriptedAgentLine({ ticket });
      world.phoneSwitch.bringAgent(line);
      return 'moved';
    };
    assert.equal((await begin()).outcome, 'no-such-call');
    assert.deepEqual(line?.transcript, ['= holds', '> agent.caller-gone', '= hung up']);
    assert.equal(world.sessions.find('caller-1'), undefined);
    assert.equal(world.agentLines.count, 0);
  });

  it('leave a caller who comes alone to pay alone', async () => {
    world.callCentre.onMove = async ({ ticket }) => {
      world.phoneSwitch.bring(callerOf(ticket, [...paysOrder, 'silence']));
      return 'moved';
    };
    assert.equal((await begin({ way: 'assisted' })).outcome, 'done');
    await world.quiet();
    assert.equal(world.sessions.find('caller-1')?.way, 'blind');
    assert.equal(world.result()?.outcome, 'paid');
    assert.equal(world.callLog.calls[0]?.end?.outcome, 'completed');
  });

  it('come to nothing when neither comes, when the call is gone, and when the call centre is down', async () => {
    assert.equal((await begin()).outcome, 'no-such-call');
    world.callCentre.onMove = async () => 'gone';
    assert.equal((await begin()).outcome, 'no-such-call');
    world.callCentre.onMove = async () => 'unavailable';
    assert.equal((await begin()).outcome, 'call-centre-unavailable');
    world.callCentre.onMove = async () => Promise.reject(new Error('broken'));
    assert.equal((await begin()).outcome, 'call-centre-unavailable');
    world.callCentre.available = false;
    assert.equal((await begin()).outcome, 'call-centre-unavailable');
    assert.deepEqual(world.sessions.all(), []);
  });

  it('are not waited for without end when the call centre never answers', async () => {
    world.callCentre.onMove = () => new Promise(() => {});
    assert.equal((await begin()).outcome, 'call-centre-unavailable');
  });

  it('are sent for once, however often it is asked', async () => {
    world.callCentre.onMove = async ({ ticket }) => {
      world.phoneSwitch.bring(callerOf(ticket));
      world.phoneSwitch.bringAgent(new ScriptedAgentLine({ ticket }));
      return 'moved';
    };
    const asked = await Promise.all([begin(), begin()]);
    assert.deepEqual(asked.map(({ outcome }) => outcome).sort(), ['done', 'not-now']);
    assert.equal(world.callCentre.moves.length, 1);
    assert.equal((await begin({ agent: '1002' })).outcome, 'no-such-call');
  });

  it('are not sent for another agent, for a call that nobody has, or for an order that is closed', async () => {
    assert.equal((await begin({ agent: '1002' })).outcome, 'no-such-call');
    assert.equal((await begin({ channelId: 'nobody' })).outcome, 'no-such-call');
    await world.orders.cancel(orderId);
    assert.equal((await begin()).outcome, 'order-not-open');
    assert.equal((await begin({ orderId: 'none' })).outcome, 'order-not-open');
    assert.equal(world.callCentre.moves.length, 0);
  });

  it('are not sent by an agent to pay another’s order, who hears the same of it as of none', async () => {
    const { id } = await world.prepare('1002');
    const refusals = [await begin({ orderId: id }), await begin({ orderId: 'none' })];
    assert.deepEqual(refusals[0], refusals[1]);
    assert.equal(refusals[0]?.outcome, 'order-not-open');
    assert.equal(world.callCentre.moves.length, 0);
    assert.notEqual((await begin({ orderId: id, agent: undefined })).outcome, 'order-not-open');
  });

  it('are not sent for once the process is being stopped', async () => {
    world.sessions.refuse();
    assert.equal((await begin()).outcome, 'call-centre-unavailable');
  });

  it('with a ticket that nobody knows: the caller pays what they choose, the agent is let go', async () => {
    const call = new ScriptedCall({ handover: { ticket: '1234567890', agent: '1001' }, script: ['hangup'] });
    const line = new ScriptedAgentLine({ ticket: '9999999999' });
    world.phoneSwitch.bring(call);
    world.phoneSwitch.bringAgent(line);
    await world.quiet();
    await line.ended;
    assert.ok(call.transcript.includes('> menu.balances'), call.transcript.join('\n'));
    assert.deepEqual(line.transcript, ['= holds', '> agent.caller-gone', '= hung up']);
  });

  it('of one ticket are two at most: a second agent’s line is ended', async () => {
    const [first, second] = [new ScriptedAgentLine({ ticket: '1' }), new ScriptedAgentLine({ ticket: '1' })];
    world.phoneSwitch.bringAgent(first);
    world.phoneSwitch.bringAgent(second);
    await second.ended;
    assert.equal(first.endedBy, undefined);
    assert.deepEqual(second.transcript, ['= holds', '= hung up']);
    first.agentHangsUp();
  });

  it('use a ticket once', async () => {
    world.callCentre.onMove = async ({ ticket }) => {
      world.phoneSwitch.bring(callerOf(ticket, ['hangup']));
      return 'moved';
    };
    await begin({ way: 'blind' });
    await world.quiet();
    const again = new ScriptedCall({
      ...{ script: ['hangup'], channelId: 'stranger', handover: { ticket: lastTicket() } },
    });
    world.phoneSwitch.bring(again);
    await world.quiet();
    assert.equal(world.sessions.find('stranger')?.orderId, undefined);
  });
});

describe('a caller whom an agent sent for good', () => {
  let world: Awaited<ReturnType<typeof agentWorld>>;

  beforeEach(async () => {
    world = await agentWorld();
  });

  const transferred = async (orderCode: string | undefined, script: readonly string[]) => {
    const call = new ScriptedCall({ script, handover: { agent: '1002', orderCode } });
    world.phoneSwitch.bring(call);
    await world.quiet();
    return call;
  };

  it('pays the order that the agent dialled', async () => {
    const order = await world.prepare();
    const call = await transferred(order.code, [...paysOrder, 'silence']);
    assert.equal((await world.orders.find(order.id))?.state, 'paid');
    assert.equal(call.endedBy, 'us');
    const [record] = world.callLog.calls;
    assert.deepEqual(record?.handover, { agent: '1002', orderId: order.id, way: 'blind' });
    assert.equal(record.end?.outcome, 'completed');
    assert.deepEqual(world.sessionsEnded, ['blind paid']);
  });

  it('hears that an order is not known, and may choose a service', async () => {
    const call = await transferred('000000', ['hangup']);
    assert.ok(call.transcript.includes('> order.unknown'), call.transcript.join('\n'));
    assert.equal(world.callLog.calls[0]?.handover?.orderId, undefined);
  });

  it('hears that an order has been paid already, and pays nothing', async () => {
    const order = await world.prepare();
    await transferred(order.code, [...paysOrder, 'silence']);
    const call = new ScriptedCall({
      ...{ script: ['silence'], channelId: 'second', handover: { agent: '1002', orderCode: order.code } },
    });
    world.phoneSwitch.bring(call);
    await world.quiet();
    assert.ok(call.transcript.includes('> order.paid'), call.transcript.join('\n'));
    assert.equal(world.carrier.journal.length, 1);
  });

  it('pays an order once when two calls pay it at the same moment', async () => {
    const order = await world.prepare();
    const calls = ['a', 'b'].map(
      (channelId) =>
        new ScriptedCall({
          ...{ script: [...paysOrder, 'silence'], channelId, handover: { orderCode: order.code } },
        }),
    );
    for (const call of calls) {
      world.phoneSwitch.bring(call);
    }
    await world.quiet();
    assert.equal(world.carrier.journal.length, 1);
    const told = calls.map(({ transcript }) => transcript.some((line) => line.startsWith('> recharge.paid')));
    assert.deepEqual(told.sort(), [false, true]);
  });

  it('may press 0, talk with an agent, and be sent back: one row, opened again', async () => {
    const order = await world.prepare();
    const first = new ScriptedCall({ script: ['0'] });
    world.phoneSwitch.bring(first);
    await world.quiet();
    assert.equal(world.callLog.calls[0]?.end?.outcome, 'transferred');
    assert.deepEqual(first.attachment, { language: 'en', position: 'conversation.mainMenu' });
    await transferred(order.code, [...paysOrder, 'silence']);
    assert.equal(world.callLog.calls.length, 1);
    const [record] = world.callLog.calls;
    assert.deepEqual([record.entry, record.end?.outcome], ['transfer', 'completed']);
  });

  it('need not hear at the next call that they paid', async () => {
    const order = await world.prepare();
    await transferred(order.code, [...paysOrder, 'silence']);
    const next = new ScriptedCall({ script: ['hangup'], channelId: 'next' });
    world.phoneSwitch.bring(next);
    await world.quiet();
    assert.ok(!next.transcript.some((line) => line.startsWith('> news.')), next.transcript.join('\n'));
  });

  it('goes to the queue when the call cannot be written down', async () => {
    world.callLog.failsToBegin = true;
    const call = await transferred(undefined, []);
    assert.equal(call.endedBy, 'transfer');
    assert.deepEqual(call.heard, []);
  });
});
