import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Speech } from '../../src/dialogue/line.js';
import { yuan } from '../../src/money.js';
import type { Grammar } from '../../src/speech/grammar.js';
import { type BuiltRecording, type Manifest, soundFormats } from '../../src/speech/manifest.js';
import { nameSound } from '../../src/speech/name-recordings.js';
import { PromptLibrary, type PromptNeed } from '../../src/speech/prompt-library.js';
import { parseScript } from '../../src/speech/prompt-script.js';
import { recordingKey, recordingList, silencesAt, silencesMs } from '../../src/speech/recording-list.js';

/** Counts with one word, and says digits as they are. */
function tinyGrammar(language: 'en' | 'zh', word: string): Grammar {
  const piece = { name: 'number/many', text: word, ending: 'closed' } as const;
  return {
    language,
    pieces: [piece],
    wordSeparator: ' ',
    nameLetter: /^[a-z ]$/i,
    speak: () => [piece, { pauseMs: 200 }, piece],
    press: () => [piece],
  };
}

const grammars = [tinyGrammar('en', 'many'), tinyGrammar('zh', '多')];
const texts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  en: { hello: 'Hello.', balance: 'You have {amount}, in all.' },
  zh: { hello: '您好。', balance: '一共{amount}。' },
};

describe('the prompt library', () => {
  let scriptFolder: string;
  let builtFolder: string;
  let manifest: Manifest;

  beforeEach(async () => {
    scriptFolder = await mkdtemp(join(tmpdir(), 'walletline-scripts-'));
    builtFolder = await mkdtemp(join(tmpdir(), 'walletline-built-'));
    manifest = { version: 1, languages: {} };
    await Promise.all([buildSilences(), ...grammars.map(async (grammar) => build(grammar))]);
    await writeManifest();
  });

  afterEach(async () => {
    await rm(scriptFolder, { recursive: true });
    await rm(builtFolder, { recursive: true });
  });

  async function buildSilences(): Promise<void> {
    await mkdir(join(builtFolder, 'silence'));
    await Promise.all(
      silencesMs.flatMap((ms) => files('silence', String(ms)).map(async (file) => writeFile(file, ''))),
    );
  }

  /** Writes a script and empty files in place of its recordings: 100 ms for each character. */
  async function build(grammar: Grammar, script = texts[grammar.language] ?? {}): Promise<void> {
    const { language } = grammar;
    await mkdir(join(scriptFolder, language), { recursive: true });
    await writeFile(join(scriptFolder, language, 'core.yaml'), JSON.stringify(script));
    await mkdir(join(builtFolder, language));
    const recordings: Record<string, BuiltRecording> = {};
    const slow: Record<string, BuiltRecording> = {};
    for (const { name, text } of recordingList(parseScript(language, script), grammar)) {
      const key = recordingKey(name);
      const facts = { text, loudnessDb: -19, peakDb: -3, leadingSilenceMs: 20 };
      recordings[name] = { ...facts, key, durationMs: text.length * 100 };
      const slowKey = recordingKey(name, 'slow');
      slow[name] = { ...facts, key: slowKey, durationMs: text.length * 120 };
      await Promise.all(
        [key, slowKey].flatMap((each) => files(language, each).map(async (file) => writeFile(file, ''))),
      );
    }
    manifest.languages[language] = { voice: 'none', recordings, slow };
  }

  function files(folder: string, key: string): string[] {
    return soundFormats.map((format) => join(builtFolder, folder, `${key}.${format}`));
  }

  async function writeManifest(): Promise<void> {
    await writeFile(join(builtFolder, 'manifest.json'), JSON.stringify(manifest));
  }

  async function load(needs?: readonly PromptNeed[]): Promise<PromptLibrary> {
    return PromptLibrary.load({ builtFolder, scriptFolder, grammars, needs });
  }

  async function loadWithName(): Promise<PromptLibrary> {
    const named = {
      ...texts['en'],
      'pay.shop': 'You pay {shop} {amount}.',
      'pay.shop/unnamed': 'You pay {amount}.',
    };
    const recording = { sound: nameSound('en', 'Tea House', 'normal'), durationMs: 740 };
    await rm(join(builtFolder, 'en'), { recursive: true });
    await build(tinyGrammar('en', 'many'), named);
    await writeManifest();
    return PromptLibrary.load({
      builtFolder,
      scriptFolder,
      grammars: [tinyGrammar('en', 'many')],
      names: {
        find: (language, text, pace) =>
          language === 'en' && text === 'Tea House' && pace === 'normal' ? recording : undefined,
      },
    });
  }

  function paying(shop: string): Speech {
    const shown = { amount: { as: 'money', money: yuan(5) }, shop: { as: 'name', text: shop } } as const;
    return { language: 'en', utterances: [{ prompt: 'pay.shop', values: shown }] };
  }

  function sound(name: string, language = 'en'): string {
    return `${language}/${recordingKey(name)}`;
  }

  const values = { amount: { as: 'money', money: yuan(5) } } as const;
  const speech: Speech = { language: 'en', utterances: [{ prompt: 'hello' }, { prompt: 'balance', values }] };

  it('returns the recordings of a speech in order, with the pauses between them', async () => {
    assert.deepEqual((await load()).recordings(speech), [
      sound('hello'),
      'silence/300',
      sound('balance.1'),
      sound('number/many'),
      'silence/200',
      sound('number/many'),
      'silence/160',
      sound('balance.2'),
    ]);
  });

  it('ends a line that another one follows with the pause after a sentence', async () => {
    const library = await load();
    assert.deepEqual(library.recordings({ ...speech, isFollowed: true }), [
      ...library.recordings(speech),
      'silence/300',
    ]);
    assert.equal(library.recordings({ ...slowSpeech, isFollowed: true }).at(-1), 'silence/480');
  });

  const slowSpeech: Speech = { ...speech, pace: 'slow' };

  function slowSound(name: string): string {
    return `en/${recordingKey(name, 'slow')}`;
  }

  it('says it slowly, with longer pauses, to whoever wants it so', async () => {
    const library = await load();
    assert.deepEqual(library.recordings(slowSpeech), [
      slowSound('hello'),
      'silence/480',
      slowSound('balance.1'),
      slowSound('number/many'),
      'silence/320',
      slowSound('number/many'),
      'silence/260',
      slowSound('balance.2'),
    ]);
    assert.equal(library.durationMs(slowSound('hello')), 720);
    assert.equal(library.durationMs('silence/480'), 480);
    assert.equal(library.text(slowSpeech), library.text(speech));
    assert.deepEqual(library.slowGaps, []);
  });

  it('says at the normal pace what is missing at the slow one, and says what is missing', async () => {
    delete manifest.languages['en']?.slow['number/many'];
    await rm(join(builtFolder, `${slowSound('hello')}.ulaw`));
    await rm(join(builtFolder, 'silence', '260.alaw'));
    await writeManifest();
    const library = await load();
    assert.deepEqual(library.recordings(slowSpeech), [
      sound('hello'),
      'silence/480',
      slowSound('balance.1'),
      sound('number/many'),
      'silence/320',
      sound('number/many'),
      'silence/160',
      slowSound('balance.2'),
    ]);
    assert.deepEqual([...library.slowGaps].sort(), [
      'en, slow: number/many is not recorded',
      `no file ${slowSound('hello')}.ulaw`,
      'no file silence/260.alaw',
    ]);
  });

  it('speaks at the normal pace alone from a folder that was built before there was a slow one', async () => {
    const { slow: _, ...english } = manifest.languages['en'] ?? assert.fail();
    const { slow: __, ...mandarin } = manifest.languages['zh'] ?? assert.fail();
    const languages = { en: english, zh: mandarin };
    await writeFile(join(builtFolder, 'manifest.json'), JSON.stringify({ version: 1, languages }));
    for (const ms of silencesAt('slow')) {
      await rm(join(builtFolder, 'silence', `${ms}.ulaw`));
    }
    const library = await load();
    assert.deepEqual(library.recordings(slowSpeech), library.recordings(speech));
    assert.ok(library.slowGaps.length > 6);
  });

  it('says a name that was recorded ahead', async () => {
    const library = await loadWithName();
    assert.deepEqual(library.recordings(paying('Tea House')).slice(0, 2), [
      sound('pay.shop'),
      nameSound('en', 'Tea House', 'normal'),
    ]);
    assert.equal(library.durationMs(nameSound('en', 'Tea House', 'normal')), 740);
    assert.equal(library.text(paying('Tea House')), 'You pay Tea House many, many.');
    // This one has no slow recording.
    assert.equal(
      library.recordings({ ...paying('Tea House'), pace: 'slow' })[1],
      nameSound('en', 'Tea House', 'normal'),
    );
  });

  it('says the prompt without the name while there is no recording of it', async () => {
    const library = await loadWithName();
    assert.equal(library.recordings(paying('Coffee House'))[0], sound('pay.shop/unnamed'));
    assert.equal(library.text(paying('Coffee House')), 'You pay many, many.');
  });

  it('says an utterance in its own language where it has one', async () => {
    const both: Speech = {
      language: 'en',
      utterances: [{ prompt: 'hello' }, { prompt: 'hello', language: 'zh' }],
    };
    const library = await load();
    assert.deepEqual(library.recordings(both), [sound('hello'), 'silence/300', sound('hello', 'zh')]);
    assert.equal(library.text(both), 'Hello.\n您好。');
  });

  it('writes down the words of a speech', async () => {
    assert.equal((await load()).text(speech), 'Hello.\nYou have many, many, in all.');
  });

  it('knows how long every sound lasts', async () => {
    const library = await load();
    assert.equal(library.durationMs(sound('hello')), 600);
    assert.equal(library.durationMs('silence/300'), 300);
    assert.throws(() => library.durationMs('en/none'), /no sound en\/none/);
  });

  it('lists everything that is missing at once when it is loaded', async () => {
    const english = manifest.languages['en']?.recordings ?? {};
    delete english['hello'];
    Object.assign(english['balance.1'] ?? {}, { text: 'You had' });
    await rm(join(builtFolder, `${sound('number/many', 'zh')}.alaw`));
    await rm(join(builtFolder, 'silence', '300.ulaw'));
    await writeFile(join(scriptFolder, 'zh', 'core.yaml'), JSON.stringify({ ...texts['zh'], extra: '多余' }));
    await writeManifest();
    const needs = [
      { prompt: 'balance', values: ['sum'] },
      { prompt: 'nobody.has.it', values: [] },
    ];
    await assert.rejects(load(needs), (error: Error) => {
      const expected = [
        'en: hello is not recorded',
        'en: balance.1 is recorded with another text',
        `no file ${sound('number/many', 'zh')}.alaw`,
        'no file silence/300.ulaw',
        'en: no prompt extra',
        'zh: extra is not recorded',
        'en: nothing fills {amount} of balance',
        'zh: nothing fills {amount} of balance',
        'en: no prompt nobody.has.it',
        'zh: no prompt nobody.has.it',
      ];
      assert.deepEqual(error.message.split('\n  ').slice(1).sort(), expected.sort());
      return true;
    });
  });

  it('says how to build the prompts when there are none, or their list is damaged', async () => {
    await writeFile(join(builtFolder, 'manifest.json'), '{"version":1');
    await assert.rejects(load(), /damaged.*npm run prompts/);
    await rm(join(builtFolder, 'manifest.json'));
    await assert.rejects(load(), /npm run prompts/);
  });

  it('refuses a prompt that does not exist and a value that is not given', async () => {
    const library = await load();
    const say = (prompt: string) => () => library.recordings({ language: 'en', utterances: [{ prompt }] });
    assert.throws(say('none'), /no prompt none in en/);
    assert.throws(say('balance'), /balance is said without its \{amount\}/);
  });
});
