import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import type { Listen } from '../../../src/dialogue/line.js';
import { isSettled, settle } from '../../support/settle.js';
import { amount, CallBench, digitsOf, heardOut, interruptible, menu, pin, says } from './call-bench.js';

describe('a call on Asterisk whose connection was lost', () => {
  let bench: CallBench;

  beforeEach(() => {
    bench = new CallBench();
  });
  afterEach(() => bench.time.restore());

  it('asks the open question again, with an apology', async () => {
    const answer = bench.call.answers(says('ask-amount'), interruptible, amount);
    await bench.promptEnds();
    bench.press('5');
    bench.call.connectionLost();
    bench.time.tick(20_000);
    assert.equal(await isSettled(answer), false);
    bench.call.connectionRestored();
    await settle();
    assert.deepEqual(bench.ari.requests, ['play ask-amount', 'play sorry+ask-amount']);
    bench.time.tick(2_000);
    bench.press('50#');
    assert.deepEqual(await answer, { type: 'digits', digits: '50' });
  });

  it('never goes on in the middle of a PIN', async () => {
    const answer = bench.call.answers(says('ask-pin'), { interruptible: true, dropsTypeAhead: true }, pin);
    await bench.promptEnds();
    bench.press('135');
    bench.call.connectionLost();
    bench.call.connectionRestored();
    bench.press('790');
    await settle();
    bench.time.tick(2_000);
    bench.press('864209');
    assert.equal(digitsOf(await answer), '864209');
  });

  it('forgets what was typed ahead, because keys are missing', async () => {
    bench.press('21');
    bench.call.connectionLost();
    bench.call.connectionRestored();
    const answer = bench.call.answers(says('main-menu'), interruptible, menu);
    assert.equal(await isSettled(answer), false);
  });

  it('stops the question that is still being said before it says it again', async () => {
    const answer = bench.call.answers(says('main-menu'), interruptible, menu);
    await settle();
    bench.call.connectionLost();
    await settle();
    bench.call.connectionRestored();
    await settle();
    assert.deepEqual(bench.ari.requests, ['play main-menu', 'stop 1', 'play sorry+main-menu']);
    bench.time.tick(2_000);
    bench.press('1');
    assert.deepEqual(await answer, { type: 'key', key: '1' });
  });

  it('takes a line as heard whose end was not told, and waits for one that is still being said', async () => {
    const heard = bench.call.hears(says('receipt'), heardOut);
    await settle();
    bench.ari.livePlaybacks = new Set(bench.ari.playbackIds);
    bench.call.connectionLost();
    bench.call.connectionRestored();
    assert.equal(await isSettled(heard), false);
    bench.ari.livePlaybacks = new Set();
    bench.call.connectionLost();
    bench.call.connectionRestored();
    assert.equal(await heard, 'heard');
    assert.deepEqual(bench.ari.requests, ['play receipt', 'find 1', 'find 1']);
  });

  it('says a line again whose request was lost', async () => {
    const release = bench.ari.hold('play');
    const heard = bench.call.hears(says('receipt'), heardOut);
    await settle();
    bench.call.connectionLost();
    release('fault');
    await settle();
    bench.call.connectionRestored();
    await bench.promptEnds();
    assert.equal(await heard, 'heard');
    assert.deepEqual(bench.ari.requests, ['play receipt', 'play receipt']);
  });

  it('says a line again whose request failed only after the connection was back', async () => {
    const release = bench.ari.hold('play');
    const heard = bench.call.hears(says('receipt'), heardOut);
    await settle();
    bench.call.connectionLost();
    bench.call.connectionRestored();
    release('fault');
    await bench.promptEnds();
    assert.equal(await heard, 'heard');
    assert.deepEqual(bench.ari.requests, ['play receipt', 'play receipt']);
  });

  it('waits with new lines until it is back', async () => {
    bench.call.connectionLost();
    const heard = bench.call.hears(says('receipt'), heardOut);
    await settle();
    assert.deepEqual(bench.ari.requests, []);
    bench.call.connectionRestored();
    await bench.promptEnds();
    assert.equal(await heard, 'heard');
  });

  it('ends when the call did not survive it', async () => {
    const answer = bench.call.answers(says('main-menu'), interruptible, menu);
    const heard = bench.call.hears(says('goodbye'), heardOut);
    await settle();
    bench.call.connectionLost();
    bench.call.left();
    assert.deepEqual(await answer, { type: 'hangup' });
    assert.equal(await heard, 'hangup');
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
          bench.beginAfresh();
          const answers = [says('first'), says('second')].map((line) =>
            bench.call.answers(line, delivery, listen),
          );
          for (const one of happenings) {
            if (typeof one === 'object') {
              if ('key' in one) {
                bench.call.key(one.key);
              } else {
                bench.time.tick(one.waitMs);
              }
            } else if (one === 'lost') {
              bench.call.connectionLost();
            } else if (one === 'restored') {
              bench.call.connectionRestored();
            } else {
              bench.call.playbackFinished(bench.ari.lastPlaybackId, one === 'failed');
            }
            await settle();
          }
          bench.call.left();
          for (const answer of await Promise.all(answers)) {
            assert.doesNotMatch(listen === pin ? inspect(answer) : '', /\d/);
          }
          await settle();
          bench.time.tick(60_000);
          await settle();
          assert.equal(bench.time.countTimers(), 0);
        },
      ),
      { numRuns: 150 },
    );
  });
});
