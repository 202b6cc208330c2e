import assert from 'node:assert/strict';
import { isSettled, settle } from '../../support/settle.js';
import { CallBench, digitsOf, heardOut, interruptible, menu, pin, says } from './call-bench.js';

describe('a call on hold', () => {
  let bench: CallBench;

  beforeEach(() => {
    bench = new CallBench();
  });
  afterEach(() => bench.time.restore());

  it('is asked again when the caller is back, however long that takes; no timer runs meanwhile', async () => {
    const answer = bench.call.answers(says('ask-pin'), interruptible, pin);
    await bench.promptEnds();
    bench.call.heldByPhone(true);
    bench.time.tick(45_000);
    assert.equal(await isSettled(answer), false);
    bench.call.heldByPhone(false);
    await settle();
    // Nobody has to be sorry.
    assert.deepEqual(bench.ari.requests, ['play ask-pin', 'play ask-pin']);
    await bench.promptEnds();
    bench.time.tick(4_999);
    assert.equal(await isSettled(answer), false);
    bench.time.tick(1);
    assert.deepEqual(await answer, { type: 'silence' });
  });

  it('forgets the digits of a PIN from before, and keys that come meanwhile', async () => {
    const answer = bench.call.answers(says('ask-pin'), interruptible, pin);
    await bench.promptEnds();
    bench.press('1357');
    bench.call.heldByPhone(true);
    bench.press('90');
    bench.time.tick(10_000);
    bench.call.heldByPhone(false);
    await settle();
    bench.time.tick(2_000);
    bench.press('864209');
    assert.equal(digitsOf(await answer), '864209');
  });

  it('forgets keys typed ahead', async () => {
    bench.press('12');
    bench.call.heldByPhone(true);
    bench.call.heldByPhone(false);
    const answer = bench.call.answers(says('main-menu'), interruptible, menu);
    await bench.promptEnds();
    assert.equal(await isSettled(answer), false);
    bench.time.tick(5_000);
    assert.deepEqual(await answer, { type: 'silence' });
  });

  it('cuts short what is said, and says it again afterwards: nobody has heard it', async () => {
    const heard = bench.call.hears(says('paid'), heardOut);
    await settle();
    bench.call.heldByPhone(true);
    await settle();
    assert.deepEqual(bench.ari.requests, ['play paid', 'stop 1']);
    assert.equal(await isSettled(heard), false);
    bench.call.heldByPhone(false);
    await bench.promptEnds();
    assert.equal(await heard, 'heard');
    assert.deepEqual(bench.ari.requests, ['play paid', 'stop 1', 'play paid']);
  });

  it('says nothing that begins meanwhile', async () => {
    bench.call.heldByPhone(true);
    const heard = bench.call.hears(says('paid'), heardOut);
    await settle();
    assert.deepEqual(bench.ari.requests, []);
    bench.call.heldByPhone(false);
    await bench.promptEnds();
    assert.equal(await heard, 'heard');
  });

  it('has so much time in all: then its questions count as asked', async () => {
    const answer = bench.call.answers(says('ask-pin'), interruptible, pin);
    await bench.promptEnds();
    for (const ms of [200_000, 39_999]) {
      bench.call.heldByPhone(true);
      bench.time.tick(ms);
      bench.call.heldByPhone(false);
      await bench.promptEnds();
    }
    bench.call.heldByPhone(true);
    bench.time.tick(1);
    await bench.promptEnds();
    bench.time.tick(5_000);
    assert.deepEqual(await answer, { type: 'silence' });
    // Held once more, it is not waited for.
    bench.call.heldByPhone(true);
    const next = bench.call.answers(says('ask-pin'), interruptible, pin);
    await bench.promptEnds();
    bench.time.tick(5_000);
    assert.deepEqual(await next, { type: 'silence' });
  });

  it('ends with the caller who hangs up meanwhile', async () => {
    const answer = bench.call.answers(says('ask-pin'), interruptible, pin);
    await bench.promptEnds();
    bench.call.heldByPhone(true);
    bench.call.left();
    assert.deepEqual(await answer, { type: 'hangup' });
    bench.call.heldByPhone(false);
    bench.call.heldByPhone(true);
  });

  it('is asked when the connection comes back: that the caller is back may have gone unnoticed', async () => {
    const answer = bench.call.answers(says('ask-pin'), interruptible, pin);
    await bench.promptEnds();
    bench.call.heldByPhone(true);
    bench.call.connectionLost();
    bench.call.connectionRestored();
    await bench.promptEnds();
    bench.time.tick(1_000);
    bench.press('864209');
    assert.equal(digitsOf(await answer), '864209');
  });
});

describe("a caller's key", () => {
  it('counts once though Asterisk tells of it three times, and the log says so once', async () => {
    const bench = new CallBench();
    try {
      const answer = bench.call.answers(says('ask-pin'), interruptible, pin);
      await settle();
      for (const [key, at] of Array.from('135790', (each, nth) => [each, 1_000 * nth] as const)) {
        for (const afterMs of [0, 46, 192]) {
          bench.call.key(key, { endedMs: at + afterMs, durationMs: 100 });
        }
      }
      assert.equal(digitsOf(await answer), '135790');
      assert.equal(bench.log.lines.filter((line) => line.includes('more than once')).length, 1);
    } finally {
      bench.time.restore();
    }
  });
});
