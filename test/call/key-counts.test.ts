import assert from 'node:assert/strict';
import sinon from 'sinon';
import { DigitCollector, defaultDigitTimers } from '../../src/call/digit-collector.js';
import type { Listen } from '../../src/dialogue/line.js';

const pin: Listen = { for: 'secret', kind: 'card-pin', length: 6 };
const cardNumber: Listen = { for: 'secret', kind: 'card-number', min: 13, max: 19 };

describe('whoever watches the keys of a call', () => {
  let time: sinon.SinonFakeTimers;
  let collector: DigitCollector;
  let counts: unknown[][];

  beforeEach(() => {
    time = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], now: 0 });
    collector = new DigitCollector(defaultDigitTimers, {
      now: () => new Date(time.now),
      monotonicMs: () => time.now,
    });
    counts = [];
    collector.watch((...told) => counts.push(told));
  });
  afterEach(() => time.restore());

  const press = (keys: string): void => {
    for (const key of keys) {
      collector.key(key);
    }
  };
  const ask = (listen: Listen): ReturnType<DigitCollector['collect']> => {
    collector.beginLine({ interruptible: true, dropsTypeAhead: true });
    return collector.collect(listen);
  };

  it('is told how many the open question holds, and nothing else', async () => {
    const { answer } = ask(pin);
    press('135790');
    assert.deepEqual(counts, [[1], [2], [3], [4], [5], [6]]);
    assert.equal((await answer).type, 'secret');
  });

  it('sees that the caller began again, and gave up', async () => {
    const { answer } = ask(pin);
    press('13*57**');
    assert.deepEqual(counts.flat(), [1, 2, 0, 1, 2, 0, 0]);
    assert.deepEqual(await answer, { type: 'cancel' });
  });

  it('does not take the # at the end for a digit', async () => {
    const { answer } = ask(cardNumber);
    press('6222020200112233446#');
    assert.equal(counts.flat().at(-1), 19);
    assert.equal((await answer).type, 'secret');
  });

  it('sees that a question starts again after keys were missed', () => {
    ask(pin);
    press('135');
    collector.interrupt();
    assert.deepEqual(counts.flat(), [1, 2, 3, 0]);
  });

  it('is told of no key that is for no question, or for none yet', () => {
    press('12');
    ask(pin);
    assert.deepEqual(counts, []);
  });

  it('is told nothing any more once it does not want to be', () => {
    ask(pin);
    collector.watch(undefined);
    press('1');
    assert.deepEqual(counts, []);
  });
});
