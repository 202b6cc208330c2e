/** Finds the files of what must be playable, and names what is missing. */
import { readdir } from 'node:fs/promises';
import type { Pace } from '../dialogue/line.js';
import { paces } from './grammar.js';
import { type BuiltRecording, soundFormats } from './manifest.js';
import { type RecordingOrder, silenceName, silencesAt } from './recording-list.js';

/** What can be played, by the name of the recording. */
export type Sounds = ReadonlyMap<string, { readonly sound: string; readonly durationMs: number }>;

/** Returns what can be played, and what is wrong, a line each. */
export function matchRecordings(
  language: string,
  pace: Pace,
  orders: readonly RecordingOrder[],
  built: Readonly<Record<string, BuiltRecording>>,
  files: ReadonlySet<string>,
): { sounds: Sounds; missing: readonly string[] } {
  const sounds = new Map<string, { sound: string; durationMs: number }>();
  const missing: string[] = [];
  const said = pace === 'normal' ? language : `${language}, ${pace}`;
  for (const { name, text } of orders) {
    const recording = built[name];
    if (recording === undefined) {
      missing.push(`${said}: ${name} is not recorded`);
    } else if (recording.text !== text) {
      missing.push(`${said}: ${name} is recorded with another text`);
    } else {
      const missingFiles = missingFormats(files, language, recording.key);
      missing.push(...missingFiles);
      if (missingFiles.length === 0) {
        sounds.set(name, { sound: `${language}/${recording.key}`, durationMs: recording.durationMs });
      }
    }
  }
  return { sounds, missing };
}

/** Returns the lengths of the silences that are there, and what is missing at each pace. */
export function matchSilences(files: ReadonlySet<string>) {
  const missingAt = (pace: Pace): readonly string[] =>
    silencesAt(pace).flatMap((ms) => missingFormats(files, 'silence', String(ms)));
  const present = paces
    .flatMap(silencesAt)
    .filter((ms) => missingFormats(files, 'silence', String(ms)).length === 0);
  return {
    durationsMs: new Map(present.map((ms) => [silenceName(ms), ms])),
    missing: { normal: missingAt('normal'), slow: missingAt('slow') },
  };
}

function missingFormats(files: ReadonlySet<string>, folder: string, key: string): string[] {
  return soundFormats
    .filter((format) => !files.has(`${key}.${format}`))
    .map((format) => `no file ${folder}/${key}.${format}`);
}

/** Returns the names of the files in a folder; none when there is no such folder. */
export async function filesIn(folder: string): Promise<ReadonlySet<string>> {
  try {
    return new Set(await readdir(folder));
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') {
      return new Set();
    }
    throw new Error(`cannot list the prompts in ${folder}`, { cause: fault });
  }
}
