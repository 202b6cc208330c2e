import type { Grammar } from '../speech/grammar.js';
import type { Synthesis } from '../speech/synthesis.js';

/**
 * What a language is. A language is a folder: this definition, its grammar and its voice; its texts are
 * prompts/<code>. catalogue.ts lists them, and nothing else knows one by name.
 */
export type LanguageDefinition = {
  /** How it says numbers, money, dates, names and keys; its code is an ISO 639-1 one. */
  readonly grammar: Grammar;
  /** How long the text of a prompt may be, besides its values, so that it lasts 12 seconds at most. */
  readonly textLimit: TextLimit;
  /** How long a calm reader takes for a letter of it, in seconds: for the actor's sheet. */
  readonly secondsPerLetter: number;
  /**
   * The module whose `voice` is a `ChooseVoice`. It is named rather than imported, so that a process that takes
   * calls loads no synthesis.
   */
  readonly voice: URL;
};

/** So many words, or letters and figures. */
export type TextLimit = { readonly unit: 'words' | 'letters'; readonly most: number };

/** Where a voice is chosen. */
type VoiceSetting = {
  /** The folder of the scripts, where what a voice needs of a translator stands too. */
  readonly scriptFolder: string;
  /** As `process.platform` has it. */
  readonly platform: string;
};

/** Returns the best free voice that a machine has for one language. */
export type ChooseVoice = (setting: VoiceSetting) => Promise<Synthesis>;

/** Returns how long a text is, without its placeholders, in the unit of its language's limit. */
export function textLength(text: string, { unit }: TextLimit): number {
  const spoken = text.replaceAll(/\{[^}]*\}/g, ' ');
  return (spoken.match(unit === 'words' ? /[\p{L}\p{N}'’-]+/gu : /[\p{L}\p{N}]/gu) ?? []).length;
}
