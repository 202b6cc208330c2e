/** What all grammars have in common: which values there are, how digits are grouped, what cannot be said. */
import type { SpokenValue } from '../dialogue/line.js';
import {
  type ComposedValue,
  type Grammar,
  groupPauseMs,
  keyNames,
  type Piece,
  type SpokenPart,
  spokenYears,
} from './grammar.js';

type Day = Extract<SpokenValue, { readonly as: 'date' }>;

/**
 * What a language says in a way of its own, as names of its pieces in order. Besides those named here it has
 * pieces of the names `minus`, `this-phone`, `digit/0` to `digit/9`, and `digit-last/0` to `digit-last/9`, and `press/0` to
 * `press/9`, `press/star` and `press/hash`.
 */
export type Words = Omit<Grammar, 'speak' | 'press'> & {
  /** A whole number that is not negative. */
  readonly number: (number: number) => readonly string[];
  /** An amount that is not negative, in whole units and hundredths of them. */
  readonly money: (major: number, minor: number) => readonly string[];
  /** A day that exists, in the order in which the language says it. */
  readonly date: (day: Day) => readonly string[];
  /** A time of day that exists; hours count from 0 to 23. */
  readonly time: (hour: number, minute: number) => readonly string[];
};

/** More than the yuan of any amount that is exact (see Money), so that every balance can be said. */
const largestNumber = 999_999_999_999_999;

/** Returns the grammar of a language's words. */
export function composeGrammar({ number, money, date, time, ...language }: Words): Grammar {
  const piece = pieceIndex(language.pieces);
  const signed = (value: number, names: readonly string[]): readonly SpokenPart[] =>
    [...(value < 0 ? ['minus'] : []), ...names].map(piece);
  const speak = (value: ComposedValue): readonly SpokenPart[] => {
    switch (value.as) {
      case 'money': {
        const { amountMinor } = value.money;
        const absolute = Math.abs(amountMinor);
        const major = Math.trunc(absolute / 100);
        assertSpeakable(major);
        return signed(amountMinor, money(major, absolute % 100));
      }
      case 'number':
        assertSpeakable(value.number);
        return signed(value.number, number(Math.abs(value.number)));
      case 'phone':
        return value.own === true
          ? [piece('this-phone')]
          : digitParts(value.digits, phoneGroups(value.digits), piece);
      case 'card-ending':
        return digitParts(value.digits, [4], piece);
      case 'reference':
        return digitParts(value.digits, [3], piece);
      case 'date':
        assertDay(value);
        return date(value).map(piece);
      case 'time':
        assertTime(value);
        return time(value.hour, value.minute).map(piece);
    }
  };
  const press = (key: string): readonly SpokenPart[] => {
    const name = keyNames[key];
    if (name === undefined) {
      throw new RangeError('only a key of a phone can be pressed');
    }
    return [piece(`press/${name}`)];
  };
  return { ...language, speak, press };
}

/** @throws RangeError when a grammar has no words for the number. */
function assertSpeakable(number: number): void {
  if (!Number.isSafeInteger(number) || Math.abs(number) > largestNumber) {
    throw new RangeError('a spoken number must be whole and at most 999,999,999,999,999');
  }
}

/**
 * Returns the digits said one by one, in groups of the given sizes with a pause between them, the last
 * digit of each group with a falling voice. Digits beyond the sizes form groups of the last size.
 * @throws RangeError when there is no digit, or anything else among them.
 */
function digitParts(
  digits: string,
  groupSizes: readonly number[],
  piece: (name: string) => Piece,
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
    const last = members.length - 1;
    parts.push(
      ...members.map((digit, index) => piece(`${index === last ? 'digit-last' : 'digit'}/${digit}`)),
    );
    start += size;
  }
  return parts;
}

/** Sizes of the groups in which a phone number is said: 3-4-4 for 11 digits, else fours after the first. */
function phoneGroups(digits: string): readonly number[] {
  return digits.length === 11 ? [3, 4] : [digits.length % 4 === 0 ? 4 : digits.length % 4, 4];
}

/** @throws RangeError when there is no such day, or its year has no recording. */
function assertDay({ year, month, day }: Extract<SpokenValue, { as: 'date' }>): void {
  // Any leap year will do when no year is said: 29 February exists.
  const date = new Date(Date.UTC(year ?? 2024, month - 1, day));
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists || (year !== undefined && !spokenYears.includes(year))) {
    throw new RangeError('there are no words for this date');
  }
}

/** @throws RangeError when no day has this time. */
function assertTime({ hour, minute }: Extract<SpokenValue, { as: 'time' }>): void {
  const exists = (count: number, most: number) => Number.isInteger(count) && count >= 0 && count <= most;
  if (!exists(hour, 23) || !exists(minute, 59)) {
    throw new RangeError('there are no words for this time of day');
  }
}

/** Returns a lookup of pieces by name that is sure of its answer. */
function pieceIndex(pieces: readonly Piece[]): (name: string) => Piece {
  const byName = new Map(pieces.map((piece) => [piece.name, piece]));
  return (name) => {
    const piece = byName.get(name);
    if (piece === undefined) {
      throw new RangeError(`the grammar has no piece named ${name}`);
    }
    return piece;
  };
}
