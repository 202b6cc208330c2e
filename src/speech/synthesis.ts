import type { Ending } from './grammar.js';
import type { Sound } from './sound.js';

/** One text to be spoken. */
export type SynthesisOrder = { readonly text: string; readonly ending: Ending };

/** A voice that speaks one language. */
export interface Synthesis {
  /** Names the voice and all of its settings: recordings are made again when it changes. */
  readonly id: string;
  /**
   * Speaks the texts; resolves to one sound a text, in their order, at any level and with any silence
   * around it.
   * @throws Error when a text cannot be spoken, naming the text.
   */
  speak(orders: readonly SynthesisOrder[]): Promise<readonly Sound[]>;
}
