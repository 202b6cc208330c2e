import { createHash } from 'node:crypto';
import type { Pace } from '../dialogue/line.js';
import {
  clausePauseMs,
  type Ending,
  type Grammar,
  groupPauseMs,
  paces,
  pauseAt,
  sentencePauseMs,
} from './grammar.js';
import type { PromptScript } from './prompt-script.js';

/** One thing to be recorded: a part of a prompt, or a piece of a grammar. */
export type RecordingOrder = { readonly name: string; readonly text: string; readonly ending: Ending };

/**
 * Returns the lengths of the silences that are recordings too, in milliseconds; each a whole number of 20 ms
 * frames.
 */
export function silencesAt(pace: Pace): readonly number[] {
  return [...new Set([clausePauseMs, groupPauseMs, sentencePauseMs].map((ms) => pauseAt(pace, ms)))];
}

/** The silences of every pace. */
export const silencesMs: readonly number[] = [...new Set(paces.flatMap(silencesAt))];

/** Returns the sound name of a silence. */
export function silenceName(ms: number): string {
  return `silence/${ms}`;
}

/** Returns everything that must be recorded in one language, in the order in which an actor reads it. */
export function recordingList(script: PromptScript, grammar: Grammar): readonly RecordingOrder[] {
  const ofPrompts = [...script.prompts.values()].flatMap(({ parts }) =>
    parts.flatMap((part) =>
      'recording' in part ? [{ name: part.recording, text: part.text, ending: part.ending }] : [],
    ),
  );
  return [...ofPrompts, ...grammar.pieces];
}

/** Returns a short name for a recording that changes whenever its sound would change. */
export function recordingKey(...origins: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const origin of origins) {
    hash.update(origin).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}
