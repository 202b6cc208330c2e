/** How a raw sound becomes the files that a switch plays: prompts, pieces and names alike. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeAlaw, encodeUlaw } from './g711.js';
import type { BuiltRecording } from './manifest.js';
import {
  concatenate,
  fade,
  leadingSilenceMs,
  level,
  loudness,
  padToFrames,
  peak,
  type Sound,
  toPcm16,
  trim,
} from './sound.js';
import { resample } from './sox.js';

/** Part of every key: it changes when anything below does, so that everything is made again. */
export const treatment = 'treatment 1: 16 kHz, -19 dB, peak -1.5 dB, margins 20 and 40 ms';
export const wideRate = 16_000;
export const narrowRate = 8000;
const wantedDb = -19;
const ceilingDb = -1.5;
const marginMs = { lead: 20, tail: 40 };
const fadeMs = 5;
/** The frame of a telephone call: a switch plays whole ones only. */
const frameMs = 20;
/** What is measured of a sound. */
export type Facts = Omit<BuiltRecording, 'key' | 'text'>;

/** Returns a sound as it is stored: trimmed, levelled, faded, in whole frames; undefined when it is silent. */
export function finish(raw: Sound | undefined): Sound | undefined {
  if (raw === undefined || raw.samples.length === 0 || peak(raw) < -60) {
    return undefined;
  }
  return padToFrames(fade(level(trim(raw, marginMs), wantedDb, ceilingDb), fadeMs), frameMs);
}

/** Returns what is known of a finished sound. */
export function measure(sound: Sound): Facts {
  const rounded = (value: number): number => Math.round(value * 10) / 10;
  return {
    durationMs: (sound.samples.length * 1000) / sound.rate,
    loudnessDb: rounded(loudness(sound)),
    peakDb: rounded(peak(sound)),
    leadingSilenceMs: leadingSilenceMs(sound),
  };
}

/** Stores finished sounds in every format, each under its name in the folder. */
export async function storeAll(
  wide: readonly Sound[],
  folder: string,
  names: readonly string[],
): Promise<void> {
  for (const [index, narrow] of (await resampleAll(wide)).entries()) {
    const wideSound = wide[index];
    const name = names[index];
    if (wideSound === undefined || name === undefined) {
      throw new Error('every sound is stored under a name of its own');
    }
    const pcm16 = toPcm16(narrow);
    const path = join(folder, name);
    await writeWhole(`${path}.ulaw`, encodeUlaw(pcm16));
    await writeWhole(`${path}.alaw`, encodeAlaw(pcm16));
    await writeWhole(`${path}.sln16`, toPcm16(wideSound));
  }
}

/** Sounds of whole frames with faded ends can pass the filter in one row, which starts one program, not forty. */
async function resampleAll(wide: readonly Sound[]): Promise<readonly Sound[]> {
  const row = { samples: concatenate(wide.map(({ samples }) => samples)), rate: wideRate };
  const { samples } = await resample(row, narrowRate);
  let end = 0;
  return wide.map((sound) => {
    const start = end;
    end += (sound.samples.length * narrowRate) / wideRate;
    return { samples: samples.subarray(start, end), rate: narrowRate };
  });
}

/** Writes a file so that no reader, and no interrupted build, ever sees a part of it. */
export async function writeWhole(file: string, content: string | Buffer): Promise<void> {
  const temporary = `${file}.${process.pid}.part`;
  await writeFile(temporary, content);
  await rename(temporary, file);
}
