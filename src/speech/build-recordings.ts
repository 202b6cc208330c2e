import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pace } from '../dialogue/line.js';
import {
  type Facts,
  finish,
  measure,
  narrowRate,
  storeAll,
  treatment,
  wideRate,
  writeWhole,
} from './finish-recording.js';
import { encodeAlaw, encodeUlaw } from './g711.js';
import { type Grammar, paces } from './grammar.js';
import { type Manifest, manifestFile, readManifest, recordingsAt, soundFormats } from './manifest.js';
import { loadScript } from './prompt-script.js';
import type { RecordingCache } from './recording-cache.js';
import { type RecordingOrder, recordingKey, recordingList, silencesMs } from './recording-list.js';
import { slowDown, slowTreatment } from './slow-recordings.js';
import { fromPcm16, type Sound } from './sound.js';
import { readSound } from './sox.js';
import type { Synthesis } from './synthesis.js';

/** A language with the voice that speaks it. */
export type SpokenLanguage = { readonly grammar: Grammar; readonly voice: Synthesis };

/** What to build, and where. */
export type BuildOptions = {
  readonly outFolder: string;
  readonly scriptFolder: string;
  /**
   * Recordings that win over synthesis, <folder>/<language>/<name>.wav, and over what is slowed down,
   * <folder>/<language>-slow/<name>.wav.
   */
  readonly overrideFolder: string;
  readonly languages: readonly SpokenLanguage[];
  /** Where recordings are kept between clones, if anywhere. */
  readonly cache?: RecordingCache | undefined;
  /** How many programs run at a time. */
  readonly parallel: number;
  /** Told after each batch. */
  readonly progress: (done: number, total: number) => void;
};

/** Texts a run of a synthesiser: enough to spread its start, few enough to show progress. */
const batchSize = 40;

type Work = { readonly language: string; readonly key: string } & (
  | { readonly order: RecordingOrder; readonly voice: Synthesis }
  | { readonly file: string }
  /** Made of another sound, which is built before. */
  | { readonly slowOf: string }
);

/** One sound to be made, and the recordings that it serves: equal texts share one. */
type Plan = {
  readonly work: Work;
  readonly recordings: { readonly name: string; readonly text: string; readonly pace: Pace }[];
};

/**
 * Builds whatever is not built yet of the recordings of all languages, and removes what is no longer used.
 * What was built by an interrupted run is kept. The manifest is written last, at once: a folder without
 * one is not complete.
 * @throws Error when a script, a voice or a program fails; what was built before stays.
 */
export async function buildRecordings(
  options: BuildOptions,
): Promise<{ built: number; fetched: number; kept: number }> {
  const { outFolder, languages, cache } = options;
  const before = await previousManifest(outFolder);
  await buildSilences(outFolder);
  const manifest: Manifest = { version: 1, languages: {} };
  const plans = new Map<string, Plan>();
  for (const { grammar, voice } of languages) {
    await mkdir(join(outFolder, grammar.language), { recursive: true });
    for (const plan of await planLanguage(options, grammar, voice)) {
      plans.set(`${plan.work.language}/${plan.work.key}`, plan);
    }
  }
  const measured = measuredBefore(before);
  const missing: Plan[] = [];
  let fetched = 0;
  for (const [sound, plan] of plans) {
    const isThere = soundFormats.every((format) => existsSync(join(outFolder, `${sound}.${format}`)));
    const isFetched = !isThere && (await cache?.fetch(sound, outFolder)) === true;
    fetched += isFetched ? 1 : 0;
    if (!isThere && !isFetched) {
      missing.push(plan);
    } else if (!measured.has(sound)) {
      // It comes from the cache, or an earlier run was interrupted after it.
      const wide = fromPcm16(await readFile(join(outFolder, `${sound}.sln16`)), wideRate);
      measured.set(sound, measure(wide));
    }
  }
  await buildAll(missing, options, measured);
  for (const { grammar, voice } of languages) {
    manifest.languages[grammar.language] = { voice: voice.id, recordings: {}, slow: {} };
  }
  for (const [sound, { work, recordings }] of plans) {
    const facts = measured.get(sound);
    const built = manifest.languages[work.language];
    if (facts === undefined || built === undefined) {
      throw new Error(`${namesOf(recordings)} was not built`);
    }
    for (const { name, text, pace } of recordings) {
      recordingsAt(built, pace)[name] = { key: work.key, text, ...facts };
    }
  }
  await writeWhole(join(outFolder, manifestFile), JSON.stringify(manifest, undefined, 1));
  await removeStale(outFolder, plans);
  return { built: missing.length, fetched, kept: plans.size - missing.length - fetched };
}

async function planLanguage(
  options: BuildOptions,
  grammar: Grammar,
  voice: Synthesis,
): Promise<Iterable<Plan>> {
  const { language } = grammar;
  const script = await loadScript(options.scriptFolder, language);
  const plans = new Map<string, Plan>();
  const plan = (work: Work, { name, text }: RecordingOrder, pace: Pace): void => {
    const shared = plans.get(work.key) ?? { work, recordings: [] };
    shared.recordings.push({ name, text, pace });
    plans.set(work.key, shared);
  };
  for (const order of recordingList(script, grammar)) {
    const normal: Work = (await recorded(options, language, language, order)) ?? {
      language,
      key: recordingKey(treatment, voice.id, order.ending, order.text),
      order,
      voice,
    };
    plan(normal, order, 'normal');
    const slow: Work = (await recorded(options, language, `${language}-slow`, order)) ?? {
      language,
      key: recordingKey(treatment, slowTreatment, normal.key),
      slowOf: normal.key,
    };
    plan(slow, order, 'slow');
  }
  return plans.values();
}

/** The actor's own take, if there is one. */
async function recorded(
  { overrideFolder }: BuildOptions,
  language: string,
  folder: string,
  { name }: RecordingOrder,
): Promise<Work | undefined> {
  const file = join(overrideFolder, folder, `${name}.wav`);
  return existsSync(file)
    ? { language, key: recordingKey(treatment, await readFile(file)), file }
    : undefined;
}

async function buildAll(plans: readonly Plan[], options: BuildOptions, measured: Map<string, Facts>) {
  const slow = plans.filter(({ work }) => 'slowOf' in work);
  const first = plans.filter(({ work }) => !('slowOf' in work));
  let done = 0;
  const progress = (built: number): void => {
    done += built;
    options.progress(done, plans.length);
  };
  await buildBatches(batchesOf(first), options, measured, progress);
  await buildBatches(batchesOf(slow), options, measured, progress);
}

/** What one run of a program makes: works of one kind and of one voice. */
function batchesOf(plans: readonly Plan[]): readonly Plan[][] {
  const batches: Plan[][] = [];
  const kinds = new Map<unknown, Plan[]>();
  for (const plan of plans) {
    const { work } = plan;
    const kind = 'voice' in work ? work.voice : 'file' in work ? 'override' : work.language;
    const open = kinds.get(kind);
    if (open === undefined || open.length === batchSize) {
      const batch = [plan];
      batches.push(batch);
      kinds.set(kind, batch);
    } else {
      open.push(plan);
    }
  }
  return batches;
}

async function buildBatches(
  batches: readonly Plan[][],
  options: BuildOptions,
  measured: Map<string, Facts>,
  progress: (built: number) => void,
): Promise<void> {
  const queue = batches.values();
  const worker = async (): Promise<void> => {
    for (const batch of queue) {
      for (const { sound, facts } of await buildBatch(batch, options.outFolder)) {
        measured.set(sound, facts);
        await options.cache?.keep(sound, options.outFolder);
      }
      progress(batch.length);
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, worker));
}

async function buildBatch(batch: readonly Plan[], outFolder: string) {
  const sounds = await soundsOf(
    batch.map(({ work }) => work),
    outFolder,
  );
  const wide = batch.map(({ work, recordings }, index) => {
    const finished = finish(sounds[index]);
    if (finished === undefined) {
      throw new Error(`${work.language}: the voice says nothing for ${namesOf(recordings)}`);
    }
    return finished;
  });
  const names = batch.map(({ work }) => `${work.language}/${work.key}`);
  await storeAll(wide, outFolder, names);
  return wide.map((sound, index) => ({ sound: names[index] ?? '', facts: measure(sound) }));
}

async function soundsOf(works: readonly Work[], outFolder: string): Promise<readonly Sound[]> {
  const first = works[0];
  if (first !== undefined && 'voice' in first) {
    return first.voice.speak(works.flatMap((work) => ('order' in work ? [work.order] : [])));
  }
  if (first !== undefined && 'slowOf' in first) {
    const normal = works.flatMap((work) => ('slowOf' in work ? [`${work.language}/${work.slowOf}`] : []));
    return slowDown(normal.map((sound) => join(outFolder, `${sound}.sln16`)));
  }
  return Promise.all(works.flatMap((work) => ('file' in work ? [readSound(work.file, wideRate)] : [])));
}

async function buildSilences(outFolder: string): Promise<void> {
  const folder = join(outFolder, 'silence');
  await mkdir(folder, { recursive: true });
  for (const ms of silencesMs) {
    const narrow = Buffer.alloc(((ms * narrowRate) / 1000) * 2);
    const path = join(folder, String(ms));
    if (!soundFormats.every((format) => existsSync(`${path}.${format}`))) {
      await writeWhole(`${path}.ulaw`, encodeUlaw(narrow));
      await writeWhole(`${path}.alaw`, encodeAlaw(narrow));
      await writeWhole(`${path}.sln16`, Buffer.alloc(((ms * wideRate) / 1000) * 2));
    }
  }
}

async function previousManifest(outFolder: string): Promise<Manifest> {
  return existsSync(join(outFolder, manifestFile)) ? readManifest(outFolder) : { version: 1, languages: {} };
}

function measuredBefore({ languages }: Manifest): Map<string, Facts> {
  return new Map(
    Object.entries(languages).flatMap(([language, built]) =>
      paces
        .flatMap((pace) => Object.values(recordingsAt(built, pace)))
        .map(({ key, text: _, ...facts }): [string, Facts] => [`${language}/${key}`, facts]),
    ),
  );
}

function namesOf(recordings: Plan['recordings']): string {
  return recordings.map(({ name, text }) => `${name} "${text}"`).join(', ');
}

async function removeStale(outFolder: string, plans: ReadonlyMap<string, Plan>): Promise<void> {
  const folders = new Set([...plans.values()].map(({ work }) => work.language));
  for (const folder of folders) {
    for (const file of await readdir(join(outFolder, folder))) {
      if (!plans.has(`${folder}/${file.split('.')[0] ?? ''}`)) {
        await rm(join(outFolder, folder, file));
      }
    }
  }
}
