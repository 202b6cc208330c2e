import assert from 'node:assert/strict';
import fc from 'fast-check';
import sinon from 'sinon';
import { DigitCollector, defaultDigitTimers } from '../../src/call/digit-collector.js';
import type { Collection } from '../../src/call/digit-question.js';
import type { Delivery, Listen } from '../../src/dialogue/line.js';
import { isSettled } from '../support/settle.js';

const plain: Delivery = { interruptible: true, dropsTypeAhead: false };
const heardOut: Delivery = { interruptible: false, dropsTypeAhead: false };
const menu: Listen = { for: 'key' };
const amount: Listen = { for: 'digits-until-hash', max: 3 };
const pin: Listen = { for: 'secret', kind: 'card-pin', length: 6 };

describe('# to skip', () => {
  let time: sinon.SinonFakeTimers;
  let collector: DigitCollector;
  /** How many times the line that was being said was cut. */
  let cuts: number;

  beforeEach(() => {
    time = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], now: 0 });
    collector = new DigitCollector(defaultDigitTimers, {
      now: () => new Date(time.now),
      monotonicMs: () => time.now,
    });
    cuts = 0;
  });
  afterEach(() => time.restore());

  const begin = (delivery: Delivery): void =>
    collector.beginLine(delivery, delivery.interruptible ? () => (cuts += 1) : undefined);
  const press = (keys: string): void => {
    for (const key of keys) {
      collector.key(key);
      time.tick(10);
    }
  };
  const ask = (listen: Listen, delivery = plain): Collection => {
    begin(delivery);
    return collector.collect(listen);
  };

  it('ends a line that is only heard, and is not the answer to the next question', async () => {
    begin(plain);
    press('#');
    assert.equal(cuts, 1);
    const next = ask(amount);
    assert.equal(next.begun, false);
    press('50#');
    assert.deepEqual(await next.answer, { type: 'digits', digits: '50' });
  });

  it('is for nothing during a line that must be heard, and the next line is heard', () => {
    begin(heardOut);
    press('#');
    begin(plain);
    assert.equal(cuts, 0);
    assert.equal(collector.skipsLine(), false);
  });

  it('ends the speech of a question for digits, and the digits follow in their own time', async () => {
    const question = ask(amount);
    press('#');
    assert.equal(cuts, 1);
    assert.equal(question.begun, true);
    question.speechEnded();
    time.tick(4_900);
    assert.equal(await isSettled(question.answer), false);
    press('50#');
    assert.deepEqual(await question.answer, { type: 'digits', digits: '50' });
  });

  it('leaves it at silence when no digit follows', async () => {
    const question = ask(pin);
    press('#');
    question.speechEnded();
    time.tick(5_000);
    assert.deepEqual(await question.answer, { type: 'silence' });
  });

  it('ends an answer and skips nothing once a digit was keyed, the speech is over, or it must be heard', async () => {
    const begun = ask(amount);
    press('5#');
    assert.deepEqual(await begun.answer, { type: 'digits', digits: '5' });
    const spoken = ask(amount);
    spoken.speechEnded();
    press('#');
    assert.deepEqual(await spoken.answer, { type: 'nomatch' });
    const mustBeHeard = ask(amount, heardOut);
    press('#');
    assert.deepEqual(await mustBeHeard.answer, { type: 'nomatch' });
  });

  it('is a key like any other for a menu, which leaves its choices out', async () => {
    const question = ask(menu);
    press('#');
    assert.deepEqual(await question.answer, { type: 'key', key: '#' });
  });

  it('skips the line that follows the answers typed before it, and that line alone', async () => {
    press('2#1');
    assert.deepEqual(await ask(menu).answer, { type: 'key', key: '2' });
    begin(plain);
    assert.equal(collector.skipsLine(), true);
    assert.deepEqual(await ask(menu).answer, { type: 'key', key: '1' });
    begin(plain);
    assert.equal(collector.skipsLine(), false);
  });

  it('is forgotten with the rest when keys were missed', () => {
    const question = ask(amount);
    press('#');
    collector.interrupt();
    assert.equal(question.begun, false);
  });

  it('never becomes an answer by itself, however often it is pressed while lines are said', async () => {
    const lines = fc.array(fc.record({ interruptible: fc.boolean(), hashes: fc.nat(4) }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(lines, async (said) => {
        const fresh = new DigitCollector(defaultDigitTimers, {
          now: () => new Date(0),
          monotonicMs: () => time.now,
        });
        for (const { interruptible, hashes } of said) {
          fresh.beginLine({ interruptible, dropsTypeAhead: false });
          for (let pressed = 0; pressed < hashes; pressed += 1) {
            fresh.key('#');
          }
        }
        fresh.beginLine(plain);
        const question = fresh.collect(amount);
        assert.equal(question.begun, false);
        fresh.key('7');
        fresh.key('#');
        assert.deepEqual(await question.answer, { type: 'digits', digits: '7' });
      }),
    );
  });
});
