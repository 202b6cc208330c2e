import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Speech } from '../../src/dialogue/line.js';
import { languages as allLanguages, languageCodes } from '../../src/languages/catalogue.js';
import { chooseVoices } from '../../src/languages/voices.js';
import { money } from '../../src/money.js';
import { type BuildOptions, buildRecordings } from '../../src/speech/build-recordings.js';
import { checkSound } from '../../src/speech/check-recordings.js';
import { type Grammar, paces } from '../../src/speech/grammar.js';
import { readManifest } from '../../src/speech/manifest.js';
import { PromptLibrary } from '../../src/speech/prompt-library.js';
import { RecordingCache } from '../../src/speech/recording-cache.js';
import { fromPcm16, leadingSilenceMs, loudness, peak } from '../../src/speech/sound.js';
import { runTool } from '../../src/speech/tool.js';
import { compareSound } from '../support/audio/compare-sound.js';
import { decodeAlaw, decodeUlaw } from '../support/audio/g711.js';

const fixtures = join(import.meta.dirname, 'fixtures');
const readings = join(import.meta.dirname, '../../prompts');

/** Recordings of a few numbers are enough here: the real grammars have hundreds. */
function few(grammar: Grammar): Grammar {
  const used = new Set(
    [...grammar.speak(balance), ...grammar.speak(card)].flatMap((part) =>
      'name' in part ? [part.name] : [],
    ),
  );
  return { ...grammar, pieces: grammar.pieces.filter(({ name }) => used.has(name)) };
}

const balance = { as: 'money', money: money(10_530) } as const;
const card = { as: 'card-ending', digits: '3446' } as const;
const utterances = [
  { prompt: 'welcome' },
  { prompt: 'balance', values: { balance, card } },
  { prompt: 'pin.ask' },
];

describe('building recordings with the real voices', function () {
  this.timeout(60_000);
  let root: string;
  let options: BuildOptions;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'walletline-build-'));
    const scriptFolder = join(root, 'scripts');
    const overrideFolder = join(root, 'overrides');
    await mkdir(overrideFolder);
    for (const language of languageCodes) {
      await cp(join(fixtures, language), join(scriptFolder, language), { recursive: true });
    }
    const voices = await chooseVoices(allLanguages, readings);
    const languages = voices.map(({ grammar, voice }) => ({ grammar: few(grammar), voice }));
    const progress = (): void => undefined;
    options = {
      outFolder: join(root, 'out'),
      scriptFolder,
      overrideFolder,
      languages,
      parallel: 2,
      progress,
    };
    await buildRecordings(options);
  });

  after(async () => rm(root, { recursive: true, force: true }));

  async function library(): Promise<PromptLibrary> {
    const { outFolder: builtFolder, scriptFolder, languages } = options;
    return PromptLibrary.load({
      builtFolder,
      scriptFolder,
      grammars: languages.map(({ grammar }) => grammar),
    });
  }

  async function bytesOf(sound: string, format: string): Promise<Buffer> {
    return readFile(join(options.outFolder, `${sound}.${format}`));
  }

  it('makes sound of one loudness, without clipping, that begins at once', async () => {
    const manifest = await readManifest(options.outFolder);
    assert.deepEqual(checkSound(manifest), []);
    for (const [language, { recordings, slow }] of Object.entries(manifest.languages)) {
      for (const { key, durationMs, text } of [...Object.values(recordings), ...Object.values(slow)]) {
        const wide = fromPcm16(await bytesOf(`${language}/${key}`, 'sln16'), 16_000);
        assert.ok(Math.abs(loudness(wide) + 19) <= 1, `${text}: ${loudness(wide)} dB`);
        assert.ok(peak(wide) <= -1.4, `${text}: peak ${peak(wide)} dB`);
        assert.ok(leadingSilenceMs(wide) < 80, text);
        assert.equal(wide.samples.length, durationMs * 16);
        assert.ok(durationMs % 20 === 0 && durationMs >= 100, `${text}: ${durationMs} ms`);
      }
    }
  });

  it('makes each of them at the slow pace too, about a fifth longer', async () => {
    const manifest = await readManifest(options.outFolder);
    for (const { recordings, slow } of Object.values(manifest.languages)) {
      assert.deepEqual(Object.keys(slow), Object.keys(recordings));
      for (const [name, { text, durationMs }] of Object.entries(recordings)) {
        const slowly = slow[name];
        assert.equal(slowly?.text, text);
        // Margins and whole frames weigh more in a short one.
        const allowance = 60 / durationMs;
        const ratio = slowly.durationMs / durationMs;
        assert.ok(ratio > 1.17 - allowance && ratio < 1.24 + allowance, `${name}: ${ratio}`);
      }
    }
    const { slowGaps } = await library();
    assert.deepEqual(slowGaps, []);
  });

  it('stores the same sound in each format', async () => {
    const english = (await readManifest(options.outFolder)).languages['en'];
    for (const { key, durationMs } of Object.values(english?.recordings ?? {})) {
      const ulaw = decodeUlaw(await bytesOf(`en/${key}`, 'ulaw'));
      const alaw = decodeAlaw(await bytesOf(`en/${key}`, 'alaw'));
      assert.equal(ulaw.length, durationMs * 8);
      assert.deepEqual(compareSound(alaw, [{ name: key, samples: ulaw }]).problems, []);
    }
  });

  it('is understood by sox as what a switch will take it for', async () => {
    const [welcome = ''] = (await library()).recordings({
      language: 'en',
      utterances: [{ prompt: 'welcome' }],
    });
    const ours = decodeUlaw(await bytesOf(welcome, 'ulaw'));
    const file = join(options.outFolder, `${welcome}.ulaw`);
    const raw = ['-t', 'raw', '-e', 'signed', '-b', '16', '-r', '8000', '-c', '1', '-'];
    const theirs = await runTool('sox', ['-t', 'ul', '-r', '8000', '-c', '1', file, ...raw]);
    assert.deepEqual(ours, new Int16Array(theirs.buffer, theirs.byteOffset, theirs.length / 2));
  });

  for (const [language, pace] of paces.flatMap((each) =>
    languageCodes.map((code) => [code, each] as const),
  )) {
    it(`joins them to a speech that a listener can tell apart, and that has no clicks (${language}, ${pace})`, async () => {
      const speech: Speech = { language, pace, utterances };
      const names = (await library()).recordings(speech);
      const sounds = await Promise.all(
        names.map(async (name) => ({ name, samples: decodeUlaw(await bytesOf(name, 'ulaw')) })),
      );
      const received = Int16Array.from(sounds.flatMap(({ samples }) => [...samples]));
      assert.deepEqual(compareSound(received, sounds).problems, []);
      const doubled = Int16Array.from([...(sounds[0]?.samples ?? []), ...received]);
      assert.notDeepEqual(compareSound(doubled, sounds).problems, []);
      for (const { name, samples } of sounds) {
        const edges = [...samples.subarray(0, 8), ...samples.subarray(-8)];
        assert.ok(
          edges.every((sample) => Math.abs(sample) < 700),
          `${name} begins or ends with a click`,
        );
      }
    });
  }

  it('does nothing when nothing has changed', async () => {
    const file = join(options.outFolder, 'manifest.json');
    const before = await readFile(file, 'utf8');
    const startMs = performance.now();
    const { built, kept } = await buildRecordings(options);
    assert.equal(built, 0);
    assert.ok(kept > 10);
    assert.ok(performance.now() - startMs < 2000);
    assert.equal(await readFile(file, 'utf8'), before);
  });

  it('makes only what has changed, and removes what nobody needs any more', async () => {
    const file = join(options.scriptFolder, 'en', 'core.yaml');
    const script = await readFile(file, 'utf8');
    const before = await readdir(join(options.outFolder, 'en'));
    await writeFile(file, script.replace('Welcome to Walletline.', 'Welcome.'));
    try {
      // Once at each pace.
      assert.equal((await buildRecordings(options)).built, 2);
      const after = await readdir(join(options.outFolder, 'en'));
      assert.equal(after.length, before.length);
      assert.equal(after.filter((name) => !before.includes(name)).length, 6);
    } finally {
      await writeFile(file, script);
      await buildRecordings(options);
    }
  });

  it('goes on where it was interrupted', async () => {
    await rm(join(options.outFolder, 'manifest.json'));
    const [name = ''] = await readdir(join(options.outFolder, 'zh'));
    await rm(join(options.outFolder, 'zh', name));
    assert.equal((await buildRecordings(options)).built, 1);
    assert.ok(existsSync(join(options.outFolder, 'manifest.json')));
    await library();
  });

  it('builds nothing in a second clone that shares a cache with the first', async () => {
    const cache = new RecordingCache(join(root, 'cache'));
    const first = { ...options, outFolder: join(root, 'first'), cache };
    const second = { ...first, outFolder: join(root, 'second') };
    const { built } = await buildRecordings(first);
    assert.ok(built > 10);
    assert.deepEqual(await buildRecordings(second), { built: 0, fetched: built, kept: 0 });
    const folders = [first, second].map(({ outFolder }) => outFolder);
    const [ours, theirs] = await Promise.all(folders.map(async (folder) => readManifest(folder)));
    assert.deepEqual(theirs, ours);
    for (const file of await readdir(join(second.outFolder, 'zh'))) {
      const [one, other] = await Promise.all(
        folders.map(async (folder) => readFile(join(folder, 'zh', file))),
      );
      assert.deepEqual(one, other);
    }
  });

  it('builds all the same where nothing can be kept', async () => {
    const cache = new RecordingCache('/dev/null/cache');
    const { built, fetched } = await buildRecordings({ ...options, outFolder: join(root, 'third'), cache });
    assert.ok(built > 10 && fetched === 0);
  });

  it('prefers a recording to synthesis, and brings it to the same level', async () => {
    const folder = join(options.overrideFolder, 'zh');
    await mkdir(folder);
    const file = join(folder, 'pin.ask.wav');
    await runTool('sox', [
      '-n',
      '-r',
      '44100',
      '-c',
      '2',
      file,
      'synth',
      '1.5',
      'pluck',
      'A3',
      'gain',
      '-30',
      'pad',
      '0.5',
    ]);
    try {
      assert.equal((await buildRecordings(options)).built, 2);
      const recording = (await readManifest(options.outFolder)).languages['zh']?.recordings['pin.ask'];
      assert.ok(recording !== undefined && Math.abs(recording.loudnessDb + 19) < 1);
      assert.ok(recording.leadingSilenceMs < 80);
      assert.ok((await stat(join(options.outFolder, 'zh', `${recording.key}.ulaw`))).size <= 1.6 * 8000);
      const slow = (await readManifest(options.outFolder)).languages['zh']?.slow['pin.ask'];
      assert.ok(slow !== undefined && slow.durationMs > recording.durationMs * 1.1);
    } finally {
      await rm(folder, { recursive: true });
      await buildRecordings(options);
    }
  });

  it('prefers a slow take of the actor to what is slowed down', async () => {
    const folder = join(options.overrideFolder, 'en-slow');
    await mkdir(folder);
    const before = (await readManifest(options.outFolder)).languages['en'];
    const file = join(folder, 'pin.ask.wav');
    await runTool('sox', ['-n', '-r', '44100', file, 'synth', '4', 'pluck', 'A3', 'gain', '-30']);
    try {
      assert.equal((await buildRecordings(options)).built, 1);
      const english = (await readManifest(options.outFolder)).languages['en'];
      assert.deepEqual(english?.recordings['pin.ask'], before?.recordings['pin.ask']);
      assert.ok((english?.slow['pin.ask']?.durationMs ?? 0) > 2_500);
      assert.notEqual(english?.slow['pin.ask']?.key, before?.slow['pin.ask']?.key);
      assert.deepEqual(checkSound(await readManifest(options.outFolder)), []);
    } finally {
      await rm(folder, { recursive: true });
      await buildRecordings(options);
    }
  });

  it('says which text the voice cannot speak', async () => {
    const file = join(options.scriptFolder, 'zh', 'core.yaml');
    const script = await readFile(file, 'utf8');
    await writeFile(file, `${script}strange: 您好☃\n`);
    try {
      await assert.rejects(buildRecordings(options), /☃/);
    } finally {
      await writeFile(file, script);
    }
  });

  it('has a voice for every language that has a grammar', async () => {
    const voices = await chooseVoices(allLanguages, readings);
    assert.deepEqual(
      voices.map(({ grammar }) => grammar.language),
      [...languageCodes],
    );
  });
});
