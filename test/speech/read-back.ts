/**
 * Readers of spoken amounts, written from the rules of each language and apart from the product's grammars:
 * they turn the words that a caller hears back into an amount, and refuse what no one would say.
 */

const englishUnits: Readonly<Record<string, number>> = {
  ...{ zero: 0, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 },
  ...{ eleven: 11, twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15, sixteen: 16, seventeen: 17 },
  ...{ eighteen: 18, nineteen: 19, twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, seventy: 70 },
  ...{ eighty: 80, ninety: 90 },
};

const englishScales: Readonly<Record<string, number>> = {
  ...{ thousand: 1_000, million: 1_000_000, billion: 1_000_000_000, trillion: 1_000_000_000_000 },
};

/** Returns the fen of English words like "one hundred and five yuan and thirty fen". */
export function readEnglishMoney(text: string): number {
  const match = /^(?:(.+?) yuan)?(?:(?: and |^)(.+?) fen)?$/.exec(text);
  if (match === null || (match[1] === undefined && match[2] === undefined)) {
    throw new Error(`not an amount: ${text}`);
  }
  const major = match[1] === undefined ? 0 : readEnglishNumber(match[1]);
  const minor = match[2] === undefined ? 0 : readEnglishNumber(match[2]);
  if (minor > 99) {
    throw new Error(`too many fen: ${text}`);
  }
  return major * 100 + minor;
}

/** Returns the number of English words like "twelve thousand and five". */
export function readEnglishNumber(text: string): number {
  let total = 0;
  let current = 0;
  let lastScale = Number.POSITIVE_INFINITY;
  for (const word of text.split(' ')) {
    if (word === 'and') {
      continue;
    }
    if (word === 'hundred') {
      current *= 100;
      continue;
    }
    const scale = englishScales[word];
    if (scale !== undefined) {
      if (current === 0 || scale >= lastScale) {
        throw new Error(`${word} out of place: ${text}`);
      }
      lastScale = scale;
      total += current * scale;
      current = 0;
      continue;
    }
    const values = word.split('-').map((part) => englishUnits[part] ?? Number.NaN);
    const value = values.reduce((sum, part) => sum + part, 0);
    if (Number.isNaN(value) || (current % 100 !== 0 && current !== 0)) {
      throw new Error(`not a number at "${word}": ${text}`);
    }
    current += value;
  }
  return total + current;
}

const mandarinDigits = '零一二三四五六七八九';
const mandarinUnits: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 };

/** Returns the fen of Mandarin words like 一百零五元三角. */
export function readMandarinMoney(text: string): number {
  const match = /^(?:(.+)元)?(?:(.)角)?(零?)(?:(.)分)?$/.exec(text);
  if (match === null || text === '') {
    throw new Error(`not an amount: ${text}`);
  }
  const [, major, jiao, zero, fen] = match;
  const mustHaveZero = major !== undefined && jiao === undefined && fen !== undefined;
  if ((zero === '零') !== mustHaveZero) {
    throw new Error(`零 before 分 is wrong: ${text}`);
  }
  const small = (digit: string | undefined): number => (digit === undefined ? 0 : readMandarinNumber(digit));
  return (major === undefined ? 0 : readMandarinNumber(major) * 100) + small(jiao) * 10 + small(fen);
}

/** Returns the number of Mandarin words like 一万零五十. */
export function readMandarinNumber(text: string): number {
  if (text === '零') {
    return 0;
  }
  const [beforeYi, afterYi] = splitAt(text, '亿');
  if (beforeYi.includes('万')) {
    const rest = afterYi === '' ? 0 : readMandarinNumber(afterYi.replace(/^零/, ''));
    return readMandarinNumber(beforeYi) * 100_000_000 + rest;
  }
  const [beforeWan, afterWan] = splitAt(afterYi, '万');
  const groups = [beforeYi, beforeWan, afterWan].map((group) => readGroup(group, text));
  const [yi = 0, wan = 0, rest = 0] = groups;
  return yi * 100_000_000 + wan * 10_000 + rest;
}

function splitAt(text: string, unit: string): [string, string] {
  const at = text.indexOf(unit);
  return at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
}

function readGroup(group: string, whole: string): number {
  let total = 0;
  let digit = 0;
  let lastUnit = 10_000;
  let sawZero = false;
  for (const [index, sign] of group.split('').entries()) {
    const unit = mandarinUnits[sign];
    if (unit !== undefined) {
      // Only a leading 十 goes without its 一.
      if (digit === 0 && !(unit === 10 && index === 0 && whole.startsWith(group))) {
        throw new Error(`${sign} without a digit: ${whole}`);
      }
      total += (digit === 0 ? 1 : digit) * unit;
      checkGap(lastUnit, unit, sawZero, whole);
      lastUnit = unit;
      sawZero = false;
      digit = 0;
    } else if (sign === '零') {
      sawZero = true;
    } else {
      digit = sign === '两' ? 2 : mandarinDigits.indexOf(sign);
      if (digit < 1) {
        throw new Error(`${sign} is no digit: ${whole}`);
      }
    }
  }
  if (digit > 0) {
    checkGap(lastUnit, 1, sawZero, whole);
  }
  return total + digit;
}

/** 零 stands exactly where a unit is skipped. (At the head of the whole number nothing is skipped.) */
function checkGap(lastUnit: number, unit: number, sawZero: boolean, whole: string): void {
  const isHead = lastUnit === 10_000;
  if (isHead ? sawZero && whole.startsWith('零') : sawZero !== lastUnit / unit > 10) {
    throw new Error(`零 is missing or too much: ${whole}`);
  }
}

/** A day as it was heard; without a year when none was said. */
export type HeardDate = { readonly year: number | undefined; readonly month: number; readonly day: number };

const englishMonths = 'January February March April May June July August September October November December';
const englishOrdinals = [
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth',
  'fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third',
  'twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first',
].join(' ');

/** Returns the day of English words like "the twenty-third of November twenty twenty-six". */
export function readEnglishDate(text: string): HeardDate {
  const match = /^the (\S+) of (\S+)(?: twenty (\S+))?$/.exec(text);
  const [, day = '', month = '', year] = match ?? [];
  return {
    year: year === undefined ? undefined : 2000 + readEnglishNumber(year),
    month: placeOf(month, englishMonths.split(' '), text),
    day: placeOf(day, englishOrdinals.split(' '), text),
  };
}

/** Returns the day of Mandarin words like 二零二六年十一月二十三日. */
export function readMandarinDate(text: string): HeardDate {
  const match = /^(?:([零一二三四五六七八九]{4})年)?(.+)月(.+)日$/.exec(text);
  const [, year, month, day] = match ?? [];
  if (month === undefined || day === undefined || /两/.test(text)) {
    throw new Error(`not a date: ${text}`);
  }
  const digits = year?.split('').map((digit) => mandarinDigits.indexOf(digit));
  return {
    year: digits === undefined ? undefined : Number(digits.join('')),
    month: readMandarinNumber(month),
    day: readMandarinNumber(day),
  };
}

export type HeardTime = { readonly hour: number; readonly minute: number };

/** Returns the time of English words like "two oh five in the afternoon". */
export function readEnglishTime(text: string): HeardTime {
  if (text === 'midnight' || text === 'noon') {
    return { hour: text === 'noon' ? 12 : 0, minute: 0 };
  }
  const match = /^(\S+)(?: (?:oh )?(\S+))? in the (morning|afternoon|evening)$/.exec(text);
  const [, hours = '', minutes, part = ''] = match ?? [];
  const hour = (readEnglishNumber(hours) % 12) + (part === 'morning' ? 0 : 12);
  const minute = minutes === undefined ? 0 : readEnglishNumber(minutes);
  if (part === '' || (hour < 18 && part === 'evening') || (hour >= 18 && part === 'afternoon')) {
    throw new Error(`not a time: ${text}`);
  }
  if (text.includes(' oh ') !== (minute > 0 && minute < 10)) {
    throw new Error(`"oh" is said before one to nine: ${text}`);
  }
  return { hour, minute };
}

/** Returns the time of Mandarin words like 下午两点零五分. */
export function readMandarinTime(text: string): HeardTime {
  const match = /^(凌晨|上午|中午|下午|晚上)(.+)点(?:(零?)(.+)分)?$/.exec(text);
  const [, part = '', hours = '', zero = '', minutes] = match ?? [];
  // Hours are counted, minutes are not: 两点二分, never 二点 and never 两分.
  if (part === '' || hours === '二' || minutes === '两') {
    throw new Error(`not a time: ${text}`);
  }
  const spoken = readMandarinNumber(hours);
  const hour = part === '下午' || part === '晚上' ? spoken + 12 : spoken;
  const minute = minutes === undefined ? 0 : readMandarinNumber(minutes);
  const expected = ['凌晨', '上午', '中午', '下午', '晚上'][
    [6, 12, 13, 18, 24].findIndex((end) => hour < end)
  ];
  if (part !== expected || (zero === '零') !== (minute > 0 && minute < 10)) {
    throw new Error(`not how a time is said: ${text}`);
  }
  return { hour, minute };
}

function placeOf(word: string, words: readonly string[], text: string): number {
  const place = words.indexOf(word);
  if (place < 0) {
    throw new Error(`"${word}" has no place in a date: ${text}`);
  }
  return place + 1;
}
