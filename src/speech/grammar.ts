import type { Pace, SpokenValue } from '../dialogue/line.js';

/**
 * How the voice ends: `open` flows on into what follows, `list` stays up after an item of a row, `closed`
 * falls at the end of a sentence.
 */
export type Ending = 'open' | 'list' | 'closed';

/** A few words that are recorded once and joined with others, e.g. "one hundred and". */
export type Piece = {
  /** Names the recording within its language, e.g. "hundred-and/1". */
  readonly name: string;
  readonly text: string;
  readonly ending: Ending;
};

/** What a spoken value is made of: pieces, and the pauses between groups of them. */
export type SpokenPart = Piece | { readonly pauseMs: number };

/** A value that is composed of pieces. A name is not: it is recorded whole. */
export type ComposedValue = Exclude<SpokenValue, { readonly as: 'name' }>;

/** How one language puts values into words. Pure; adding a language is adding one of these. */
export interface Grammar {
  /** An ISO 639-1 code: its script is prompts/<language>. */
  readonly language: string;
  /** Every piece that `speak` can ever use: each is recorded before the first call. */
  readonly pieces: readonly Piece[];
  /** What goes between two pieces, or a text and a value, when they are written down. */
  readonly wordSeparator: string;
  /** Matches a character that names are written with: a name with any other is not recorded. */
  readonly nameLetter: RegExp;
  /**
   * Returns the parts to be said for a value, in order.
   * @throws RangeError for a value that the grammar has no words for: a fraction, more than
   *   999,999,999,999,999 (in whole units), a digit string with anything but digits in it, a day or a time
   *   of day that does not exist, or a year that is not from 2020 to 2049.
   */
  speak(value: ComposedValue): readonly SpokenPart[];
  /**
   * Returns what is said after the label of a choice: how a phone makes it ("press 2").
   * @throws RangeError for what is no key.
   */
  press(key: string): readonly SpokenPart[];
}

/** The keys of a phone, as pieces of a grammar name them: `press/star`. */
export const keyNames: Readonly<Record<string, string>> = {
  ...Object.fromEntries(range(0, 9).map((digit) => [String(digit), String(digit)])),
  '*': 'star',
  '#': 'hash',
};

/** The silence after a sentence, and between two utterances. */
export const sentencePauseMs = 300;
/** The silence at a comma that falls between two recordings. */
export const clausePauseMs = 160;
/** The silence between two groups of digits. */
export const groupPauseMs = 200;

/** Every pace, the usual one first. */
export const paces: readonly Pace[] = ['normal', 'slow'];
/** Whoever wants it slow wants time to think: pauses grow by more than words do (see slow-recordings.ts). */
const slowPauseFactor = 1.6;
const frameMs = 20;

/** Returns how long a pause of the normal pace is at a pace, in milliseconds: whole frames of a call. */
export function pauseAt(pace: Pace, normalMs: number): number {
  return pace === 'normal' ? normalMs : Math.ceil((normalMs * slowPauseFactor) / frameMs) * frameMs;
}

/** Returns true for a pause. */
export function isPause(part: SpokenPart): part is { readonly pauseMs: number } {
  return 'pauseMs' in part;
}

/** Years that have a recording. */
export const spokenYears = range(2020, 2049);

/** Returns the whole numbers from `first` to `last`. */
export function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
