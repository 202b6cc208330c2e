import { composeGrammar } from '../../speech/compose-grammar.js';
import { type Grammar, type Piece, range, spokenYears } from '../../speech/grammar.js';

const numerals = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/** 1 is said yāo in a row of digits, so that no one takes it for 7. */
const digitNames = ['零', '幺', ...numerals.slice(2)];

/** Mandarin words for 0 to 99: 十五 by itself, 一十五 after a higher unit. */
function words(number: number, afterHigherUnit = false): string {
  const ten = Math.trunc(number / 10);
  const unit = number % 10 === 0 ? '' : (numerals[number % 10] ?? '');
  if (number < 10) {
    return numerals[number] ?? '';
  }
  return ten === 1 && !afterHigherUnit ? `十${unit}` : `${numerals[ten] ?? ''}十${unit}`;
}

/** A year is read digit by digit, with 一 and not 幺. */
function yearDigits(year: number): string {
  return String(year)
    .split('')
    .map((digit) => numerals[Number(digit)] ?? '')
    .join('');
}

/** 两 counts things and stands before 百, 千 and 万; 二 stands everywhere else. */
function count(number: number): string {
  return number === 2 ? '两' : (numerals[number] ?? '');
}

/** Parts of the day by the hour that they begin with. */
const dayParts = [
  { name: 'night', from: 0, text: '凌晨' },
  { name: 'morning', from: 6, text: '上午' },
  { name: 'noon', from: 12, text: '中午' },
  { name: 'afternoon', from: 13, text: '下午' },
  { name: 'evening', from: 18, text: '晚上' },
] as const;

function open(name: string, text: string): Piece {
  return { name, text, ending: 'open' };
}

function closed(name: string, text: string): Piece {
  return { name, text, ending: 'closed' };
}

const pieces: readonly Piece[] = [
  ...range(0, 99).map((number) => open(`number/${number}`, words(number))),
  open('number/liang', '两'),
  ...range(10, 19).map((number) => open(`tail/${number}`, words(number, true))),
  ...range(1, 9).flatMap((number) => [
    open(`hundred/${number}`, `${count(number)}百`),
    open(`hundred-zero/${number}`, `${count(number)}百零`),
    open(`thousand/${number}`, `${count(number)}千`),
    open(`thousand-zero/${number}`, `${count(number)}千零`),
    closed(`jiao/${number}`, `${count(number)}角`),
    closed(`zero-fen/${number}`, `零${numerals[number] ?? ''}分`),
    closed(`fen/${number}`, `${numerals[number] ?? ''}分`),
  ]),
  closed('fen/liang', '两分'),
  open('wan', '万'),
  open('wan-zero', '万零'),
  open('yi', '亿'),
  open('yi-zero', '亿零'),
  ...range(0, 99).map((number) => closed(`yuan/${number}`, `${words(number)}元`)),
  closed('yuan/liang', '两元'),
  ...range(10, 19).map((number) => closed(`tail-yuan/${number}`, `${words(number, true)}元`)),
  closed('yuan', '元'),
  open('minus', '负'),
  open('this-phone', '本机'),
  ...range(0, 9).map((digit) => ({
    name: `digit/${digit}`,
    text: digitNames[digit] ?? '',
    ending: 'list' as const,
  })),
  ...spokenYears.map((year) => open(`year/${year}`, `${yearDigits(year)}年`)),
  ...range(1, 12).map((month) => open(`month/${month}`, `${words(month)}月`)),
  ...range(1, 31).map((day) => closed(`day/${day}`, `${words(day)}日`)),
  // 下午两点零五分: twelve hours, after the part of the day. What ends a time falls.
  ...dayParts.map(({ name, text }) => open(`day-part/${name}`, text)),
  ...range(0, 12).flatMap((hour) => [
    open(`hour/${hour}`, `${hour < 10 ? count(hour) : words(hour)}点`),
    closed(`hour-last/${hour}`, `${hour < 10 ? count(hour) : words(hour)}点`),
  ]),
  ...range(1, 59).map((minute) => closed(`minute/${minute}`, `${minute < 10 ? '零' : ''}${words(minute)}分`)),
  ...range(0, 9).map((digit) => closed(`digit-last/${digit}`, digitNames[digit] ?? '')),
  ...range(0, 9).map((digit) => closed(`press/${digit}`, `请按${numerals[digit] ?? ''}。`)),
  closed('press/star', '请按星号键。'),
  closed('press/hash', '请按井号键。'),
];

/** Names of the pieces of a time: 上午九点三十分, 中午十二点, 凌晨零点零五分. */
function timePieces(hour: number, minute: number): string[] {
  const part = dayParts.findLast(({ from }) => hour >= from)?.name ?? '';
  const said = hour > 12 ? hour - 12 : hour;
  return [
    `day-part/${part}`,
    ...(minute === 0 ? [`hour-last/${said}`] : [`hour/${said}`, `minute/${minute}`]),
  ];
}

type Unit = '' | 'yuan';

/** The end of a number, 1 to 99; `first` when nothing of the number was said before it. */
function ending(rest: number, unit: Unit, first: boolean): string {
  const isTail = !first && rest >= 10 && rest <= 19;
  const name = first && rest === 2 ? 'liang' : String(rest);
  if (unit === 'yuan') {
    return isTail ? `tail-yuan/${rest}` : `yuan/${name}`;
  }
  return isTail ? `tail/${rest}` : `number/${name}`;
}

/** Names of the pieces of 1 to 9,999. */
function groupPieces(number: number, unit: Unit, first: boolean): string[] {
  const close = unit === '' ? [] : [unit];
  if (number < 100) {
    return [ending(number, unit, first)];
  }
  const [size, name] = number < 1000 ? [100, 'hundred'] : [1000, 'thousand'];
  const count = Math.trunc(number / size);
  const rest = number % size;
  if (rest === 0) {
    return [`${name}/${count}`, ...close];
  }
  // One 零 stands for any run of zeros in the middle of a number.
  const skipsAUnit = rest < size / 10;
  return [`${name}${skipsAUnit ? '-zero' : ''}/${count}`, ...groupPieces(rest, unit, false)];
}

/** Names of the pieces of a whole number: groups of four digits, 万 and 亿 between them. */
function numberPieces(number: number, unit: Unit, first = true): string[] {
  if (number === 0) {
    return [unit === '' ? 'number/0' : 'yuan/0'];
  }
  if (number < 10_000) {
    return groupPieces(number, unit, first);
  }
  const [size, name] = number < 100_000_000 ? [10_000, 'wan'] : [100_000_000, 'yi'];
  // From ten thousand 亿 on, what stands before 亿 has a 万 of its own.
  const higher = numberPieces(Math.trunc(number / size), '', first);
  const rest = number % size;
  if (rest === 0) {
    return [...higher, name, ...(unit === '' ? [] : [unit])];
  }
  const skipsAUnit = rest < size / 10;
  return [...higher, skipsAUnit ? `${name}-zero` : name, ...numberPieces(rest, unit, false)];
}

function moneyPieces(major: number, minor: number): string[] {
  const jiao = Math.trunc(minor / 10);
  const fen = minor % 10;
  const parts: string[] = [];
  if (major > 0 || minor === 0) {
    parts.push(...numberPieces(major, 'yuan'));
  }
  if (jiao > 0) {
    parts.push(`jiao/${jiao}`);
  }
  if (fen > 0) {
    // 元零五分: a 零 for the missing 角; 两分 only when nothing stands before it.
    const skipsJiao = jiao === 0 && major > 0;
    const alone = jiao === 0 && major === 0;
    parts.push(skipsJiao ? `zero-fen/${fen}` : `fen/${alone && fen === 2 ? 'liang' : fen}`);
  }
  return parts;
}

/** A character or a figure. What stands between them in a name has no sound. */
const nameLetter = /^[\p{Script=Han}0-9 ·、]$/u;

/** Mandarin: 一百零五元三角, 两百元, 一万零五十元; 幺 for 1 in a row of digits. */
export const mandarinGrammar: Grammar = composeGrammar({
  language: 'zh',
  pieces,
  wordSeparator: '',
  nameLetter,
  number: (number) => numberPieces(number, ''),
  money: moneyPieces,
  time: timePieces,
  date: ({ year, month, day }) => [
    ...(year === undefined ? [] : [`year/${year}`]),
    ...[`month/${month}`, `day/${day}`],
  ],
});
