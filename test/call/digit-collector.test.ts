import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import sinon from 'sinon';
import { DigitCollector, defaultDigitTimers } from '../../src/call/digit-collector.js';
import type { Collection } from '../../src/call/digit-question.js';
import type { Clock } from '../../src/clock.js';
import type { Answer, Delivery, Listen } from '../../src/dialogue/line.js';
import { isSettled } from '../support/settle.js';

const plain: Delivery = { interruptible: true, dropsTypeAhead: false };
const confirmation: Delivery = { interruptible: false, dropsTypeAhead: true };
const menu: Listen = { for: 'key' };
const amount: Listen = { for: 'digits-until-hash', max: 3 };
const phone: Listen = { for: 'digits', length: 11 };
const pin: Listen = { for: 'secret', kind: 'card-pin', length: 6 };

describe('the digit collector', () => {
  let time: sinon.SinonFakeTimers;
  let collector: DigitCollector;

  beforeEach(() => {
    time = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], now: 0 });
    const clock: Clock = { now: () => new Date(time.now), monotonicMs: () => time.now };
    collector = new DigitCollector(defaultDigitTimers, clock);
  });
  afterEach(() => time.restore());

  const press = (keys: string): void => {
    for (const key of keys) {
      collector.key(key);
      time.tick(10);
    }
  };
  /** Asks, with the speech over at once. */
  const ask = (listen: Listen, delivery: Delivery = plain): Collection => {
    collector.beginLine(delivery);
    const collection = collector.collect(listen);
    collection.speechEnded();
    return collection;
  };
  const opened = (answer: Answer): string => {
    assert.ok(answer.type === 'secret');
    return answer.secret.open((digits) => digits.toString('ascii'));
  };

  it('takes a landline whole when no further key comes, and answers nothing else with its last digit', async () => {
    const target: Listen = { for: 'digits', length: 11, otherwise: { unlessFirst: '1', max: 15 } };
    const collection = ask(target);
    press('075512345671');
    assert.equal(collection.isOpen, true);
    time.tick(3_000);
    assert.deepEqual(await collection.answer, { type: 'digits', digits: '075512345671' });
  });

  it('hears silence 5 s after the speech ended, and not before', async () => {
    collector.beginLine(plain);
    const collection = collector.collect(menu);
    time.tick(60_000);
    collection.speechEnded();
    time.tick(4_999);
    assert.equal(await isSettled(collection.answer), false);
    time.tick(1);
    assert.deepEqual(await collection.answer, { type: 'silence' });
  });

  it('takes a partial answer that stops for 3 s as wrong, not as silence', async () => {
    const { answer } = ask(amount);
    press('5');
    time.tick(2_980);
    press('0');
    time.tick(2_989);
    assert.equal(await isSettled(answer), false);
    time.tick(1);
    assert.deepEqual(await answer, { type: 'nomatch' });
  });

  describe('of an answer that may end in silence', () => {
    const readBack: Listen = { for: 'digits-until-hash', max: 4, endsInSilence: true };
    const cardNumber: Listen = {
      for: 'secret',
      kind: 'card-number',
      min: 13,
      max: 19,
      endsInSilence: true,
      keyedInGroups: true,
    };

    it('takes what was keyed when no further key comes', async () => {
      const { answer } = ask(readBack);
      press('50');
      time.tick(2_990);
      assert.deepEqual(await answer, { type: 'digits', digits: '50' });
    });

    it('takes nothing that does not fit: too long, cleared, or never begun', async () => {
      const tooLong = ask(readBack);
      press('12345');
      time.tick(3_000);
      assert.deepEqual(await tooLong.answer, { type: 'nomatch' });
      const cleared = ask(readBack);
      time.tick(3_000);
      press('50*');
      time.tick(3_000);
      assert.deepEqual(await cleared.answer, { type: 'nomatch' });
      const silent = ask(readBack);
      time.tick(5_000);
      assert.deepEqual(await silent.answer, { type: 'silence' });
    });

    it('waits longer between the groups of a card number, and takes one that ends without #', async () => {
      const { answer } = ask(cardNumber);
      for (const group of ['6222', '0200', '0000', '0008']) {
        press(group);
        time.tick(3_500);
      }
      assert.equal(await isSettled(answer), false);
      time.tick(2_500);
      assert.equal(opened(await answer), '6222020000000008');
    });

    it('takes no card number that is too short', async () => {
      const { answer } = ask(cardNumber);
      press('622202000000');
      time.tick(6_000);
      assert.deepEqual(await answer, { type: 'nomatch' });
    });

    it('does not let late digits answer what comes next, nor a late #', async () => {
      const { answer } = ask(readBack);
      press('2');
      time.tick(3_200);
      assert.deepEqual(await answer, { type: 'digits', digits: '2' });
      // The caller meant 21: the 1 would confirm 2.
      const confirm = ask(menu, confirmation);
      press('1#');
      assert.equal(await isSettled(confirm.answer), false);
      time.tick(3_000);
      press('2');
      assert.deepEqual(await confirm.answer, { type: 'key', key: '2' });
    });

    it('drops late digits also between two lines, and the run that they are part of', async () => {
      const { answer } = ask(readBack);
      press('2');
      time.tick(5_900);
      assert.deepEqual(await answer, { type: 'digits', digits: '2' });
      for (const key of '11111') {
        collector.key(key);
        time.tick(300);
      }
      const { answer: next } = ask(menu);
      assert.equal(await isSettled(next), false);
    });
  });

  describe('of callers who are spoken to slowly', () => {
    it('waits longer for the first digit and between digits', async () => {
      collector.beginLine(plain);
      const silent = collector.collect(amount, 'slow');
      silent.speechEnded();
      time.tick(7_499);
      assert.equal(await isSettled(silent.answer), false);
      time.tick(1);
      assert.deepEqual(await silent.answer, { type: 'silence' });
      const keyed = collector.collect(amount, 'slow');
      keyed.speechEnded();
      press('5');
      time.tick(4_400);
      press('0#');
      assert.deepEqual(await keyed.answer, { type: 'digits', digits: '50' });
    });
  });

  it('takes an answer that was cleared and not begun again as wrong', async () => {
    const { answer } = ask(amount);
    press('50*');
    time.tick(3_000);
    assert.deepEqual(await answer, { type: 'nomatch' });
  });

  it('ends an answer that never ends after 60 s', async () => {
    const { answer } = ask(phone);
    for (let seconds = 0; seconds < 60; seconds += 1) {
      collector.key('1');
      collector.key('*');
      collector.key('2');
      time.tick(1_000);
    }
    assert.deepEqual(await answer, { type: 'nomatch' });
  });

  it('gives keys typed ahead to the questions that follow', async () => {
    press('2150#');
    assert.deepEqual(await ask(menu).answer, { type: 'key', key: '2' });
    assert.deepEqual(await ask(menu).answer, { type: 'key', key: '1' });
    assert.deepEqual(await ask(amount).answer, { type: 'digits', digits: '50' });
    assert.equal(collector.skipsLine(), false);
  });

  it('continues an answer whose first keys were typed ahead', async () => {
    press('5');
    const collection = ask(amount);
    assert.equal(collection.begun, true);
    press('0#');
    assert.deepEqual(await collection.answer, { type: 'digits', digits: '50' });
  });

  it('drops keys typed ahead when the line says so', async () => {
    press('1');
    const { answer } = ask(menu, { interruptible: true, dropsTypeAhead: true });
    press('2');
    assert.deepEqual(await answer, { type: 'key', key: '2' });
  });

  it('drops keys typed ahead before a secret, whatever the line says', async () => {
    press('999');
    const { answer } = ask(pin);
    press('135790');
    assert.equal(opened(await answer), '135790');
  });

  it('does not let one run of keys confirm an amount that nobody has heard', async () => {
    const keyed = ask(amount);
    press('50#');
    assert.deepEqual(await keyed.answer, { type: 'digits', digits: '50' });
    const { answer } = ask(menu, confirmation);
    press('1');
    assert.equal(await isSettled(answer), false);
    time.tick(1_000);
    press('2');
    assert.deepEqual(await answer, { type: 'key', key: '2' });
  });

  it('passes over # after an answer that ended by its length', async () => {
    const keyed = ask(phone);
    press('13800138000');
    assert.deepEqual(await keyed.answer, { type: 'digits', digits: '13800138000' });
    const { answer } = ask(menu);
    press('#1');
    assert.deepEqual(await answer, { type: 'key', key: '1' });
  });

  it('passes over such a # typed ahead as well, and only that one', async () => {
    press('13800138000##');
    await ask(phone).answer;
    assert.deepEqual(await ask(menu).answer, { type: 'key', key: '#' });
  });

  it('takes # as an answer when it comes long after', async () => {
    const keyed = ask(phone);
    press('13800138000');
    await keyed.answer;
    time.tick(3_000);
    const { answer } = ask(menu);
    press('#');
    assert.deepEqual(await answer, { type: 'key', key: '#' });
  });

  it('takes two equal keys as two', async () => {
    const { answer } = ask(amount);
    collector.key('1');
    collector.key('1');
    collector.key('#');
    assert.deepEqual(await answer, { type: 'digits', digits: '11' });
  });

  it('passes over A to D', async () => {
    const { answer } = ask(amount);
    for (const key of ['A', '5', 'B', 'C', '0', 'D', '#']) {
      collector.key(key);
    }
    assert.deepEqual(await answer, { type: 'digits', digits: '50' });
  });

  it('tells of each key, so that the speech can be cut', () => {
    let told = 0;
    collector.beginLine(plain, () => (told += 1));
    collector.collect(amount);
    press('50#1');
    assert.equal(told, 4);
  });

  it('starts again from nothing when keys were missed, secret included', async () => {
    const collection = ask(pin);
    press('1357');
    collector.interrupt();
    assert.equal(collection.begun, false);
    time.tick(60_000);
    assert.equal(await isSettled(collection.answer), false);
    collection.speechEnded();
    press('864209');
    assert.equal(opened(await collection.answer), '864209');
  });

  it('answers an open question with the hang-up, and every later one', async () => {
    const { answer } = ask(pin);
    press('1357');
    collector.end();
    assert.deepEqual(await answer, { type: 'hangup' });
    assert.deepEqual(await ask(menu).answer, { type: 'hangup' });
    press('1');
    assert.equal(collector.skipsLine(), false);
    assert.equal(time.countTimers(), 0);
  });

  it('refuses two questions at once', () => {
    ask(menu);
    assert.throws(() => collector.collect(menu), /two questions/);
  });

  it('gives one answer for any keys at any times, and leaves no timer behind', async () => {
    const listens = [
      menu,
      amount,
      phone,
      pin,
      { for: 'secret', kind: 'card-number', min: 13, max: 19 } as const,
    ];
    const presses = fc.array(
      fc.record({
        key: fc.oneof(fc.constantFrom(...Array.from('0123456789*#ABCD')), fc.string()),
        waitMs: fc.nat(4_000),
      }),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...listens), fc.boolean(), presses, async (listen, drops, keys) => {
        const fresh = new DigitCollector(defaultDigitTimers, {
          now: () => new Date(0),
          monotonicMs: () => time.now,
        });
        fresh.beginLine({ interruptible: !drops, dropsTypeAhead: drops });
        const collection = fresh.collect(listen);
        collection.speechEnded();
        for (const { key, waitMs } of keys) {
          fresh.key(key);
          time.tick(waitMs);
        }
        time.tick(70_000);
        const answer = await collection.answer;
        assert.notEqual(answer.type, 'hangup');
        assert.equal(time.countTimers(), 0);
        if (answer.type === 'secret') {
          answer.secret.wipe();
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never shows a digit of a secret', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...Array.from('0123456789')), { minLength: 6, maxLength: 6 }),
        fc.nat(6),
        async (digits, shownAfter) => {
          const keyed = digits.join('');
          const fresh = new DigitCollector(defaultDigitTimers, {
            now: () => new Date(0),
            monotonicMs: () => 0,
          });
          const collection = fresh.collect(pin);
          for (const [index, key] of digits.entries()) {
            fresh.key(key);
            if (index <= shownAfter) {
              assert.doesNotMatch(shown(fresh), /\d/);
              assert.doesNotMatch(shown(collection), /\d/);
            }
          }
          const answer = await collection.answer;
          assert.doesNotMatch(shown(answer), /\d/);
          assert.equal(opened(answer), keyed);
        },
      ),
    );
  });
});

/** All the ways in which something ends up in a log. */
function shown(value: unknown): string {
  return [inspect(value, { depth: 10 }), JSON.stringify(value), String(value)].join('\n');
}
