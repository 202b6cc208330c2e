import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { isSettled, settle } from '../../support/settle.js';
import {
  agents,
  amount,
  CallBench,
  channel,
  confirmation,
  digitsOf,
  heardOut,
  interruptible,
  menu,
  pin,
  says,
} from './call-bench.js';

describe('a call on Asterisk', () => {
  let bench: CallBench;

  beforeEach(() => {
    bench = new CallBench();
  });
  afterEach(() => bench.time.restore());

  describe('who calls', () => {
    it('is the customer whose number it is, however it was written', () => {
      assert.equal(bench.call.callerNumber, '13800138000');
      assert.equal(bench.call.serviceNumber, '12580');
      assert.equal(bench.call.entry, 'direct');
    });

    it('is nobody when it is no telephone number', () => {
      for (const callerNumber of [
        '',
        'anonymous',
        '1380013800a',
        '1'.repeat(16),
        "1'--",
        '1\r\nX: 2',
        '8000',
        '++1',
      ]) {
        assert.equal(bench.begin({ ...channel, callerNumber }).callerNumber, undefined);
      }
    });

    it('was sent by an agent when something was handed over', () => {
      const handover = { agent: '1001', orderCode: '123456', ticket: undefined };
      const sent = bench.begin(channel, agents, handover);
      assert.equal(sent.entry, 'transfer');
      assert.deepEqual(sent.handover, handover);
    });
  });

  it('is answered, or the caller has gone', async () => {
    assert.equal(await bench.call.answer(), true);
    bench.ari.answersTo.answer = 'gone';
    assert.equal(await bench.call.answer(), false);
    await bench.call.ended;
  });

  it('says a line in one request and hears a key: two requests a menu step at the most', async () => {
    const answer = bench.call.answers(says('welcome', 'main-menu'), interruptible, menu);
    await settle();
    bench.press('2');
    assert.deepEqual(await answer, { type: 'key', key: '2' });
    assert.deepEqual(bench.ari.requests, ['play welcome+main-menu', 'stop 1']);
    assert.equal(bench.call.ariRequests, 2);
  });

  it('says the next line without waiting until the last one has stopped', async () => {
    const first = bench.call.answers(says('main-menu'), interruptible, menu);
    await settle();
    bench.ari.hold('stop');
    bench.press('2');
    await first;
    void bench.call.answers(says('ask-amount'), interruptible, amount);
    await settle();
    assert.deepEqual(bench.ari.requests, ['play main-menu', 'stop 1', 'play ask-amount']);
  });

  it('starts the first-digit timer when the speech ends', async () => {
    const answer = bench.call.answers(says('main-menu'), interruptible, menu);
    await settle();
    bench.time.tick(20_000);
    assert.equal(await isSettled(answer), false);
    await bench.promptEnds();
    bench.time.tick(4_999);
    assert.equal(await isSettled(answer), false);
    bench.time.tick(1);
    assert.deepEqual(await answer, { type: 'silence' });
  });

  it('says nothing to a caller who has typed ahead', async () => {
    bench.press('2150#');
    assert.deepEqual(await bench.call.answers(says('main-menu'), interruptible, menu), {
      type: 'key',
      key: '2',
    });
    assert.equal(await bench.call.hears(says('one-moment'), interruptible), 'interrupted');
    assert.deepEqual(await bench.call.answers(says('recharge'), interruptible, menu), {
      type: 'key',
      key: '1',
    });
    assert.deepEqual(await bench.call.answers(says('ask-amount'), interruptible, amount), {
      type: 'digits',
      digits: '50',
    });
    assert.deepEqual(bench.ari.requests, []);
  });

  it('lets a line that must be heard be heard, and keeps the keys meanwhile', async () => {
    bench.press('9');
    const heard = bench.call.hears(says('receipt'), heardOut);
    await settle();
    bench.press('1');
    assert.equal(await isSettled(heard), false);
    await bench.promptEnds();
    assert.equal(await heard, 'heard');
    assert.deepEqual(await bench.call.answers(says('more'), interruptible, menu), { type: 'key', key: '9' });
    assert.deepEqual(await bench.call.answers(says('more'), interruptible, menu), { type: 'key', key: '1' });
  });

  it('takes a key for an amount only once the amount was heard', async () => {
    bench.press('1');
    const answer = bench.call.answers(says('confirm'), confirmation, menu);
    await settle();
    bench.press('1');
    bench.time.tick(2_000);
    bench.press('2');
    assert.equal(await isSettled(answer), false);
    await bench.promptEnds();
    assert.deepEqual(await answer, { type: 'key', key: '2' });
    assert.deepEqual(bench.ari.requests, ['play confirm']);
  });

  it('cuts a line short that is only heard', async () => {
    const heard = bench.call.hears(says('one-moment'), interruptible);
    await settle();
    bench.press('1');
    assert.equal(await heard, 'interrupted');
    assert.deepEqual(await bench.call.answers(says('more'), interruptible, menu), { type: 'key', key: '1' });
  });

  it('says lines one after the other, whoever asks for them', async () => {
    const first = bench.call.hears(says('one-moment'), heardOut);
    const second = bench.call.hears(says('receipt'), heardOut);
    await bench.promptEnds();
    assert.equal(await first, 'heard');
    assert.deepEqual(bench.ari.requests, ['play one-moment', 'play receipt']);
    await bench.promptEnds();
    assert.equal(await second, 'heard');
  });

  it('collects a PIN that nothing shows', async () => {
    bench.press('99');
    const answer = bench.call.answers(says('ask-pin'), { interruptible: true, dropsTypeAhead: true }, pin);
    await settle();
    bench.press('135790');
    const result = await answer;
    for (const shown of [
      inspect(bench.call, { depth: 9, showHidden: true }),
      inspect(result),
      JSON.stringify(result),
    ]) {
      assert.doesNotMatch(shown, /135790|1.{0,3}3.{0,3}5.{0,3}7.{0,3}9.{0,3}0/);
    }
    assert.deepEqual(bench.log.lines, []);
    assert.equal(digitsOf(result), '135790');
  });

  describe('when the caller hangs up', () => {
    it('answers the question with it, at whatever moment', async () => {
      const moments: readonly (() => Promise<void>)[] = [
        async () => undefined,
        async () => settle(),
        async () => {
          await settle();
          bench.press('1');
        },
        async () => bench.promptEnds(),
      ];
      for (const moment of moments) {
        bench.beginAfresh();
        const answer = bench.call.answers(says('ask-amount'), interruptible, amount);
        await moment();
        bench.call.left();
        bench.call.left();
        assert.deepEqual(await answer, { type: 'hangup' });
        await bench.call.ended;
      }
      assert.equal(bench.time.countTimers(), 0);
    });

    it('does not wait for a request that is in flight', async () => {
      const release = bench.ari.hold('play');
      const answer = bench.call.answers(says('main-menu'), interruptible, menu);
      const heard = bench.call.hears(says('goodbye'), heardOut);
      await settle();
      bench.call.left();
      assert.deepEqual(await answer, { type: 'hangup' });
      assert.equal(await heard, 'hangup');
      release('fault');
      await settle();
      assert.deepEqual(bench.log.lines, []);
    });

    it('learns it from Asterisk when no event told it', async () => {
      bench.ari.answersTo.play = 'gone';
      assert.deepEqual(await bench.call.answers(says('main-menu'), interruptible, menu), { type: 'hangup' });
      await bench.call.ended;
      assert.deepEqual(await bench.call.answers(says('main-menu'), interruptible, menu), { type: 'hangup' });
      assert.equal(await bench.call.answer(), false);
      assert.equal(await bench.call.transfer('agents'), 'unavailable');
      assert.deepEqual(bench.ari.requests, ['play main-menu']);
    });

    it('wipes a secret that nobody will take', async () => {
      const answer = bench.call.answers(
        says('wrong-pin'),
        { interruptible: false, dropsTypeAhead: true },
        pin,
      );
      await settle();
      bench.press('135790');
      bench.call.left();
      assert.deepEqual(await answer, { type: 'hangup' });
    });

    it('does not call it a fault that the prompt failed', async () => {
      const answer = bench.call.answers(says('main-menu'), interruptible, menu);
      await settle();
      bench.call.playbackFinished(bench.ari.lastPlaybackId, true);
      bench.call.left();
      await answer;
      bench.time.tick(10_000);
      await settle();
      assert.deepEqual(bench.log.lines, []);
    });
  });

  it('tells of a prompt that cannot be played', async () => {
    const heard = bench.call.hears(says('no-such-file'), heardOut);
    await settle();
    bench.call.playbackFinished(bench.ari.lastPlaybackId, true);
    assert.equal(await heard, 'heard');
    bench.time.tick(1_000);
    await settle();
    assert.deepEqual(bench.log.lines, ['ERROR a prompt could not be played {"channelId":"1700000000.1"}']);
  });

  it('rejects when Asterisk fails, and can be asked again', async () => {
    bench.ari.answersTo.play = 'fault';
    await assert.rejects(bench.call.answers(says('main-menu'), interruptible, menu), /refused/);
    bench.ari.answersTo.play = 'done';
    const answer = bench.call.answers(says('main-menu'), interruptible, menu);
    await settle();
    bench.press('1');
    assert.deepEqual(await answer, { type: 'key', key: '1' });
  });

  describe('sent to the agents', () => {
    it('leaves us, even when that is told before the answer', async () => {
      const release = bench.ari.hold('continue');
      const transfer = bench.call.transfer('agents');
      await settle();
      bench.call.left();
      release('done');
      assert.equal(await transfer, 'transferred');
      assert.deepEqual(bench.ari.requests, ['continue agents 12581']);
    });

    it('stays when there are no agents or they cannot be reached', async () => {
      const release = bench.ari.hold('continue');
      const transfer = bench.call.transfer('agents');
      release('fault');
      assert.equal(await transfer, 'unavailable');
      assert.match(bench.log.lines.join(), /^ERROR a caller could not be sent/);
      bench.ari.requests.length = 0;
      const alone = bench.begin(channel, 'no agents');
      assert.equal(await alone.transfer('agents'), 'unavailable');
      assert.deepEqual(bench.ari.requests, []);
    });
  });

  it('is refused when it was never picked up, so that the network tries another node', async () => {
    await bench.call.hangUp();
    assert.deepEqual(bench.ari.requests, ['hang up congestion']);
  });

  it('is hung up once', async () => {
    await bench.call.answer();
    bench.ari.requests.length = 0;
    await Promise.all([bench.call.hangUp(), bench.call.hangUp()]);
    await bench.call.ended;
    assert.deepEqual(bench.ari.requests, ['hang up normal']);
  });

  it('is over for us when it cannot be hung up, and somebody is told', async () => {
    bench.ari.answersTo.hangUp = 'fault';
    await bench.call.hangUp();
    await bench.call.ended;
    assert.match(bench.log.lines.join(), /^ERROR a call could not be hung up/);
  });
});
