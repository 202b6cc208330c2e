import assert from 'node:assert/strict';
import type { ExpectedSound } from '../../support/audio/compare-sound.js';
import { findExactly } from './exact-lines.js';
import { type ExpectedLine, hearLines } from './heard-lines.js';

/** A sound of its own: noise that begins like every other one of the same `opening`. */
function sound(name: string, ms: number, opening = name): ExpectedSound {
  const samples = new Int16Array(ms * 8);
  let [seed, next] = [seedOf(opening), seedOf(name)];
  for (let index = 0; index < samples.length; index += 1) {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
    next = (next * 1_103_515_245 + 12_345) & 0x7fffffff;
    samples[index] = (((index < 350 * 8 ? seed : next) >> 8) % 16_000) - 8_000;
  }
  return { name, samples };
}

const seedOf = (name: string) => Array.from(name).reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
const pause = (ms: number): ExpectedSound => ({ name: 'pause', samples: new Int16Array(ms * 8) });
const cut = ({ name, samples }: ExpectedSound, ms: number) => ({
  name,
  samples: samples.subarray(0, ms * 8),
});

function track(...sounds: readonly ExpectedSound[]): Int16Array {
  const joined = new Int16Array(sounds.reduce((sum, { samples }) => sum + samples.length, 0));
  let at = 0;
  for (const { samples } of sounds) {
    joined.set(samples, at);
    at += samples.length;
  }
  return joined;
}

const whole = (...sounds: ExpectedSound[]): ExpectedLine => ({ sounds, must: 'be-whole' });
const begins = (...sounds: ExpectedSound[]): ExpectedLine => ({ sounds, must: 'begin' });
const mayBegin = (...sounds: ExpectedSound[]): ExpectedLine => ({ sounds, must: 'may-begin' });

const welcome = sound('welcome', 1_500);
const menu = sound('menu', 3_000, 'balances');
const balances = sound('balances', 2_000, 'balances');
const amount = sound('amount', 1_200);

/** Both ears must come to the same; the quick one need not say what was wrong. */
const ears: Readonly<Record<string, typeof hearLines>> = {
  'the slow ear': hearLines,
  'the quick ear': (heard, lines) =>
    findExactly(heard, lines) ?? {
      problems: lines.length === 0 ? hearLines(heard, lines).problems : ['missing: menu, unexpected sound'],
      lastBeganMs: undefined,
      endMs: 0,
    },
};

for (const [ear, hearLines] of Object.entries(ears))
  describe(`telling which lines a caller heard: ${ear}`, () => {
    it('finds whole lines and what follows a cut one, wherever a key cut it', () => {
      for (const heard of [
        [cut(welcome, 700)],
        [welcome, pause(300), cut(menu, 900)],
        [welcome, pause(300), menu],
      ]) {
        const { problems, endMs } = hearLines(track(...heard, amount), [
          begins(welcome, pause(300), menu),
          whole(amount),
        ]);
        assert.deepEqual(problems, []);
        assert.ok(Math.abs(endMs - track(...heard, amount).length / 8) < 5);
      }
    });

    it('does not take the next line for the rest of the one that was cut, though both begin alike', () => {
      const heard = track(cut(welcome, 1_380), balances);
      const { problems, lastBeganMs } = hearLines(heard, [
        begins(welcome, pause(300), menu),
        whole(balances),
      ]);
      assert.deepEqual(problems, []);
      assert.ok(Math.abs((lastBeganMs ?? 0) - 1_380) < 5);
    });

    it('misses a recording that was left out of a line that nobody cut', () => {
      const { problems } = hearLines(track(welcome, amount), [whole(welcome, menu), whole(amount)]);
      assert.match(problems.join(), /missing: menu/);
    });

    it('misses a line that should at least have begun', () => {
      const { problems } = hearLines(track(amount), [begins(welcome), whole(amount)]);
      assert.notDeepEqual(problems, []);
    });

    it('lets lines that were typed ahead of be heard a little, or not at all', () => {
      const lines = [mayBegin(welcome, pause(300), menu), mayBegin(balances), whole(amount)];
      assert.deepEqual(hearLines(track(cut(welcome, 600), cut(balances, 200), amount), lines).problems, []);
      assert.deepEqual(hearLines(track(amount), lines).problems, []);
    });

    it('finds a sound that should not be there, and any sound where silence should be', () => {
      const strange = sound('strange', 800);
      assert.match(
        hearLines(track(welcome, strange, amount), [whole(welcome), whole(amount)]).problems.join(),
        /unexpected sound/,
      );
      assert.match(hearLines(track(pause(500), strange), []).problems.join(), /unexpected sound/);
      assert.deepEqual(hearLines(track(pause(500)), []).problems, []);
    });

    it('leaves what comes after the last line to the next comparison', () => {
      assert.deepEqual(hearLines(track(welcome, amount), [whole(welcome)]).problems, []);
    });
  });
