/** The slow pace, made of what was recorded at the normal one: the same voice and the same words. */
import { wideRate } from './finish-recording.js';
import type { Sound } from './sound.js';
import { changeTempo } from './sox.js';

/** A sixth slower: still a person speaking, who is patient. Slower than that, joins begin to warble. */
const tempo = 0.83;

/** Part of the key of every recording made so: it changes when anything here does. */
export const slowTreatment = `slow 1: tempo ${tempo}`;

/** Returns finished wide recordings (sln16) at the slow pace, to be finished again. */
export async function slowDown(files: readonly string[]): Promise<readonly Sound[]> {
  return changeTempo(files, wideRate, tempo);
}
