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
  /** An ISO 639-1 code: its script is prompts/<language>.yaml. */
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
   *   999,999,999 (in whole units), a digit string with anything but digits in it, a day that does not
   *   exist or whose year is not from 2020 to 2049.
   */
  speak(value: ComposedValue): readonly SpokenPart[];
}

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

const largestNumber = 999_999_999;

/** Returns true for a pause. */
export function isPause(part: SpokenPart): part is { readonly pauseMs: number } {
  return 'pauseMs' in part;
}

/** @throws RangeError when a grammar has no words for the number. */
export function assertSpeakable(number: number): void {
  if (!Number.isSafeInteger(number) || Math.abs(number) > largestNumber) {
    throw new RangeError('a spoken number must be whole and at most 999,999,999');
  }
}

/** Returns whole units and hundredths of an amount without its sign: 10,530 fen are 105 yuan and 30 fen. */
export function unitsOf(amountMinor: number): { negative: boolean; major: number; minor: number } {
  const absolute = Math.abs(amountMinor);
  const major = Math.trunc(absolute / 100);
  assertSpeakable(major);
  return { negative: amountMinor < 0, major, minor: absolute % 100 };
}

/**
 * Returns the digits said one by one, in groups of the given sizes with a pause between them, the last
 * digit of each group with a falling voice. Digits beyond the sizes form groups of the last size.
 * @throws RangeError when there is no digit, or anything else among them.
 */
export function speakDigits(
  digits: string,
  groupSizes: readonly number[],
  pieceFor: (digit: string, ending: Ending) => Piece,
): readonly SpokenPart[] {
  if (!/^\d+$/.test(digits)) {
    throw new RangeError('only digits can be said digit by digit');
  }
  const parts: SpokenPart[] = [];
  let start = 0;
  for (let group = 0; start < digits.length; group += 1) {
    const size = groupSizes[Math.min(group, groupSizes.length - 1)] ?? digits.length;
    const members = digits.slice(start, start + size).split('');
    if (start > 0) {
      parts.push({ pauseMs: groupPauseMs });
    }
    const pieces = members.map((digit, index) =>
      pieceFor(digit, index === members.length - 1 ? 'closed' : 'list'),
    );
    parts.push(...pieces);
    start += size;
  }
  return parts;
}

/** Sizes of the groups in which a phone number is said: 3-4-4 for 11 digits, else fours after the first. */
export function phoneGroups(digits: string): readonly number[] {
  return digits.length === 11 ? [3, 4] : [digits.length % 4 === 0 ? 4 : digits.length % 4, 4];
}

/** Years that have a recording. */
export const spokenYears = range(2020, 2049);

/** @throws RangeError when there is no such day, or its year has no recording. */
export function assertDay({ year, month, day }: Extract<SpokenValue, { as: 'date' }>): void {
  // Any leap year will do when no year is said: 29 February exists.
  const date = new Date(Date.UTC(year ?? 2024, month - 1, day));
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists || (year !== undefined && !spokenYears.includes(year))) {
    throw new RangeError('there are no words for this date');
  }
}

/** Returns a lookup of pieces by name that is sure of its answer. */
export function pieceIndex(pieces: readonly Piece[]): (name: string) => Piece {
  const byName = new Map(pieces.map((piece) => [piece.name, piece]));
  return (name) => {
    const piece = byName.get(name);
    if (piece === undefined) {
      throw new RangeError(`the grammar has no piece named ${name}`);
    }
    return piece;
  };
}

/** Returns the whole numbers from `first` to `last`. */
export function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
