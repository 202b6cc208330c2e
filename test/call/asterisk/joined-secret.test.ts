import assert from 'node:assert/strict';
import type { AsteriskAgentLine } from '../../../src/call/asterisk/asterisk-agent-line.js';
import { settle } from '../../support/settle.js';
import {
  agents,
  amount,
  CallBench,
  channel,
  digitsOf,
  heardOut,
  interruptible,
  menu,
  pin,
  says,
  ticket,
} from './call-bench.js';

const bridge = `walletline-${ticket}`;

describe('a secret in a call joined with an agent', () => {
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
  it('is listened for with the caller muted from before the question until after the answer', async () => {
    await join();
    const mute = bench.ari.hold('mute');
    const answer = bench.call.answers(says('ask-pin'), interruptible, pin);
    await settle();
    bench.press('999');
    assert.deepEqual(bench.ari.requests, ['mute']);
    mute('done');
    await settle();
    bench.press('135790');
    assert.equal(digitsOf(await answer), '135790');
    await settle();
    assert.deepEqual(bench.ari.requests, ['mute', 'play ask-pin', 'stop 1', 'unmute']);
  });

  it('mutes the caller, and no other question does, nor a secret without an agent', async () => {
    const alone = bench.call.answers(says('ask-pin'), interruptible, pin);
    await settle();
    bench.press('135790');
    await alone;
    assert.ok(!bench.ari.requests.includes('mute'));
    await join();
    for (const listen of [menu, amount]) {
      const answer = bench.call.answers(says('ask'), interruptible, listen);
      await settle();
      bench.press('1#');
      await answer;
    }
    assert.ok(!bench.ari.requests.includes('mute'));
  });

  it('is not listened for when the caller cannot be muted', async () => {
    await join();
    bench.ari.answersTo.mute = 'fault';
    await assert.rejects(bench.call.answers(says('ask-pin'), interruptible, pin), /refused/);
    await settle();
    assert.deepEqual(bench.ari.requests, ['mute', 'unmute']);
    bench.ari.answersTo.mute = 'gone';
    assert.deepEqual(await bench.call.answers(says('ask-pin'), interruptible, pin), { type: 'hangup' });
    await bench.call.ended;
  });

  it('leaves nobody muted after silence, after wrong keys, after a fault, or when the agent has gone', async () => {
    const ends: readonly (() => void)[] = [
      () => bench.time.tick(5_000),
      () => bench.press('12#'),
      () => line.left(),
    ];
    for (const end of ends) {
      bench.beginAfresh();
      line = bench.beginAgentLine();
      await join();
      const answer = bench.call.answers(says('ask-pin'), heardOut, pin);
      await bench.promptEnds();
      end();
      bench.time.tick(5_000);
      await answer;
      await settle();
      assert.equal(bench.ari.requests.filter((one) => one === 'unmute').length, 1);
    }
    bench.beginAfresh();
    line = bench.beginAgentLine();
    await join();
    bench.ari.answersTo.play = 'fault';
    await assert.rejects(bench.call.answers(says('ask-pin'), interruptible, pin), /refused/);
    await settle();
    assert.deepEqual(bench.ari.requests, ['mute', 'play ask-pin', 'unmute']);
  });

  it('unmutes nobody who has hung up', async () => {
    await join();
    const answer = bench.call.answers(says('ask-pin'), interruptible, pin);
    await settle();
    bench.call.left();
    assert.deepEqual(await answer, { type: 'hangup' });
    await settle();
    assert.deepEqual(bench.ari.requests, ['mute', 'play ask-pin', 'remove agent-1', `end ${bridge}`]);
  });

  it('is followed by tries to unmute until one is done', async () => {
    await join();
    bench.ari.answersTo.unmute = 'fault';
    const answer = bench.call.answers(says('ask-pin'), interruptible, pin);
    await settle();
    bench.press('135790');
    await answer;
    await settle();
    assert.match(bench.log.lines.join(), /^ERROR a caller could not be unmuted/);
    bench.ari.answersTo.unmute = 'done';
    bench.time.tick(1_000);
    await settle();
    assert.equal(bench.ari.requests.filter((one) => one === 'unmute').length, 2);
    bench.time.tick(60_000);
    await settle();
    assert.equal(bench.ari.requests.filter((one) => one === 'unmute').length, 2);
  });

  it('is followed by unmuting when the connection is back', async () => {
    await join();
    const answer = bench.call.answers(says('ask-pin'), interruptible, pin);
    await settle();
    const unmute = bench.ari.hold('unmute');
    bench.press('135790');
    await answer;
    bench.call.connectionLost();
    unmute('fault');
    await settle();
    bench.ari.requests.length = 0;
    bench.call.connectionRestored();
    await settle();
    assert.deepEqual(bench.ari.requests, ['unmute']);
    assert.deepEqual(bench.log.lines, []);
  });

  it('is muted although the unmuting after the last one is still to come', async () => {
    await join();
    const first = bench.call.answers(says('ask-pin'), interruptible, pin);
    await settle();
    bench.press('135790');
    const unmute = bench.ari.hold('unmute');
    await first;
    const second = bench.call.answers(says('wrong-pin'), interruptible, pin);
    await settle();
    assert.equal(bench.ari.requests.at(-1), 'unmute');
    unmute('done');
    await settle();
    assert.deepEqual(bench.ari.requests.slice(-2), ['mute', 'play wrong-pin']);
    bench.press('864209');
    assert.equal(digitsOf(await second), '864209');
  });

  it('is asked for although the caller cannot be unmuted after the last one', async () => {
    await join();
    bench.ari.answersTo.unmute = 'fault';
    for (const prompt of ['ask-pin', 'wrong-pin']) {
      const answer = bench.call.answers(says(prompt), interruptible, pin);
      await settle();
      bench.time.tick(1_000);
      await settle();
      assert.deepEqual(bench.ari.requests.slice(-2), ['mute', `play ${prompt}`]);
      bench.press('135790');
      assert.equal((await answer).type, 'secret');
    }
  });

  it('waits for the connection, and is muted before the question is asked', async () => {
    await join();
    bench.call.connectionLost();
    const answer = bench.call.answers(says('ask-pin'), interruptible, pin);
    await settle();
    assert.deepEqual(bench.ari.requests, []);
    bench.call.connectionRestored();
    await settle();
    assert.deepEqual(bench.ari.requests, ['mute', 'play ask-pin']);
    bench.call.left();
    await answer;
  });
});
