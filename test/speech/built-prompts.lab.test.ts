import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describeJourneys, type Journey, journeysFile, timeJourneys } from '../../lab/journeys.js';
import type { SpokenValue, Utterance } from '../../src/dialogue/line.js';
import { languageCodes as languages } from '../../src/languages/catalogue.js';
import { money } from '../../src/money.js';
import { allPrompts } from '../../src/services/catalogue.js';
import { checkSound, longestMs, loudnessTable } from '../../src/speech/check-recordings.js';
import { paces, range } from '../../src/speech/grammar.js';
import { type BuiltPrompts, builtPrompts } from '../support/built-prompts.js';

const firstChoiceWithinMs = 4_000;
const toldWithinMs = 15_000;

/** The most that one payment may be (WALLETLINE_LIMIT_PER_PAYMENT_MINOR by default), in fen. */
const mostPaidMinor = 100_000;
/** Nobody limits what is due, or a balance. */
const mostToldMinor = 99_999_999;
const whole = { card: 4, reference: 6, phone: 11 } as const;

/**
 * Times and levels among all figures. Recordings that are made in one row leave traces of rounding on each other, so that two
 * builds may differ by a frame.
 */
const figures = /-?\d+(?:\.\d+)?(?: ms)?/g;

/** Returns the values that take longest to say in a language, by what they are. */
function longestValues(lengthMs: (value: SpokenValue) => number) {
  const longestOf = (values: readonly SpokenValue[]): SpokenValue =>
    values.reduce((one, other) => (lengthMs(other) > lengthMs(one) ? other : one));
  const moneys = (amounts: readonly number[]) =>
    longestOf(amounts.map((amount) => ({ as: 'money', money: money(amount) }) as const));
  const digits = (as: 'phone' | 'card-ending' | 'reference', count: number) =>
    longestOf(range(0, 9).map((digit) => ({ as, digits: String(digit).repeat(count) })));
  // Above the limit the fen that take longest are those below it: they are pieces of their own.
  const paid = moneys(range(1, mostPaidMinor));
  const fen = paid.as === 'money' ? paid.money.amountMinor % 100 : 0;
  return {
    paid,
    told: moneys(
      [...range(0, 9_999), ...range(0, 999).map((thousands) => thousands * 1_000 + 777)].map((whole) =>
        Math.min(mostToldMinor, whole * 100 + fen),
      ),
    ),
    phone: digits('phone', whole.phone),
    'card-ending': digits('card-ending', whole.card),
    reference: digits('reference', whole.reference),
    number: longestOf([1, 2, 3, 27].map((number) => ({ as: 'number', number }))),
    time: longestOf(
      range(0, 24 * 60 - 1).map((at) => ({ as: 'time', hour: Math.trunc(at / 60), minute: at % 60 })),
    ),
  };
}

/** A prompt that says hardly more than this value. */
function saysOnly(value: SpokenValue): Utterance {
  const [prompt, placeholder] = shortPrompts[value.as];
  return { prompt, values: { [placeholder]: value } };
}

const shortPrompts: Readonly<Record<SpokenValue['as'], readonly [prompt: string, placeholder: string]>> = {
  money: ['recharge.paid', 'amount'],
  number: ['pin.wrong', 'tries'],
  phone: ['bill.nothing-due', 'phone'],
  'card-ending': ['card.read-back', 'card'],
  reference: ['reference', 'reference'],
  time: ['pay.same-before', 'time'],
  date: ['reference', 'reference'],
  name: ['reference', 'reference'],
};

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
      languages.flatMap((language) => [language, language]),
    );
    assert.ok(rows.every(({ recordings }) => recordings > 400));
    assert.deepEqual(prompts.library.slowGaps, []);
  });

  for (const language of languages) {
    for (const pace of paces) {
      it(`last ${longestMs[pace] / 1000} seconds at most, whatever their values (${language}, ${pace})`, () => {
        const lengthOf = (utterance: Utterance): number =>
          prompts.library
            .recordings({ language, pace, utterances: [utterance] })
            .reduce((sum, sound) => sum + prompts.library.durationMs(sound), 0);
        const longest = longestValues((value) => lengthOf(saysOnly(value)));
        const lengths = allPrompts.map(({ name, placeholders }) => {
          const values = Object.fromEntries(
            Object.entries(placeholders).map(([placeholder, kind]) => {
              assert.ok(kind !== 'date' && kind !== 'name', 'no prompt says these yet');
              const isTold = placeholder === 'balance' || placeholder === 'due';
              return [placeholder, kind === 'money' ? longest[isTold ? 'told' : 'paid'] : longest[kind]];
            }),
          );
          return { name, lengthMs: lengthOf({ prompt: name, values }) };
        });
        const tooLong = lengths.filter(({ lengthMs }) => lengthMs > longestMs[pace]);
        assert.deepEqual(tooLong, []);
        const [first] = lengths.sort((one, other) => other.lengthMs - one.lengthMs);
        console.log(
          `      the longest prompt is ${first?.name}: ${((first?.lengthMs ?? 0) / 1000).toFixed(2)} s (${language}, ${pace})`,
        );
      });
    }

    it(`let a known caller hear the first choice within 4 seconds (${language})`, () => {
      const sounds = prompts.library.recordings({
        language,
        utterances: [{ prompt: 'welcome' }, { prompt: 'menu.balances', key: '1' }],
      });
      const heardMs = sounds.reduce((sum, sound) => sum + prompts.library.durationMs(sound), 0);
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
      const toldMs = quick.resultEndMs - (quick.resultMs - quick.askedMs);
      assert.ok(toldMs < toldWithinMs, `${toldMs} ms`);
    });
  }

  it('are timed in docs/dialogues/journeys.md as they are now (npm run prompts -- --journeys)', async () => {
    const written = await readFile(journeysFile, 'utf8');
    const now = describeJourneys(journeys, prompts.manifest);
    assert.equal(written.replace(figures, '#'), now.replace(figures, '#'));
    const measured = now.match(figures) ?? [];
    const wrong = (written.match(figures) ?? []).filter((figure, at) => {
      const apart = Math.abs(Number.parseFloat(figure) - Number.parseFloat(measured[at] ?? ''));
      return !(apart <= (figure.endsWith('ms') ? 10 : 0.3));
    });
    assert.deepEqual(wrong, []);
  });
});
