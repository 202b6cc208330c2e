import { composeGrammar } from '../../speech/compose-grammar.js';
import { type Grammar, type Piece, range, spokenYears } from '../../speech/grammar.js';

const small = [
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven'],
  ...['twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
];
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

/** Largest first. */
const scales = [
  { name: 'trillion', size: 1_000_000_000_000 },
  { name: 'billion', size: 1_000_000_000 },
  { name: 'million', size: 1_000_000 },
  { name: 'thousand', size: 1_000 },
] as const;

const ordinals = [
  ...['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'],
  ...['eleventh', 'twelfth', 'thirteenth', 'fourteenth', 'fifteenth', 'sixteenth', 'seventeenth'],
  ...['eighteenth', 'nineteenth', 'twentieth'],
];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October'],
  ...['November', 'December'],
];

/** Parts of the day: until noon, until six, until midnight. */
const dayParts = ['morning', 'afternoon', 'evening'] as const;

/** English words for the days of a month. */
function ordinal(day: number): string {
  if (day <= 20) {
    return ordinals[day] ?? '';
  }
  return day === 30 ? 'thirtieth' : `${tens[Math.trunc(day / 10)] ?? ''}-${ordinals[day % 10] ?? ''}`;
}

/** English words for 0 to 99. */
function words(number: number): string {
  const ten = tens[Math.trunc(number / 10)] ?? '';
  if (number < 20) {
    return small[number] ?? '';
  }
  return number % 10 === 0 ? ten : `${ten}-${small[number % 10] ?? ''}`;
}

function open(name: string, text: string): Piece {
  return { name, text, ending: 'open' };
}

function closed(name: string, text: string): Piece {
  return { name, text, ending: 'closed' };
}

/**
 * "Fifty yuan" and "and thirty fen" are recorded whole: they end most amounts, and a join inside them is
 * the one a caller would notice.
 */
const pieces: readonly Piece[] = [
  ...range(0, 99).map((number) => open(`number/${number}`, words(number))),
  ...range(1, 9).map((number) => open(`hundred/${number}`, `${words(number)} hundred`)),
  ...range(1, 9).map((number) => open(`hundred-and/${number}`, `${words(number)} hundred and`)),
  ...range(1, 9).map((number) => closed(`hundred-yuan/${number}`, `${words(number)} hundred yuan`)),
  ...scales.flatMap(({ name: unit }) => [
    open(unit, unit),
    open(`${unit}-and`, `${unit} and`),
    closed(`${unit}-yuan`, `${unit} yuan`),
  ]),
  ...range(0, 99).map((number) => closed(`yuan/${number}`, `${words(number)} yuan`)),
  ...range(1, 99).map((number) => closed(`and-fen/${number}`, `and ${words(number)} fen`)),
  closed('fen', 'fen'),
  open('minus', 'minus'),
  open('this-phone', 'this phone'),
  ...range(0, 9).map((digit) => ({
    name: `digit/${digit}`,
    text: words(digit),
    ending: 'list' as const,
  })),
  ...range(1, 31).map((day) => open(`day/${day}`, `the ${ordinal(day)} of`)),
  ...months.map((month, index) => closed(`month/${index + 1}`, month)),
  // "Two oh five in the afternoon": twelve hours, which most people count in.
  ...range(1, 9).map((minute) => open(`oh/${minute}`, `oh ${words(minute)}`)),
  ...dayParts.map((part) => closed(`in-the/${part}`, `in the ${part}`)),
  closed('midnight', 'midnight'),
  closed('noon', 'noon'),
  // "Twenty twenty-six": in two pairs.
  ...spokenYears.map((year) => closed(`year/${year}`, `twenty ${words(year % 100)}`)),
  ...range(0, 9).map((digit) => closed(`digit-last/${digit}`, words(digit))),
  ...range(0, 9).map((digit) => closed(`press/${digit}`, `press ${words(digit)}.`)),
  closed('press/star', 'press star.'),
  closed('press/hash', 'press hash.'),
];

/** Names of the pieces of a time: "two oh five in the afternoon", "noon". */
function timePieces(hour: number, minute: number): string[] {
  if (minute === 0 && hour % 12 === 0) {
    return [hour === 0 ? 'midnight' : 'noon'];
  }
  const [morning, afternoon, evening] = dayParts;
  const later = hour < 18 ? afternoon : evening;
  const minutes = minute < 10 ? `oh/${minute}` : `number/${minute}`;
  return [
    `number/${hour % 12 === 0 ? 12 : hour % 12}`,
    ...(minute === 0 ? [] : [minutes]),
    `in-the/${hour < 12 ? morning : later}`,
  ];
}

/** Names of the pieces of a whole number; with `yuan`, the last one carries the word. */
function numberPieces(number: number, unit: '' | '-yuan'): string[] {
  const last = (rest: number): string => (unit === '' ? `number/${rest}` : `yuan/${rest}`);
  if (number < 100) {
    return [last(number)];
  }
  const scale = scales.find(({ size }) => number >= size);
  if (scale === undefined) {
    const hundreds = Math.trunc(number / 100);
    const rest = number % 100;
    return rest === 0 ? [`hundred${unit}/${hundreds}`] : [`hundred-and/${hundreds}`, last(rest)];
  }
  const { name, size } = scale;
  const count = numberPieces(Math.trunc(number / size), '');
  const rest = number % size;
  if (rest === 0) {
    return [...count, `${name}${unit}`];
  }
  return [...count, rest < 100 ? `${name}-and` : name, ...numberPieces(rest, unit)];
}

function moneyPieces(major: number, minor: number): string[] {
  if (minor === 0) {
    return numberPieces(major, '-yuan');
  }
  return major === 0 ? [`number/${minor}`, 'fen'] : [...numberPieces(major, '-yuan'), `and-fen/${minor}`];
}

/** A letter, a figure, or what stands between them in a name. */
const nameLetter = /^[A-Za-z0-9 '.,-]$/;

/** English as callers in China are spoken to: "one hundred and five yuan and thirty fen". */
export const englishGrammar: Grammar = composeGrammar({
  language: 'en',
  pieces,
  wordSeparator: ' ',
  nameLetter,
  number: (number) => numberPieces(number, ''),
  money: moneyPieces,
  time: timePieces,
  date: ({ year, month, day }) => [
    ...[`day/${day}`, `month/${month}`],
    ...(year === undefined ? [] : [`year/${year}`]),
  ],
});
