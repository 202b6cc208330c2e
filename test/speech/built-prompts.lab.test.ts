import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describeJourneys, type Journey, journeysFile, timeJourneys } from '../../lab/journeys.js';
import { languages } from '../../src/dialogue/language.js';
import type { SpokenValue } from '../../src/dialogue/line.js';
import { promptsInUse } from '../../src/dialogue/prompt.js';
import { money, yuan } from '../../src/money.js';
import { checkSound, loudnessTable } from '../../src/speech/check-recordings.js';
import { type BuiltPrompts, builtPrompts } from '../support/built-prompts.js';

const longestMs = 12_000;
const firstChoiceWithinMs = 4_000;
const askedWithinMs = 15_000;

/** Values as most callers hear them. */
const usual: { readonly [K in SpokenValue['as']]: Extract<SpokenValue, { as: K }> } = {
  money: { as: 'money', money: money(8_640) },
  number: { as: 'number', number: 2 },
  phone: { as: 'phone', digits: '13800138000' },
  'card-ending': { as: 'card-ending', digits: '3446' },
  reference: { as: 'reference', digits: '042917' },
  date: { as: 'date', month: 11, day: 23 },
  name: { as: 'name', text: '' },
};

/** Phones are recharged with whole yuan. */
const wholeYuan = { as: 'money', money: yuan(50) } as const;

/** Where the first pause of a recording ends the first thing that it says, in milliseconds. */
function firstPauseMs(samples: Int16Array): number {
  const frame = 80;
  const leastPauseFrames = 10;
  let silent = 0;
  let spoken = 0;
  for (let at = 0; at < samples.length; at += frame) {
    const part = samples.subarray(at, at + frame);
    const isSilent = part.every((sample) => Math.abs(sample) < 200);
    silent = isSilent ? silent + 1 : 0;
    spoken += isSilent ? 0 : 1;
    if (spoken > 50 && silent === leastPauseFrames) {
      return at / 8 - leastPauseFrames * 10;
    }
  }
  return samples.length / 8;
}

describe('the prompts of the product, built', function () {
  this.timeout(300_000);
  let prompts: BuiltPrompts;
  let journeys: readonly Journey[];

  before(async () => {
    prompts = await builtPrompts();
    journeys = await timeJourneys(prompts.library);
  });

  it('are of one loudness, not clipped, and begin at once', () => {
    assert.deepEqual(checkSound(prompts.manifest), []);
    const rows = loudnessTable(prompts.manifest);
    assert.deepEqual(
      rows.map(({ language }) => language),
      [...languages],
    );
    assert.ok(rows.every(({ recordings }) => recordings > 400));
  });

  for (const language of languages) {
    it(`last 12 seconds at most, with their values (${language})`, () => {
      for (const { name, placeholders } of promptsInUse()) {
        const values = Object.fromEntries(
          Object.entries(placeholders).map(([placeholder, kind]) => [
            placeholder,
            name.startsWith('recharge.') && kind === 'money' ? wholeYuan : usual[kind],
          ]),
        );
        const sounds = prompts.library.recordings({ language, utterances: [{ prompt: name, values }] });
        const lengthMs = sounds.reduce((sum, sound) => sum + prompts.library.durationMs(sound), 0);
        assert.ok(lengthMs <= longestMs, `${name} lasts ${lengthMs} ms`);
      }
    });

    it(`let a known caller hear the first choice within 4 seconds (${language})`, () => {
      const sounds = prompts.library.recordings({
        language,
        utterances: [{ prompt: 'welcome' }, { prompt: 'menu.main' }],
      });
      const before = sounds.slice(0, -1).reduce((sum, sound) => sum + prompts.library.durationMs(sound), 0);
      const [menu = ''] = sounds.slice(-1);
      const choiceMs = firstPauseMs(prompts.play(menu).samples);
      assert.ok(choiceMs < prompts.library.durationMs(menu) / 2, `the first pause is at ${choiceMs} ms`);
      const heardMs = before + choiceMs;
      console.log(`      the first choice is heard after ${(heardMs / 1000).toFixed(1)} s (${language})`);
      assert.ok(heardMs < firstChoiceWithinMs, `${heardMs} ms`);
    });

    it(`let a known caller who types ahead recharge within 15 seconds, but for the bank (${language})`, () => {
      const quick = journeys.find(
        (journey) =>
          journey.language === language &&
          journey.who === 'caller who types ahead' &&
          journey.service.startsWith('recharge'),
      );
      assert.ok(quick !== undefined && quick.askedMs > 5_000);
      assert.ok(quick.askedMs < askedWithinMs, `${quick.askedMs} ms`);
    });
  }

  it('are timed in docs/dialogues/journeys.md as they are now (npm run prompts -- --journeys)', async () => {
    assert.equal(await readFile(journeysFile, 'utf8'), describeJourneys(journeys, prompts.manifest));
  });
});
