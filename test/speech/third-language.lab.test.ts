import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pace } from '../../src/dialogue/line.js';
import { money } from '../../src/money.js';
import { actorSheet } from '../../src/speech/actor-sheet.js';
import { buildRecordings } from '../../src/speech/build-recordings.js';
import { checkSound } from '../../src/speech/check-recordings.js';
import type { ComposedValue } from '../../src/speech/grammar.js';
import { isPause } from '../../src/speech/grammar.js';
import { readManifest } from '../../src/speech/manifest.js';
import { PromptLibrary } from '../../src/speech/prompt-library.js';
import { loadScript } from '../../src/speech/prompt-script.js';
import { compareSound } from '../support/audio/compare-sound.js';
import { decodeAlaw } from '../support/audio/g711.js';
import { EspeakGermanSynthesis } from './fixtures/german/espeak-german-synthesis.js';
import { germanGrammar } from './fixtures/german/german-grammar.js';

const scriptFolder = join(import.meta.dirname, 'fixtures', 'german');
const values = {
  card: { as: 'card-ending', digits: '3446' },
  balance: { as: 'money', money: money(115_721) },
  date: { as: 'date', year: 2026, month: 12, day: 31 },
  reference: { as: 'reference', digits: '042917' },
} as const satisfies Record<string, ComposedValue>;

/** A whole language, added by two files and a voice, with not a line changed in the product. */
describe('a third language', function () {
  this.timeout(120_000);
  let builtFolder: string;
  let library: PromptLibrary;

  before(async () => {
    builtFolder = await mkdtemp(join(tmpdir(), 'walletline-german-'));
    // The pieces of these values are enough: all of them would take a minute.
    const used = new Set(
      Object.values(values).flatMap((value) =>
        germanGrammar.speak(value).flatMap((part) => (isPause(part) ? [] : [part.name])),
      ),
    );
    const grammar = { ...germanGrammar, pieces: germanGrammar.pieces.filter(({ name }) => used.has(name)) };
    await buildRecordings({
      outFolder: builtFolder,
      scriptFolder,
      overrideFolder: join(scriptFolder, 'recordings'),
      languages: [{ grammar, voice: new EspeakGermanSynthesis() }],
      parallel: 2,
      progress: () => undefined,
    });
    library = await PromptLibrary.load({ builtFolder, scriptFolder, grammars: [grammar] });
  });

  after(async () => rm(builtFolder, { recursive: true, force: true }));

  it('is spoken by its own grammar', () => {
    const utterances = [
      { prompt: 'balance', values },
      { prompt: 'due', values },
    ];
    assert.deepEqual(library.text({ language: 'de', utterances }).split('\n'), [
      'Die Karte mit der Endung drei vier vier sechs hat ein Guthaben von ein tausend einhundert siebenundfünfzig Yuan und einundzwanzig Fen.',
      'Fällig am einunddreißigsten Dezember zweitausendsechsundzwanzig: ein tausend einhundert siebenundfünfzig Yuan und einundzwanzig Fen. Referenz null vier zwei, neun eins sieben.',
    ]);
  });

  it('is as loud as the others, and not clipped', async () => {
    const manifest = await readManifest(builtFolder);
    assert.deepEqual(checkSound(manifest), []);
    assert.ok(Object.keys(manifest.languages['de']?.recordings ?? {}).length > 20);
  });

  for (const pace of ['normal', 'slow'] as const) {
    it(`is heard whole and in order at the ${pace} pace`, async () => {
      await hearsIt(pace);
    });
  }

  it('is slower at the slow pace, all of it', async () => {
    const utterances = [{ prompt: 'welcome' }, { prompt: 'due', values }];
    const lengthMs = (pace: Pace): number =>
      library
        .recordings({ language: 'de', pace, utterances })
        .reduce((sum, sound) => sum + library.durationMs(sound), 0);
    assert.deepEqual(library.slowGaps, []);
    assert.ok(lengthMs('slow') > 1.15 * lengthMs('normal'));
  });

  async function hearsIt(pace: Pace): Promise<void> {
    const sounds = await Promise.all(
      library
        .recordings({ language: 'de', pace, utterances: [{ prompt: 'welcome' }, { prompt: 'due', values }] })
        .map(async (name) => ({
          name,
          samples: decodeAlaw(await readFile(join(builtFolder, `${name}.alaw`))),
        })),
    );
    const track = Int16Array.from(sounds.flatMap(({ samples }) => Array.from(samples)));
    assert.ok(sounds.length > 15);
    assert.deepEqual(compareSound(track, sounds).problems, []);
  }

  it("has an actor's script", async () => {
    const lines = actorSheet(await loadScript(scriptFolder, 'de'), {
      grammar: germanGrammar,
      secondsPerLetter: 0.1,
    });
    assert.ok(lines.some(({ name, text }) => name === 'welcome' && text.startsWith('Willkommen')));
    assert.ok(lines.every(({ longestSeconds }) => longestSeconds <= 12));
  });
});
