import assert from 'node:assert/strict';
import type { AsteriskAgentLine } from '../../../src/call/asterisk/asterisk-agent-line.js';
import { isSettled, settle } from '../../support/settle.js';
import { CallBench, says, ticket } from './call-bench.js';

describe("an agent's line", () => {
  let bench: CallBench;
  let line: AsteriskAgentLine;

  beforeEach(() => {
    bench = new CallBench();
    line = bench.beginAgentLine();
  });
  afterEach(() => bench.time.restore());

  const promptEnds = async (): Promise<void> => {
    await settle();
    line.playbackFinished(bench.ari.lastPlaybackId, false);
    await settle();
  };

  it('says whose it is, and which caller it belongs to', () => {
    assert.deepEqual([line.agent, line.ticket, line.channelId], ['1001', ticket, 'agent-1']);
  });

  it('holds with music, which stops for what is said and comes back after it', async () => {
    await line.hold();
    const heard = line.hears(says('agent.paid', 'agent.joining'));
    await promptEnds();
    assert.equal(await heard, 'heard');
    assert.deepEqual(bench.ari.requests, [
      'music to agent-1',
      'no music to agent-1',
      'play agent.paid+agent.joining',
      'music to agent-1',
    ]);
  });

  it('hears no music that it was not given', async () => {
    const heard = line.hears(says('agent.paid'));
    await promptEnds();
    assert.equal(await heard, 'heard');
    assert.deepEqual(bench.ari.requests, ['play agent.paid']);
  });

  it('says one thing after the other', async () => {
    const [first, second] = [line.hears(says('one')), line.hears(says('two'))];
    await promptEnds();
    assert.equal(await first, 'heard');
    assert.equal(await isSettled(second), false);
    await promptEnds();
    assert.equal(await second, 'heard');
  });

  it('is over when the agent hangs up, whatever is being said', async () => {
    await line.hold();
    const heard = line.hears(says('agent.paid'));
    await settle();
    line.left();
    assert.equal(await heard, 'hangup');
    await line.ended;
    assert.equal(await line.hears(says('agent.paid')), 'hangup');
    await line.hold();
    assert.deepEqual(bench.ari.requests.slice(-1), ['play agent.paid']);
  });

  it('learns from Asterisk that the agent is gone', async () => {
    bench.ari.answersTo.startMusic = 'gone';
    await line.hold();
    await line.ended;
  });

  it('stays when the music fails, and somebody is told', async () => {
    bench.ari.answersTo.startMusic = 'fault';
    await line.hold();
    assert.equal(await isSettled(line.ended), false);
    assert.match(bench.log.lines.join(), /^ERROR an agent could not be put on hold/);
  });

  it('is freed once', async () => {
    await Promise.all([line.hangUp(), line.hangUp()]);
    await line.ended;
    assert.deepEqual(bench.ari.requests, ['hang up normal']);
  });

  it('says again what was lost with the connection, and holds when it is back', async () => {
    await line.hold();
    const release = bench.ari.hold('play');
    const heard = line.hears(says('agent.paid'));
    await settle();
    line.connectionLost();
    release('fault');
    await settle();
    assert.equal(await isSettled(heard), false);
    line.connectionRestored();
    await promptEnds();
    assert.equal(await heard, 'heard');
    assert.deepEqual(bench.ari.requests.slice(-3), [
      'no music to agent-1',
      'play agent.paid',
      'music to agent-1',
    ]);
  });

  it('waits for the connection before it holds', async () => {
    line.connectionLost();
    const held = line.hold();
    await settle();
    assert.deepEqual(bench.ari.requests, []);
    line.connectionRestored();
    await held;
    assert.deepEqual(bench.ari.requests, ['music to agent-1']);
  });
});
