import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import sinon from 'sinon';
import type { AriChannel } from '../../../src/call/asterisk/ari.js';
import { type AgentsPlace, AsteriskCall } from '../../../src/call/asterisk/asterisk-call.js';
import { defaultDigitTimers } from '../../../src/call/digit-collector.js';
import type { Answer, Delivery, Listen, Speech } from '../../../src/dialogue/line.js';
import { FakeAri } from '../../support/fake-ari.js';
import { RecordedLog } from '../../support/recorded-log.js';
import { isSettled, settle } from '../../support/settle.js';

const channel: AriChannel = {
  id: '1700000000.1',
  isUp: false,
  callerNumber: '+8613800138000',
  dialledNumber: '12580',
  args: [],
};
const agents: AgentsPlace = { context: 'agents', extension: '12581' };
const interruptible: Delivery = { interruptible: true, dropsTypeAhead: false };
const heardOut: Delivery = { interruptible: false, dropsTypeAhead: false };
const confirmation: Delivery = { interruptible: false, dropsTypeAhead: true };
const menu: Listen = { for: 'key' };
const amount: Listen = { for: 'digits-until-hash', max: 4 };
const pin: Listen = { for: 'secret', kind: 'card-pin', length: 6 };

const says = (...prompts: string[]): Speech => ({
  language: 'en',
  utterances: prompts.map((prompt) => ({ prompt })),
});

describe('a call on Asterisk', () => {
  let time: sinon.SinonFakeTimers;
  let ari: FakeAri;
  let log: RecordedLog;
  let call: AsteriskCall;

  const callOn = (on: AriChannel, place: AgentsPlace | undefined = agents): AsteriskCall =>
    new AsteriskCall(on, {
      ari,
      agents: place,
      recordings: (speech) => speech.utterances.map(({ prompt }) => `en/${prompt}`),
      soundPrefix: 'walletline',
      timers: defaultDigitTimers,
      clock: { now: () => new Date(time.now), monotonicMs: () => time.now },
      log,
    });

  beforeEach(() => {
    time = sinon.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
      now: 100_000,
    });
    ari = new FakeAri();
    log = new RecordedLog();
    call = callOn(channel);
  });
  afterEach(() => time.restore());

  const press = (keys: string): void => {
    for (const key of keys) {
      call.key(key);
      time.tick(10);
    }
  };
  const promptEnds = async (): Promise<void> => {
    await settle();
    call.playbackFinished(ari.lastPlaybackId, false);
    await settle();
  };
  const pinOf = (answer: Answer): string => {
    assert.ok(answer.type === 'secret');
    return answer.secret.open((digits) => digits.toString('ascii'));
  };

  describe('who calls', () => {
    it('is a number of at most 15 digits, without its +', () => {
      assert.equal(call.callerNumber, '8613800138000');
      assert.equal(call.serviceNumber, '12580');
      assert.equal(call.entry, 'direct');
    });

    it('is nobody when it is no telephone number', () => {
      for (const callerNumber of [
        '',
        'anonymous',
        '1380013800a',
        '1'.repeat(16),
        "1'--",
        '1\r\nX: 2',
        '++1',
      ]) {
        assert.equal(callOn({ ...channel, callerNumber }).callerNumber, undefined);
      }
    });

    it('was sent by an agent when the dialplan says so', () => {
      assert.equal(callOn({ ...channel, args: ['transfer'] }).entry, 'transfer');
    });
  });

  it('is answered, or the caller has gone', async () => {
    assert.equal(await call.answer(), true);
    ari.answersTo.answer = 'gone';
    assert.equal(await call.answer(), false);
    await call.ended;
  });

  it('says a line in one request and hears a key: two requests a menu step at the most', async () => {
    const answer = call.answers(says('welcome', 'main-menu'), interruptible, menu);
    await settle();
    press('2');
    assert.deepEqual(await answer, { type: 'key', key: '2' });
    assert.deepEqual(ari.requests, ['play welcome+main-menu', 'stop 1']);
    assert.equal(call.ariRequests, 2);
  });

  it('says the next line without waiting until the last one has stopped', async () => {
    const first = call.answers(says('main-menu'), interruptible, menu);
    await settle();
    ari.hold('stop');
    press('2');
    await first;
    void call.answers(says('ask-amount'), interruptible, amount);
    await settle();
    assert.deepEqual(ari.requests, ['play main-menu', 'stop 1', 'play ask-amount']);
  });

  it('starts the first-digit timer when the speech ends', async () => {
    const answer = call.answers(says('main-menu'), interruptible, menu);
    await settle();
    time.tick(20_000);
    assert.equal(await isSettled(answer), false);
    await promptEnds();
    time.tick(4_999);
    assert.equal(await isSettled(answer), false);
    time.tick(1);
    assert.deepEqual(await answer, { type: 'silence' });
  });

  it('says nothing to a caller who has typed ahead', async () => {
    press('2150#');
    assert.deepEqual(await call.answers(says('main-menu'), interruptible, menu), { type: 'key', key: '2' });
    assert.equal(await call.hears(says('one-moment'), interruptible), 'interrupted');
    assert.deepEqual(await call.answers(says('recharge'), interruptible, menu), { type: 'key', key: '1' });
    assert.deepEqual(await call.answers(says('ask-amount'), interruptible, amount), {
      type: 'digits',
      digits: '50',
    });
    assert.deepEqual(ari.requests, []);
  });

  it('lets a line that must be heard be heard, and keeps the keys meanwhile', async () => {
    press('9');
    const heard = call.hears(says('receipt'), heardOut);
    await settle();
    press('1');
    assert.equal(await isSettled(heard), false);
    await promptEnds();
    assert.equal(await heard, 'heard');
    assert.deepEqual(await call.answers(says('more'), interruptible, menu), { type: 'key', key: '9' });
    assert.deepEqual(await call.answers(says('more'), interruptible, menu), { type: 'key', key: '1' });
  });

  it('takes a key for an amount only once the amount was heard', async () => {
    press('1');
    const answer = call.answers(says('confirm'), confirmation, menu);
    await settle();
    press('1');
    time.tick(2_000);
    press('2');
    assert.equal(await isSettled(answer), false);
    await promptEnds();
    assert.deepEqual(await answer, { type: 'key', key: '2' });
    assert.deepEqual(ari.requests, ['play confirm']);
  });

  it('cuts a line short that is only heard', async () => {
    const heard = call.hears(says('one-moment'), interruptible);
    await settle();
    press('1');
    assert.equal(await heard, 'interrupted');
    assert.deepEqual(await call.answers(says('more'), interruptible, menu), { type: 'key', key: '1' });
  });

  it('says lines one after the other, whoever asks for them', async () => {
    const first = call.hears(says('one-moment'), heardOut);
    const second = call.hears(says('receipt'), heardOut);
    await promptEnds();
    assert.equal(await first, 'heard');
    assert.deepEqual(ari.requests, ['play one-moment', 'play receipt']);
    await promptEnds();
    assert.equal(await second, 'heard');
  });

  it('collects a PIN that nothing shows', async () => {
    press('99');
    const answer = call.answers(says('ask-pin'), { interruptible: true, dropsTypeAhead: true }, pin);
    await settle();
    press('135790');
    const result = await answer;
    for (const shown of [
      inspect(call, { depth: 9, showHidden: true }),
      inspect(result),
      JSON.stringify(result),
    ]) {
      assert.doesNotMatch(shown, /135790|1.{0,3}3.{0,3}5.{0,3}7.{0,3}9.{0,3}0/);
    }
    assert.deepEqual(log.lines, []);
    assert.equal(pinOf(result), '135790');
  });

  describe('when the caller hangs up', () => {
    it('answers the question with it, at whatever moment', async () => {
      const moments: readonly (() => Promise<void>)[] = [
        async () => undefined,
        async () => settle(),
        async () => {
          await settle();
          press('1');
        },
        async () => promptEnds(),
      ];
      for (const moment of moments) {
        call = callOn(channel);
        const answer = call.answers(says('ask-amount'), interruptible, amount);
        await moment();
        call.left();
        call.left();
        assert.deepEqual(await answer, { type: 'hangup' });
        await call.ended;
      }
      assert.equal(time.countTimers(), 0);
    });

    it('does not wait for a request that is in flight', async () => {
      const release = ari.hold('play');
      const answer = call.answers(says('main-menu'), interruptible, menu);
      const heard = call.hears(says('goodbye'), heardOut);
      await settle();
      call.left();
      assert.deepEqual(await answer, { type: 'hangup' });
      assert.equal(await heard, 'hangup');
      release('fault');
      await settle();
      assert.deepEqual(log.lines, []);
    });

    it('learns it from Asterisk when no event told it', async () => {
      ari.answersTo.play = 'gone';
      assert.deepEqual(await call.answers(says('main-menu'), interruptible, menu), { type: 'hangup' });
      await call.ended;
      assert.deepEqual(await call.answers(says('main-menu'), interruptible, menu), { type: 'hangup' });
      assert.equal(await call.answer(), false);
      assert.equal(await call.transfer('agents'), 'unavailable');
      assert.deepEqual(ari.requests, ['play main-menu']);
    });

    it('wipes a secret that nobody will take', async () => {
      const answer = call.answers(says('wrong-pin'), { interruptible: false, dropsTypeAhead: true }, pin);
      await settle();
      press('135790');
      call.left();
      assert.deepEqual(await answer, { type: 'hangup' });
    });

    it('does not call it a fault that the prompt failed', async () => {
      const answer = call.answers(says('main-menu'), interruptible, menu);
      await settle();
      call.playbackFinished(ari.lastPlaybackId, true);
      call.left();
      await answer;
      time.tick(10_000);
      await settle();
      assert.deepEqual(log.lines, []);
    });
  });

  it('tells of a prompt that cannot be played', async () => {
    const heard = call.hears(says('no-such-file'), heardOut);
    await settle();
    call.playbackFinished(ari.lastPlaybackId, true);
    assert.equal(await heard, 'heard');
    time.tick(1_000);
    await settle();
    assert.deepEqual(log.lines, ['ERROR a prompt could not be played {"channelId":"1700000000.1"}']);
  });

  it('rejects when Asterisk fails, and can be asked again', async () => {
    ari.answersTo.play = 'fault';
    await assert.rejects(call.answers(says('main-menu'), interruptible, menu), /refused/);
    ari.answersTo.play = 'done';
    const answer = call.answers(says('main-menu'), interruptible, menu);
    await settle();
    press('1');
    assert.deepEqual(await answer, { type: 'key', key: '1' });
  });

  describe('sent to the agents', () => {
    it('leaves us, even when that is told before the answer', async () => {
      const release = ari.hold('continue');
      const transfer = call.transfer('agents');
      await settle();
      call.left();
      release('done');
      assert.equal(await transfer, 'transferred');
      assert.deepEqual(ari.requests, ['continue agents 12581']);
    });

    it('stays when there are no agents or they cannot be reached', async () => {
      const release = ari.hold('continue');
      const transfer = call.transfer('agents');
      release('fault');
      assert.equal(await transfer, 'unavailable');
      assert.match(log.lines.join(), /^ERROR a caller could not be sent/);
      ari.requests.length = 0;
      const alone = new AsteriskCall(channel, {
        ari,
        agents: undefined,
        recordings: () => [],
        soundPrefix: 'walletline',
        timers: defaultDigitTimers,
        clock: { now: () => new Date(0), monotonicMs: () => 0 },
        log,
      });
      assert.equal(await alone.transfer('agents'), 'unavailable');
      assert.deepEqual(ari.requests, []);
    });
  });

  it('is hung up once', async () => {
    await Promise.all([call.hangUp(), call.hangUp()]);
    await call.ended;
    assert.deepEqual(ari.requests, ['hang up normal']);
  });

  it('is over for us when it cannot be hung up, and somebody is told', async () => {
    ari.answersTo.hangUp = 'fault';
    await call.hangUp();
    await call.ended;
    assert.match(log.lines.join(), /^ERROR a call could not be hung up/);
  });

  describe('when the connection was lost', () => {
    it('asks the open question again, with an apology', async () => {
      const answer = call.answers(says('ask-amount'), interruptible, amount);
      await promptEnds();
      press('5');
      call.connectionLost();
      time.tick(20_000);
      assert.equal(await isSettled(answer), false);
      call.connectionRestored();
      await settle();
      assert.deepEqual(ari.requests, ['play ask-amount', 'play sorry-interrupted+ask-amount']);
      time.tick(2_000);
      press('50#');
      assert.deepEqual(await answer, { type: 'digits', digits: '50' });
    });

    it('never goes on in the middle of a PIN', async () => {
      const answer = call.answers(says('ask-pin'), { interruptible: true, dropsTypeAhead: true }, pin);
      await promptEnds();
      press('135');
      call.connectionLost();
      call.connectionRestored();
      press('790');
      await settle();
      time.tick(2_000);
      press('864209');
      assert.equal(pinOf(await answer), '864209');
    });

    it('forgets what was typed ahead, because keys are missing', async () => {
      press('21');
      call.connectionLost();
      call.connectionRestored();
      const answer = call.answers(says('main-menu'), interruptible, menu);
      assert.equal(await isSettled(answer), false);
    });

    it('stops the question that is still being said before it says it again', async () => {
      const answer = call.answers(says('main-menu'), interruptible, menu);
      await settle();
      call.connectionLost();
      await settle();
      call.connectionRestored();
      await settle();
      assert.deepEqual(ari.requests, ['play main-menu', 'stop 1', 'play sorry-interrupted+main-menu']);
      time.tick(2_000);
      press('1');
      assert.deepEqual(await answer, { type: 'key', key: '1' });
    });

    it('takes a line as heard whose end was not told, and waits for one that is still being said', async () => {
      const heard = call.hears(says('receipt'), heardOut);
      await settle();
      ari.livePlaybacks = new Set(ari.playbackIds);
      call.connectionLost();
      call.connectionRestored();
      assert.equal(await isSettled(heard), false);
      ari.livePlaybacks = new Set();
      call.connectionLost();
      call.connectionRestored();
      assert.equal(await heard, 'heard');
      assert.deepEqual(ari.requests, ['play receipt', 'find 1', 'find 1']);
    });

    it('says a line again whose request was lost', async () => {
      const release = ari.hold('play');
      const heard = call.hears(says('receipt'), heardOut);
      await settle();
      call.connectionLost();
      release('fault');
      await settle();
      call.connectionRestored();
      await promptEnds();
      assert.equal(await heard, 'heard');
      assert.deepEqual(ari.requests, ['play receipt', 'play receipt']);
    });

    it('waits with new lines until it is back', async () => {
      call.connectionLost();
      const heard = call.hears(says('receipt'), heardOut);
      await settle();
      assert.deepEqual(ari.requests, []);
      call.connectionRestored();
      await promptEnds();
      assert.equal(await heard, 'heard');
    });

    it('ends when the call did not survive it', async () => {
      const answer = call.answers(says('main-menu'), interruptible, menu);
      const heard = call.hears(says('goodbye'), heardOut);
      await settle();
      call.connectionLost();
      call.left();
      assert.deepEqual(await answer, { type: 'hangup' });
      assert.equal(await heard, 'hangup');
    });
  });

  it('gives each question one answer, whatever happens in whatever order', async () => {
    const happening = fc.oneof(
      fc.record({ key: fc.constantFrom(...Array.from('0123456789*#A')) }),
      fc.record({ waitMs: fc.nat(6_000) }),
      fc.constantFrom('finished', 'failed', 'lost', 'restored'),
    );
    const listens = fc.constantFrom<Listen>(menu, amount, pin);
    const deliveries = fc.record({ interruptible: fc.boolean(), dropsTypeAhead: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        listens,
        deliveries,
        fc.array(happening, { maxLength: 25 }),
        async (listen, delivery, happenings) => {
          ari = new FakeAri();
          call = callOn(channel);
          const answers = [says('first'), says('second')].map((line) => call.answers(line, delivery, listen));
          for (const one of happenings) {
            if (typeof one === 'object') {
              if ('key' in one) {
                call.key(one.key);
              } else {
                time.tick(one.waitMs);
              }
            } else if (one === 'lost') {
              call.connectionLost();
            } else if (one === 'restored') {
              call.connectionRestored();
            } else {
              call.playbackFinished(ari.lastPlaybackId, one === 'failed');
            }
            await settle();
          }
          call.left();
          for (const answer of await Promise.all(answers)) {
            assert.doesNotMatch(listen === pin ? inspect(answer) : '', /\d/);
          }
          await settle();
          time.tick(60_000);
          await settle();
          assert.equal(time.countTimers(), 0);
        },
      ),
      { numRuns: 150 },
    );
  });
});
