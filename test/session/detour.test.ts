import assert from 'node:assert/strict';
import { agentWorld } from '../support/agent-world.js';

const paysOrder = ['1', '135790'];

describe('a caller whose agent waits while they pay', () => {
  let world: Awaited<ReturnType<typeof agentWorld>>;
  let orderId: string;

  beforeEach(async () => {
    world = await agentWorld();
    orderId = (await world.prepare()).id;
  });

  const record = () => world.callLog.calls[0];
  const joinedAtTheEnd = async (
    sent: Awaited<ReturnType<typeof world.send>>,
    told: string,
    result: string,
  ) => {
    await world.comesTo('joined');
    assert.equal(sent.call.joinedWith, sent.line);
    assert.deepEqual(sent.line.transcript, ['= holds', `> ${told}`, '> agent.connecting-caller']);
    assert.equal(world.result()?.outcome, result);
    assert.equal(record()?.end, undefined, 'the call goes on');
    sent.call.callerHangsUp();
    await world.quiet();
    assert.equal(sent.line.endedBy, 'us');
    assert.equal(sent.line.transcript.at(-1), '= hung up');
    assert.equal(record()?.end?.outcome, 'returned');
    assert.deepEqual(world.sessionsEnded, [`detour ${result}`]);
    assert.equal(world.state(), 'over');
  };

  it('pays the order and is joined with the agent, who has heard so', async () => {
    const sent = await world.send('detour', { orderId, script: paysOrder });
    await joinedAtTheEnd(sent, 'agent.paid', 'paid');
    const { amountMinor, reference } = world.result() ?? {};
    assert.equal(amountMinor, 5_000);
    assert.match(reference ?? '', /^\d{6}$/);
    assert.equal((await world.orders.find(orderId))?.state, 'paid');
    assert.deepEqual(record()?.handover, { agent: '1001', orderId, way: 'detour' });
    assert.equal(record()?.entry, 'transfer');
  });

  it('goes back after the bank has said no', async () => {
    world.bank.script('purchase', { declined: 'insufficient-funds', responseCode: '51' });
    await joinedAtTheEnd(
      await world.send('detour', { orderId, script: paysOrder }),
      'agent.not-paid',
      'declined',
    );
    assert.equal(world.result()?.reason, 'insufficient-funds');
  });

  it('goes back after two wrong PINs', async () => {
    const script = ['1', '111111', '222222'];
    await joinedAtTheEnd(await world.send('detour', { orderId, script }), 'agent.not-paid', 'declined');
    assert.equal(world.result()?.reason, 'wrong-pin');
  });

  it('goes back when the bank is silent, and the agent hears that it is not known', async () => {
    world.bank.script('purchase', 'answer-lost');
    world.bank.script('reversal', 'not-sent', 50);
    const sent = await world.send('detour', { orderId, script: paysOrder });
    await joinedAtTheEnd(sent, 'agent.not-paid', 'returning');
  });

  it('goes back with key 0, unpaid', async () => {
    await joinedAtTheEnd(
      await world.send('detour', { orderId, script: ['0'] }),
      'agent.not-paid',
      'not-paid',
    );
  });

  it('goes back after silence, unpaid', async () => {
    const script = ['silence', 'silence', 'silence'];
    await joinedAtTheEnd(await world.send('detour', { orderId, script }), 'agent.not-paid', 'not-paid');
  });

  it('is in the menu without an order, and goes back from there', async () => {
    const sent = await world.send('detour', { script: ['2', '1', '50#', ...paysOrder] });
    await joinedAtTheEnd(sent, 'agent.paid', 'paid');
    assert.deepEqual(record()?.handover, { agent: '1001', orderId: undefined, way: 'detour' });
  });

  it('cannot be sent again for an order that is paid', async () => {
    const sent = await world.send('detour', { orderId, script: paysOrder });
    await world.comesTo('joined');
    sent.call.callerHangsUp();
    await world.quiet();
    const { outcome } = await world.sessions.begin({
      ...{ channelId: world.channelId, way: 'detour', orderId, agent: '1001' },
    });
    assert.equal(outcome, 'order-not-open');
  });

  it('may hang up: the agent is told and freed', async () => {
    const { line } = await world.send('detour', { orderId, script: ['hangup'] });
    await world.quiet();
    assert.deepEqual(line.transcript, ['= holds', '> agent.caller-gone', '= hung up']);
    assert.equal(record()?.end?.outcome, 'caller-hung-up');
    assert.equal(world.result()?.outcome, 'caller-gone');
  });

  it('may hang up while the bank decides: the agent is told at once, and the payment goes to its end', async () => {
    const release = world.bank.hold('purchase');
    const { call, line } = await world.send('detour', { orderId, script: paysOrder });
    await world.comesTo('paying');
    call.callerHangsUp();
    await line.ended;
    assert.deepEqual(line.transcript, ['= holds', '> agent.caller-gone', '= hung up']);
    assert.equal(world.result(), undefined);
    release();
    await world.quiet();
    assert.equal(world.result()?.outcome, 'paid');
    assert.equal((await world.orders.find(orderId))?.state, 'paid');
  });

  it('pays on when the agent has hung up, and goes to the queue afterwards, told so', async () => {
    const release = world.bank.hold('purchase');
    const { call, line } = await world.send('detour', { orderId, script: paysOrder });
    await world.comesTo('paying');
    line.agentHangsUp();
    release();
    await world.quiet();
    assert.equal(call.endedBy, 'transfer');
    assert.ok(call.transcript.includes('> agents.instead'), call.transcript.join('\n'));
    assert.equal(call.attachment?.language, 'en');
    assert.match(call.attachment.position, /^[A-Za-z0-9.-]+$/);
    assert.equal(record()?.end?.outcome, 'transferred');
    assert.equal(world.result()?.outcome, 'paid');
  });

  it('goes to the queue when the agent hangs up while hearing the result', async () => {
    const { call } = await world.send('detour', {
      ...{ orderId, script: paysOrder, agentHangsUpDuring: 'agent.paid' },
    });
    await world.quiet();
    assert.equal(call.endedBy, 'transfer');
  });

  it('is told that nobody is free when there is no queue either', async () => {
    const release = world.bank.hold('purchase');
    const { call, line } = await world.send('detour', { orderId, script: paysOrder, hasAgents: false });
    await world.comesTo('paying');
    line.agentHangsUp();
    release();
    await world.quiet();
    assert.ok(call.transcript.includes('> agents-unavailable'), call.transcript.join('\n'));
    assert.equal(call.endedBy, 'us');
  });

  it('is hung up when the agent hangs up on them afterwards', async () => {
    const { call, line } = await world.send('detour', { orderId, script: paysOrder });
    await world.comesTo('joined');
    line.agentHangsUp();
    await world.quiet();
    assert.equal(call.endedBy, 'us');
    assert.equal(record()?.end?.outcome, 'returned');
  });

  it('is given back when the call cannot be written down, and cannot pay', async () => {
    world.callLog.failsToBegin = true;
    const { call, line } = await world.send('detour', { orderId, script: paysOrder });
    await world.comesTo('joined');
    assert.deepEqual(call.heard, []);
    assert.ok(line.transcript.includes('> agent.not-paid'));
    assert.equal(world.bank.journal.length, 0);
    line.agentHangsUp();
    await world.quiet();
  });

  it('is sent by the feature code too, without an order', async () => {
    const conversation = world.callCentre.talk('other');
    world.callCentre.keyPayment(conversation);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      world.callCentre.moves.map(({ channelId, agentComesToo }) => [channelId, agentComesToo]),
      [['other', true]],
    );
  });
});
