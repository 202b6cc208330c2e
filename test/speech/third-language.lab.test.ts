import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pace } from '../../src/dialogue/line.js';
import { chooseVoices } from '../../src/languages/voices.js';
import { money } from '../../src/money.js';
import { allPrompts } from '../../src/services/catalogue.js';
import { actorSheet } from '../../src/speech/actor-sheet.js';
import { buildRecordings } from '../../src/speech/build-recordings.js';
import { checkSound, unusedPrompts } from '../../src/speech/check-recordings.js';
import type { ComposedValue } from '../../src/speech/grammar.js';
import { isPause } from '../../src/speech/grammar.js';
import { readManifest } from '../../src/speech/manifest.js';
import { PromptLibrary } from '../../src/speech/prompt-library.js';
import { loadScript } from '../../src/speech/prompt-script.js';
import { compareSound } from '../support/audio/compare-sound.js';
import { decodeAlaw } from '../support/audio/g711.js';
import { german } from './fixtures/german/language.js';

const scriptFolder = join(import.meta.dirname, 'fixtures', 'german');
const needs = allPrompts.map(({ name, placeholders }) => ({
  prompt: name,
  values: Object.keys(placeholders),
}));
const paid = {
  amount: { as: 'money', money: money(115_721) },
  reference: { as: 'reference', digits: '042917' },
} as const satisfies Record<string, ComposedValue>;
const told = {
  card: { as: 'card-ending', digits: '3446' },
  balance: { as: 'money', money: money(101_030) },
} as const satisfies Record<string, ComposedValue>;
const utterances = [
  { prompt: 'welcome' },
  { prompt: 'recharge.menu', key: '2' },
  { prompt: 'card-balance.told', values: told },
  { prompt: 'agent.paid', values: paid },
];

/** A whole language, added by its folder and its texts, with not a line changed in the product. */
describe('a third language', function () {
  this.timeout(420_000);
  let builtFolder: string;
  let library: PromptLibrary;

  before(async () => {
    builtFolder = await mkdtemp(join(tmpdir(), 'walletline-german-'));
    await buildRecordings({
      outFolder: builtFolder,
      scriptFolder,
      overrideFolder: join(scriptFolder, 'recordings'),
      languages: await chooseVoices([german], scriptFolder),
      parallel: 2,
      progress: () => undefined,
    });
    library = await PromptLibrary.load({ builtFolder, scriptFolder, grammars: [german.grammar], needs });
  });

  after(async () => rm(builtFolder, { recursive: true, force: true }));

  it('has every prompt of every service, and no other', async () => {
    assert.deepEqual(unusedPrompts([await loadScript(scriptFolder, german.grammar.language)], needs), []);
  });

  it('is spoken by its own grammar', () => {
    assert.deepEqual(library.text({ language: 'de', utterances }).split('\n'), [
      'Willkommen bei Walletline.',
      'Um ein Telefon aufzuladen, drücken Sie die Zwei.',
      'Das Guthaben der Karte mit der Endung drei vier vier sechs beträgt ein tausend zehn Yuan und dreißig Fen.',
      'Ihr Anrufer hat ein tausend einhundert siebenundfünfzig Yuan und einundzwanzig Fen bezahlt. Die Referenz ist null vier zwei, neun eins sieben.',
    ]);
    const day = german.grammar.speak({ as: 'date', year: 2026, month: 12, day: 31 });
    assert.deepEqual(
      day.flatMap((part) => (isPause(part) ? [] : [part.text])),
      ['einunddreißigsten', 'Dezember', 'zweitausendsechsundzwanzig'],
    );
  });

  it('is as loud as the others, and not clipped', async () => {
    const manifest = await readManifest(builtFolder);
    assert.deepEqual(checkSound(manifest), []);
    assert.ok(Object.keys(manifest.languages['de']?.recordings ?? {}).length > 400);
  });

  for (const pace of ['normal', 'slow'] as const) {
    it(`is heard whole and in order at the ${pace} pace`, async () => {
      await hearsIt(pace);
    });
  }

  it('is slower at the slow pace, all of it', async () => {
    const lengthMs = (pace: Pace): number =>
      library
        .recordings({ language: 'de', pace, utterances })
        .reduce((sum, sound) => sum + library.durationMs(sound), 0);
    assert.deepEqual(library.slowGaps, []);
    assert.ok(lengthMs('slow') > 1.15 * lengthMs('normal'));
  });

  async function hearsIt(pace: Pace): Promise<void> {
    const sounds = await Promise.all(
      library.recordings({ language: 'de', pace, utterances }).map(async (name) => ({
        name,
        samples: decodeAlaw(await readFile(join(builtFolder, `${name}.alaw`))),
      })),
    );
    const track = Int16Array.from(sounds.flatMap(({ samples }) => Array.from(samples)));
    assert.ok(sounds.length > 15);
    assert.deepEqual(compareSound(track, sounds).problems, []);
  }

  it("has an actor's script", async () => {
    const lines = actorSheet(await loadScript(scriptFolder, 'de'), german);
    assert.ok(lines.some(({ name, text }) => name === 'welcome' && text.startsWith('Willkommen')));
    assert.ok(lines.every(({ longestSeconds }) => longestSeconds <= 12));
  });
});
