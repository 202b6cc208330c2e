import { parseCardNumber } from './card-number.js';

/** First digits of the card schemes' numbers. References that begin with a date (20…) are none of them. */
const schemes = ['3', '4', '5', '6'];
const fewestDigits = 13;
const mostDigits = 19;

/** Digits that Unicode calls letters or symbols: what people write in Chinese, and white on black. */
const otherDigits: ReadonlyMap<string, string> = new Map(
  [
    ['0', '〇零⓿🄋🄌'],
    ['1', '一壹幺⓵❶➀➊'],
    ['2', '二贰貳两⓶❷➁➋'],
    ['3', '三叁參⓷❸➂➌'],
    ['4', '四肆⓸❹➃➍'],
    ['5', '五伍⓹❺➄➎'],
    ['6', '六陆陸⓺❻➅➏'],
    ['7', '七柒⓻❼➆➐'],
    ['8', '八捌⓼❽➇➑'],
    ['9', '九玖⓽❾➈➒'],
  ].flatMap(([digit = '', written = '']) => Array.from(written, (each): [string, string] => [each, digit])),
);

/**
 * True when a text holds a card's number in any script, whatever stands between its digits but letters. A run of
 * digits is judged whole, so that a longer reference is no card because a part of it could be one.
 */
export function namesCard(text: string): boolean {
  const seen = text.normalize('NFKC').replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '');
  const plain = Array.from(seen, asciiDigit).join('');
  return plain.split(/(?:\p{L}|(?![0-9])\p{N})+/u).some((stretch) => holdsCard(stretch.match(/\d+/g) ?? []));
}

/** True when some of these groups of digits, one after the other, are a card's number. */
function holdsCard(groups: readonly string[]): boolean {
  return groups.some((_, first) => {
    let digits = '';
    for (const group of groups.slice(first, first + mostDigits)) {
      digits += group;
      if (digits.length > mostDigits) {
        return false;
      }
      if (digits.length >= fewestDigits && parseCardNumber(digits, schemes) !== undefined) {
        return true;
      }
    }
    return false;
  });
}

/** Returns a digit of any script as an ASCII digit, and any other character as it is. */
function asciiDigit(character: string): string {
  const other = otherDigits.get(character);
  if (other !== undefined) {
    return other;
  }
  if (!/^\p{Nd}$/u.test(character)) {
    return character;
  }
  // Unicode encodes the decimal digits of a script in ascending order, in runs that begin with a zero (UAX 44).
  const at = character.codePointAt(0) ?? 0;
  let zero = at;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) {
    zero -= 1;
  }
  return String((at - zero) % 10);
}
