import assert from 'node:assert/strict';
import type { SessionEvent } from '../../src/session/payment-sessions.js';
import { agentWorld } from '../support/agent-world.js';

describe('a caller who pays while their agent stays on the line', () => {
  let world: Awaited<ReturnType<typeof agentWorld>>;
  let orderId: string;

  beforeEach(async () => {
    world = await agentWorld();
    orderId = (await world.prepare()).id;
  });

  const channelId = 'caller-1';
  const capture = (field: 'card-number' | 'card-pin', agent = '1001') =>
    world.sessions.capture(channelId, agent, field).outcome;
  const complete = () => world.sessions.complete(channelId, '1001').outcome;
  const cancel = () => world.sessions.cancel(channelId, '1001').outcome;
  /** The agent has the PIN captured; the caller confirms with 1 and keys it. */
  const capturePin = async () => {
    await world.comesTo('awaiting-agent');
    assert.equal(capture('card-pin'), 'done');
    assert.equal(world.state(), 'with-caller');
    await world.comesTo('awaiting-agent');
  };
  const events = (): SessionEvent[] => {
    const seen: SessionEvent[] = [];
    world.sessions.watch(channelId, undefined, (event) => seen.push(event))?.();
    return seen;
  };
  const endsJoined = async (call: { callerHangsUp: () => void }, result: string) => {
    await world.comesTo('joined');
    assert.equal(world.result()?.outcome, result);
    call.callerHangsUp();
    await world.quiet();
    assert.equal(world.callLog.calls[0]?.end?.outcome, 'returned');
    assert.deepEqual(world.sessionsEnded, [`assisted ${result}`]);
  };

  it('is joined from the first moment, pays when the agent says so, and goes on talking', async () => {
    const { call, line } = await world.send('assisted', { orderId, script: ['1', '135790'] });
    await world.comesTo('awaiting-agent');
    assert.equal(call.joinedWith, line);
    await capturePin();
    assert.deepEqual(world.sessions.find(channelId)?.kept, { card: '3446', pin: true });
    assert.equal(complete(), 'done');
    assert.equal(world.state(), 'paying');
    await endsJoined(call, 'paid');
    assert.equal(line.endedBy, 'us');
    assert.deepEqual(line.transcript, ['= holds', '= hung up'], 'the agent hears none of our prompts');
  });

  it('shows the agent how many keys are pressed and never which', async () => {
    const { call } = await world.send('assisted', { orderId, script: ['1', '135790'] });
    await capturePin();
    const keyed = events().flatMap((event) =>
      event.type === 'keys' ? [`${event.field} ${event.keyed}`] : [],
    );
    assert.deepEqual(
      keyed,
      [1, 2, 3, 4, 5, 6].map((count) => `card-pin ${count}`),
    );
    assert.doesNotMatch(JSON.stringify(events()), /135790/);
    call.callerHangsUp();
    await world.quiet();
  });

  it('may key another card and another PIN when the agent asks again', async () => {
    const other = '6222020200112233446';
    const { call } = await world.send('assisted', {
      ...{ orderId, script: [`${other}#`, '1', '111111', '1', '135790'] },
    });
    await world.comesTo('awaiting-agent');
    assert.equal(capture('card-number'), 'done');
    await world.comesTo('awaiting-agent');
    await capturePin();
    await capturePin();
    assert.equal(complete(), 'done');
    await endsJoined(call, 'paid');
    assert.equal(world.bank.journal.filter(({ kind }) => kind === 'purchase').length, 1);
  });

  it('is declined', async () => {
    world.bank.script('purchase', { declined: 'insufficient-funds', responseCode: '51' });
    const { call } = await world.send('assisted', { orderId, script: ['1', '135790'] });
    await capturePin();
    complete();
    await endsJoined(call, 'declined');
  });

  it('has two tries of the PIN, each at the agent’s word: fewer than the issuer allows', async () => {
    const { call } = await world.send('assisted', {
      ...{ orderId, script: ['1', '111111', '1', '222222'] },
    });
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await capturePin();
      assert.equal(world.sessions.find(channelId)?.kept.pin, true);
      assert.equal(complete(), 'done');
    }
    await endsJoined(call, 'declined');
    assert.equal(world.sessions.find(channelId)?.kept.pin, false, 'used up');
    assert.equal(world.result()?.reason, 'wrong-pin');
  });

  it('is told of a silent bank', async () => {
    world.bank.script('purchase', 'answer-lost');
    const { call } = await world.send('assisted', { orderId, script: ['1', '135790'] });
    await capturePin();
    complete();
    await endsJoined(call, 'returning');
  });

  it('may hang up at any moment: the PIN that is kept goes, the agent is told and freed', async () => {
    const { call, line } = await world.send('assisted', { orderId, script: ['1', '135790'] });
    await capturePin();
    call.callerHangsUp();
    await world.quiet();
    assert.equal(world.sessions.find(channelId)?.kept.pin, false);
    assert.deepEqual(line.transcript.slice(-2), ['> agent.caller-gone', '= hung up']);
    assert.equal(world.callLog.calls[0]?.end?.outcome, 'caller-hung-up');
    assert.equal(world.bank.journal.length, 0);
  });

  it('goes to the queue when the agent hangs up', async () => {
    const { call, line } = await world.send('assisted', { orderId });
    await world.comesTo('awaiting-agent');
    line.agentHangsUp();
    await world.quiet();
    assert.equal(call.endedBy, 'transfer');
    assert.equal(world.result()?.outcome, 'not-paid');
  });

  it('pays to the end when the agent hangs up while the bank decides, and then goes to the queue', async () => {
    const release = world.bank.hold('purchase');
    const { call, line } = await world.send('assisted', { orderId, script: ['1', '135790'] });
    await capturePin();
    complete();
    line.agentHangsUp();
    release();
    await world.quiet();
    assert.equal(world.result()?.outcome, 'paid');
    assert.equal(call.endedBy, 'transfer');
  });

  it('stays with the agent when the agent cancels', async () => {
    const { call } = await world.send('assisted', { orderId });
    await world.comesTo('awaiting-agent');
    assert.equal(cancel(), 'done');
    await endsJoined(call, 'not-paid');
    assert.equal((await world.orders.find(orderId))?.state, 'open');
  });

  it('obeys only its own agent, and only what can be done now', async () => {
    const release = world.bank.hold('purchase');
    const { call } = await world.send('assisted', { orderId, script: ['1', '135790'] });
    await world.comesTo('awaiting-agent');
    assert.equal(capture('card-pin', '1002'), 'no-such-call');
    assert.equal(complete(), 'not-now', 'nothing is captured');
    await capturePin();
    assert.equal(complete(), 'done');
    assert.equal(complete(), 'not-now', 'it is being paid');
    assert.equal(capture('card-pin'), 'not-now');
    assert.equal(cancel(), 'not-now', 'money may be moving');
    release();
    await world.comesTo('joined');
    assert.equal(cancel(), 'not-now', 'it is paid');
    assert.equal(world.sessions.complete('nobody', '1001').outcome, 'no-such-call');
    call.callerHangsUp();
    await world.quiet();
    assert.equal(capture('card-number'), 'not-now', 'it is over');
  });

  it('needs an order', async () => {
    world.callCentre.talk(channelId);
    const { outcome } = await world.sessions.begin({
      ...{ channelId, way: 'assisted', orderId: undefined, agent: '1001' },
    });
    assert.equal(outcome, 'order-not-open');
  });
});
