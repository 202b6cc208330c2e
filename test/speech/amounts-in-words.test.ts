import assert from 'node:assert/strict';
import fc from 'fast-check';
import { englishGrammar } from '../../src/languages/en/grammar.js';
import { mandarinGrammar } from '../../src/languages/zh/grammar.js';
import { readEnglishMoney, readMandarinMoney } from './read-back.js';
import { amount, say } from './spoken-words.js';

const table: readonly [amountMinor: number, english: string, mandarin: string][] = [
  [0, 'zero yuan', '零元'],
  [1, 'one fen', '一分'],
  [2, 'two fen', '两分'],
  [5, 'five fen', '五分'],
  [10, 'ten fen', '一角'],
  [20, 'twenty fen', '两角'],
  [22, 'twenty-two fen', '两角二分'],
  [35, 'thirty-five fen', '三角五分'],
  [99, 'ninety-nine fen', '九角九分'],
  [100, 'one yuan', '一元'],
  [200, 'two yuan', '两元'],
  [202, 'two yuan and two fen', '两元零二分'],
  [1000, 'ten yuan', '十元'],
  [1101, 'eleven yuan and one fen', '十一元零一分'],
  [1200, 'twelve yuan', '十二元'],
  [1250, 'twelve yuan and fifty fen', '十二元五角'],
  [2200, 'twenty-two yuan', '二十二元'],
  [8640, 'eighty-six yuan and forty fen', '八十六元四角'],
  [10000, 'one hundred yuan', '一百元'],
  [10005, 'one hundred yuan and five fen', '一百元零五分'],
  [10010, 'one hundred yuan and ten fen', '一百元一角'],
  [10200, 'one hundred and two yuan', '一百零二元'],
  [10530, 'one hundred and five yuan and thirty fen', '一百零五元三角'],
  [11000, 'one hundred and ten yuan', '一百一十元'],
  [11500, 'one hundred and fifteen yuan', '一百一十五元'],
  [20000, 'two hundred yuan', '两百元'],
  [22222, 'two hundred and twenty-two yuan and twenty-two fen', '两百二十二元两角二分'],
  [100000, 'one thousand yuan', '一千元'],
  [100500, 'one thousand and five yuan', '一千零五元'],
  [101000, 'one thousand and ten yuan', '一千零一十元'],
  [110000, 'one thousand one hundred yuan', '一千一百元'],
  [250000, 'two thousand five hundred yuan', '两千五百元'],
  [1005000, 'ten thousand and fifty yuan', '一万零五十元'],
  [1200000, 'twelve thousand yuan', '一万两千元'],
  [2000000, 'twenty thousand yuan', '两万元'],
  [10050000, 'one hundred thousand five hundred yuan', '十万零五百元'],
  [10500000, 'one hundred and five thousand yuan', '十万五千元'],
  [11001000, 'one hundred and ten thousand and ten yuan', '十一万零一十元'],
  [
    99999999,
    'nine hundred and ninety-nine thousand nine hundred and ninety-nine yuan and ninety-nine fen',
    '九十九万九千九百九十九元九角九分',
  ],
  [100000100, 'one million and one yuan', '一百万零一元'],
  [10005000000, 'one hundred million fifty thousand yuan', '一亿零五万元'],
  [100000000000, 'one billion yuan', '十亿元'],
  [
    999999999999,
    'nine billion nine hundred and ninety-nine million nine hundred and ninety-nine thousand nine hundred and ninety-nine yuan and ninety-nine fen',
    '九十九亿九千九百九十九万九千九百九十九元九角九分',
  ],
  [200000000000005, 'two trillion yuan and five fen', '两万亿元零五分'],
  [
    Number.MAX_SAFE_INTEGER,
    'ninety trillion seventy-one billion nine hundred and ninety-two million five hundred and forty-seven thousand four hundred and nine yuan and ninety-one fen',
    '九十万零七百一十九亿九千两百五十四万七千四百零九元九角一分',
  ],
  [-1250, 'minus twelve yuan and fifty fen', '负十二元五角'],
];

describe('an amount of money in words', () => {
  for (const [amountMinor, english, mandarin] of table) {
    it(`says ${(amountMinor / 100).toFixed(2)} as "${english}" and ${mandarin}`, () => {
      assert.equal(say(englishGrammar, amount(amountMinor)), english);
      assert.equal(say(mandarinGrammar, amount(amountMinor)), mandarin);
    });
  }

  const readers = [
    { grammar: englishGrammar, read: readEnglishMoney },
    { grammar: mandarinGrammar, read: readMandarinMoney },
  ];
  for (const { grammar, read } of readers) {
    const readsBack = (amountMinor: number): void => {
      const text = say(grammar, amount(amountMinor));
      // Not assert.equal: it costs more than the grammar does, a hundred thousand times.
      if (read(text) !== amountMinor) {
        assert.fail(`${amountMinor} is said as "${text}", which reads back as ${read(text)}`);
      }
    };

    it(`reads back every amount up to 1,000.00 and every round one up to 999,999.00 (${grammar.language})`, () => {
      for (let amountMinor = 0; amountMinor <= 100_000; amountMinor += 1) {
        readsBack(amountMinor);
      }
      for (const unit of [10, 100, 1000, 10_000]) {
        for (let whole = 1; whole < 1000; whole += 1) {
          readsBack(whole * unit * 100);
          readsBack(whole * unit * 100 + 1);
          readsBack(whole * unit * 100 - 1);
        }
      }
    });

    it(`reads back any amount from 0.01 to 999,999.99 (${grammar.language})`, () => {
      // A failure prints its seed and the smallest amount that fails.
      fc.assert(fc.property(fc.integer({ min: 1, max: 99_999_999 }), readsBack), { numRuns: 20_000 });
    });

    it(`reads back any amount that there is (${grammar.language})`, () => {
      fc.assert(fc.property(fc.maxSafeNat(), readsBack), { numRuns: 5_000 });
    });
  }
});
