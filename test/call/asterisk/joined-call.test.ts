import assert from 'node:assert/strict';
import type { AsteriskAgentLine } from '../../../src/call/asterisk/asterisk-agent-line.js';
import type { AgentLine } from '../../../src/call/call.js';
import { isSettled, settle } from '../../support/settle.js';
import { agents, CallBench, channel, heardOut, interruptible, pin, says, ticket } from './call-bench.js';

const bridge = `walletline-${ticket}`;
const { id } = channel;

describe('a call joined with an agent', () => {
  let bench: CallBench;
  let line: AsteriskAgentLine;

  beforeEach(() => {
    bench = new CallBench();
    bench.call = bench.begin(channel, agents, { agent: '1001', orderCode: undefined, ticket });
    line = bench.beginAgentLine();
  });
  afterEach(() => bench.time.restore());

  const join = async (): Promise<void> => {
    assert.equal(await bench.call.join(line), 'joined');
    bench.ari.requests.length = 0;
  };
  const members = (): string[] => [...(bench.ari.bridges.get(bridge) ?? [])];

  describe('is joined', () => {
    it('in a bridge named by the ticket, the agent without music and last', async () => {
      assert.equal(await bench.call.join(line), 'joined');
      assert.deepEqual(bench.ari.requests, [
        `make ${bridge}`,
        `add ${id}`,
        'no music to agent-1',
        'add agent-1',
      ]);
      assert.equal(await bench.call.joinedTicket(), ticket);
    });

    it('after what is being said to either of them', async () => {
      const toCaller = bench.call.hears(says('agent-follows'), heardOut);
      const joined = bench.call.join(line);
      const toAgent = line.hears(says('agent.paid'));
      await settle();
      assert.deepEqual(bench.ari.requests, ['play agent-follows', 'play agent.paid']);
      for (const playbackId of bench.ari.playbackIds) {
        bench.call.playbackFinished(playbackId, false);
        line.playbackFinished(playbackId, false);
      }
      await Promise.all([toCaller, toAgent]);
      assert.equal(await joined, 'joined');
    });

    it('and hears no music when something is said to the agent afterwards', async () => {
      await line.hold();
      await join();
      const heard = line.hears(says('agent.paid'));
      await settle();
      line.playbackFinished(bench.ari.lastPlaybackId, false);
      await heard;
      assert.deepEqual(bench.ari.requests, ['play agent.paid']);
    });

    it('with nobody of another switch', async () => {
      const { channelId, agent } = line;
      const stranger = { channelId, agent, ticket } as AgentLine;
      await assert.rejects(bench.call.join(stranger), /same switch/);
    });
  });

  describe('is not joined', () => {
    it('when the agent is gone: the caller is with us alone', async () => {
      bench.ari.answersTo.addToBridge = 'gone';
      const addCaller = bench.ari.hold('addToBridge');
      const joined = bench.call.join(line);
      await settle();
      addCaller('done');
      assert.equal(await joined, 'gone');
      await line.ended;
      assert.equal(await isSettled(bench.call.ended), false);
      assert.equal(bench.ari.bridges.size, 0);
      assert.equal(await bench.call.joinedTicket(), undefined);
    });

    it('for longer than a moment when the agent hangs up while being added', async () => {
      const add = bench.ari.hold('addToBridge');
      const joined = bench.call.join(line);
      await settle();
      line.left();
      add('done');
      assert.equal(await joined, 'joined');
      await settle();
      assert.equal(bench.ari.bridges.size, 0);
      assert.equal(await isSettled(bench.call.ended), false);
    });

    it('when the caller hangs up meanwhile, and no bridge stays behind', async () => {
      for (const operation of ['createBridge', 'addToBridge', 'stopMusic'] as const) {
        bench.beginAfresh();
        line = bench.beginAgentLine();
        const release = bench.ari.hold(operation);
        const joined = bench.call.join(line);
        await settle();
        bench.call.left();
        await settle();
        release('done');
        assert.equal(await joined, 'gone', operation);
        await settle();
        assert.equal(bench.ari.bridges.size, 0, operation);
        assert.equal(await isSettled(line.ended), false, operation);
      }
    });

    it('when Asterisk fails: that is a fault, and nobody stays in a bridge', async () => {
      bench.ari.answersTo.addToBridge = 'fault';
      await assert.rejects(bench.call.join(line), /refused/);
      assert.equal(bench.ari.bridges.size, 0);
      bench.ari.answersTo.addToBridge = 'done';
      await join();
    });
  });

  it('is joined again from the start when the connection was lost in between', async () => {
    const release = bench.ari.hold('addToBridge');
    const joined = bench.call.join(line);
    await settle();
    bench.call.connectionLost();
    line.connectionLost();
    release('fault');
    await settle();
    assert.equal(await isSettled(joined), false);
    bench.call.connectionRestored();
    line.connectionRestored();
    assert.equal(await joined, 'joined');
    assert.deepEqual(members(), [id, 'agent-1']);
  });

  describe('ends', () => {
    it('with the agent: the caller stays', async () => {
      await join();
      line.left();
      await settle();
      assert.deepEqual(bench.ari.requests, [`remove ${id}`, `end ${bridge}`]);
      assert.equal(await bench.call.joinedTicket(), undefined);
      assert.equal(await isSettled(bench.call.ended), false);
    });

    it('with the caller: the agent stays', async () => {
      await join();
      bench.call.left();
      line.left();
      await settle();
      assert.deepEqual(bench.ari.requests, [`end ${bridge}`]);
    });

    for (const leaver of ['agent', 'caller'] as const) {
      it(`before anything is said to who stays, the ${leaver} being gone: it would be lost`, async () => {
        await join();
        const release = bench.ari.hold('removeFromBridge');
        const left = leaver === 'agent' ? line : bench.call;
        left.left();
        await left.ended;
        const stayer = leaver === 'agent' ? bench.call : line;
        const heard = stayer === line ? line.hears(says('gone')) : bench.call.hears(says('gone'), heardOut);
        await settle();
        assert.ok(!bench.ari.requests.includes('play gone'));
        release('done');
        await settle();
        assert.ok(bench.ari.requests.includes('play gone'));
        stayer.playbackFinished(bench.ari.lastPlaybackId, false);
        await heard;
      });
    }

    it('when we hang either up', async () => {
      await join();
      await line.hangUp();
      await settle();
      assert.deepEqual(bench.ari.requests, ['hang up normal', `remove ${id}`, `end ${bridge}`]);
    });

    it('calmly when Asterisk has ended it, and is written down when that fails', async () => {
      await join();
      bench.ari.answersTo.destroyBridge = 'gone';
      line.left();
      await settle();
      assert.deepEqual(bench.log.lines, []);
      bench.beginAfresh();
      line = bench.beginAgentLine();
      await join();
      bench.ari.answersTo.destroyBridge = 'fault';
      line.left();
      await settle();
      assert.match(bench.log.lines.join(), /^ERROR a conversation could not be ended/);
    });

    it('when the caller is sent to the agents: out of it first, whether or not that works', async () => {
      for (const answer of ['done', 'gone', 'fault'] as const) {
        bench.beginAfresh();
        line = bench.beginAgentLine();
        await join();
        bench.ari.answersTo.removeFromBridge = answer;
        assert.equal(await bench.call.transfer('agents'), 'transferred');
        await settle();
        assert.deepEqual(bench.ari.requests, [
          `remove ${id}`,
          'continue agents 12581',
          'remove agent-1',
          `end ${bridge}`,
        ]);
      }
    });
  });

  describe('from before a restart', () => {
    it('is found in its bridge, and ends with the call', async () => {
      bench.ari.bridges.set(bridge, new Set([id, 'agent-1']));
      assert.equal(await bench.call.joinedTicket(), ticket);
      const answer = bench.call.answers(says('ask-pin'), interruptible, pin);
      await settle();
      assert.equal(bench.ari.requests[1], 'mute');
      bench.call.left();
      await answer;
      await settle();
      assert.equal(bench.ari.bridges.size, 0);
    });

    it('is not found when it was in none, or only the agent is in it', async () => {
      assert.equal(await bench.call.joinedTicket(), undefined);
      bench.ari.bridges.set(bridge, new Set(['agent-1']));
      assert.equal(await bench.call.joinedTicket(), undefined);
      bench.call.left();
      await settle();
      assert.equal(bench.ari.bridges.size, 1);
    });

    it('is not looked for when no ticket came with the call', async () => {
      const direct = bench.begin(channel);
      assert.equal(await direct.joinedTicket(), undefined);
      assert.deepEqual(bench.ari.requests, []);
    });
  });

  describe('and what the next agent is told', () => {
    it('is set before the caller leaves us', async () => {
      await bench.call.transfer('agents', { language: 'zh', position: 'pay.ask-pin' });
      assert.deepEqual(bench.ari.requests, [
        'set WALLETLINE_LANGUAGE=zh',
        'set WALLETLINE_POSITION=pay.ask-pin',
        'continue agents 12581',
      ]);
    });

    it('is left out when it could be more than words, or cannot be set: the caller goes all the same', async () => {
      const attachment = { language: undefined, position: 'x\r\nX-Evil: 1' };
      assert.equal(await bench.call.transfer('agents', attachment), 'transferred');
      assert.deepEqual(bench.ari.requests, ['set WALLETLINE_LANGUAGE=', 'continue agents 12581']);
      assert.doesNotMatch(bench.log.lines.join(), /Evil/);
      bench.beginAfresh();
      bench.ari.answersTo.setVariable = 'fault';
      const to = await bench.call.transfer('agents', { language: 'en', position: 'main' });
      assert.equal(to, 'transferred');
      assert.match(bench.log.lines.at(-1) ?? '', /^ERROR an agent could not be told/);
    });
  });
});
