import { isPause } from '../../speech/grammar.js';
import { mandarinGrammar } from './grammar.js';
import type { Readings } from './readings.js';

/** One spoken syllable. Tone 5 is the neutral one. */
export type Syllable = { readonly pinyin: string; readonly tone: number };

/** Syllables said in one breath, and how long the breath after them is. */
export type Phrase = { readonly syllables: readonly Syllable[]; readonly pauseMs: number };

type Token = { readonly sign: string; readonly reading: string };

const digits = '零一二三四五六七八九';
const sentenceMarks = '。！？!?.';
const clauseMarks = '，；：、,;:';
const longestWord = 4;

/**
 * Returns how a Mandarin text is said: each character's reading, in the words that it stands in, and the
 * changes of tone that its neighbours cause (不 and 一, and two third tones in a row).
 * @throws Error naming every character whose reading is not known.
 */
export function pronounce(text: string, readings: Readings): readonly Phrase[] {
  const phrases: { tokens: Token[]; pauseMs: number }[] = [{ tokens: [], pauseMs: 0 }];
  const unknown = new Set<string>();
  const words = spellNumbers(text);
  for (let at = 0; at < words.length; ) {
    const sign = words.charAt(at);
    const current = phrases.at(-1);
    const pauseMs = sentenceMarks.includes(sign) ? 300 : clauseMarks.includes(sign) ? 170 : 0;
    const word = pauseMs > 0 ? undefined : longestWordAt(words, at, readings);
    if (pauseMs > 0) {
      if (current !== undefined && current.tokens.length > 0) {
        current.pauseMs = pauseMs;
        phrases.push({ tokens: [], pauseMs: 0 });
      }
      at += 1;
    } else if (word === undefined) {
      if (sign.trim() !== '') {
        unknown.add(sign);
      }
      at += 1;
    } else {
      current?.tokens.push(...word);
      at += word.length;
    }
  }
  if (unknown.size > 0) {
    throw new Error(
      `no reading is known for ${[...unknown].join(' ')} in "${text}": add it to prompts/readings/zh.yaml`,
    );
  }
  return phrases
    .filter(({ tokens }) => tokens.length > 0)
    .map(({ tokens, pauseMs }) => ({ syllables: changeTones(tokens), pauseMs }));
}

/** Returns a text as pinyin with numbers for the tones, a comma between phrases. @throws Error as `pronounce`. */
export function toPinyin(text: string, readings: Readings): string {
  const phrases = pronounce(text, readings).map(({ syllables }) =>
    syllables.map(({ pinyin, tone }) => `${pinyin}${tone}`).join(' '),
  );
  return `${phrases.join(', ')}.`;
}

/** Figures in words, as a number (11位, 2次: 两次); but those that name a key stay (按2: 二). */
function spellNumbers(text: string): string {
  return text.replaceAll(/\d+/g, (figures, at: number) => {
    const isKey =
      figures.length === 1 && (text[at - 1] === '按' || !/[位次张个元分天]/.test(text[at + 1] ?? ''));
    return isKey ? figures : numberInWords(Number(figures));
  });
}

function numberInWords(number: number): string {
  const parts = mandarinGrammar.speak({ as: 'number', number });
  return parts.map((part) => (isPause(part) ? '' : part.text)).join('');
}

function longestWordAt(text: string, at: number, readings: Readings): Token[] | undefined {
  for (let length = longestWord; length >= 2; length -= 1) {
    const word = text.slice(at, at + length);
    const syllables = readings.words.get(word);
    if (syllables?.length === word.length) {
      return syllables.map((reading, index) => ({ sign: word.charAt(index), reading }));
    }
  }
  const sign = text.charAt(at);
  const reading = readings.syllableOf.get(/[0-9]/.test(sign) ? digits.charAt(Number(sign)) : sign);
  return reading === undefined ? undefined : [{ sign, reading }];
}

function changeTones(tokens: readonly Token[]): Syllable[] {
  const syllables = tokens.map(({ reading }) => ({
    pinyin: reading.slice(0, -1),
    tone: Number(reading.slice(-1)),
  }));
  for (const [index, syllable] of syllables.entries()) {
    const next = syllables[index + 1];
    const { sign } = tokens[index] ?? { sign: '' };
    if (next === undefined) {
      continue;
    }
    if (sign === '不' && next.tone === 4) {
      syllable.tone = 2;
    }
    if (sign === '一' && isCounting(tokens, index)) {
      syllable.tone = next.tone === 4 ? 2 : 4;
    }
  }
  // From the end, so that of three third tones in a row the last keeps its own.
  for (let index = syllables.length - 2; index >= 0; index -= 1) {
    const syllable = syllables[index];
    if (syllable?.tone === 3 && syllables[index + 1]?.tone === 3) {
      syllable.tone = 2;
    }
  }
  return syllables;
}

/**
 * 一 keeps its own tone as a numeral (第一, 十一元, 一十), in a date (一月, 一日) and in a row of digits (二零二一年),
 * and changes it where it counts (一百, 一元, 一次).
 */
function isCounting(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.sign ?? '';
  const after = tokens[index + 1]?.sign ?? '';
  return !(before !== '' && `${digits}十百千万第`.includes(before)) && !`${digits}十幺月日`.includes(after);
}
