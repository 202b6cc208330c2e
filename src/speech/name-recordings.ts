import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Pace } from '../dialogue/line.js';
import { soundFormats } from './manifest.js';
import { recordingKey } from './recording-list.js';

/** One recorded name: what to play for it, and how long it lasts. */
export type NameRecording = { readonly sound: string; readonly durationMs: number };

/** Names that were recorded ahead of the calls in which they are said. */
export interface NameRecordings {
  /** Returns the recording of a name at a pace, undefined when there is none. Never makes one: a caller waits. */
  find(language: string, text: string, pace: Pace): NameRecording | undefined;
}

/** Names recorded by `recordNames` beside the prompts: names/<language>/<key>, by the name as it is written. */
export class FolderNameRecordings implements NameRecordings {
  readonly #builtFolder: string;
  readonly #found = new Map<string, NameRecording>();

  constructor(builtFolder: string) {
    this.#builtFolder = builtFolder;
  }

  find(language: string, text: string, pace: Pace): NameRecording | undefined {
    const sound = nameSound(language, text, pace);
    const known = this.#found.get(sound);
    if (known !== undefined) {
      return known;
    }
    const file = join(this.#builtFolder, sound);
    if (!soundFormats.every((format) => existsSync(`${file}.${format}`))) {
      return undefined;
    }
    const recording = { sound, durationMs: statSync(`${file}.ulaw`).size / ulawBytesPerMs };
    this.#found.set(sound, recording);
    return recording;
  }
}

const ulawBytesPerMs = 8;

/** Returns the sound name under which a name is recorded at a pace. */
export function nameSound(language: string, text: string, pace: Pace): string {
  const name = plainName(text);
  return `names/${language}/${pace === 'normal' ? recordingKey(name) : recordingKey(name, pace)}`;
}

/** Returns a name without what is not heard: the same name is recorded once, however it was typed. */
export function plainName(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s+/g, ' ').trim();
}
