import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Pace } from '../dialogue/line.js';

/** The formats in which every recording is stored, by the extension that Asterisk knows them by. */
export const soundFormats = ['ulaw', 'alaw', 'sln16'] as const;

/** Name of the manifest within the folder of built prompts. */
export const manifestFile = 'manifest.json';

const recordingSchema = z.strictObject({
  /** File name without its extension, in the folder of its language. */
  key: z.string().regex(/^[0-9a-f]{16}$/),
  text: z.string(),
  durationMs: z.int().positive(),
  /** Loudness of the speech in it, in dB below full scale: see `loudness` in sound.ts. */
  loudnessDb: z.number(),
  peakDb: z.number(),
  leadingSilenceMs: z.number(),
});

const languageSchema = z.strictObject({
  voice: z.string(),
  recordings: z.record(z.string(), recordingSchema),
  /** The same at the slow pace; none in a folder that was built before there was one. */
  slow: z.record(z.string(), recordingSchema).default({}),
});

const manifestSchema = z.strictObject({
  version: z.literal(1),
  languages: z.record(z.string(), languageSchema),
});

/** What is known of one built recording. */
export type BuiltRecording = z.infer<typeof recordingSchema>;

/** What is built of one language. */
type BuiltLanguage = z.infer<typeof languageSchema>;

/** What a folder of built prompts holds: for each language, its recordings by name. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Returns a language's recordings of one pace, by name. */
export function recordingsAt(built: BuiltLanguage, pace: Pace): Record<string, BuiltRecording> {
  return pace === 'normal' ? built.recordings : built.slow;
}

/** Returns the manifest of a folder of built prompts. @throws Error when there is none, or it is damaged. */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, manifestFile);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new Error(`no prompts are built in ${folder}: run "npm run prompts"`, { cause });
  }
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${file} is damaged: delete it and run "npm run prompts"`, { cause });
  }
}
