import assert from 'node:assert/strict';
import fc from 'fast-check';
import { englishGrammar } from '../../src/languages/en/grammar.js';
import { mandarinGrammar } from '../../src/languages/zh/grammar.js';
import { type ComposedValue, isPause } from '../../src/speech/grammar.js';
import {
  type HeardDate,
  readEnglishDate,
  readEnglishNumber,
  readEnglishTime,
  readMandarinDate,
  readMandarinNumber,
  readMandarinTime,
} from './read-back.js';
import { amount, say } from './spoken-words.js';

describe('a number in words', () => {
  it('reads back in both languages', () => {
    const number = fc.integer({ min: 0, max: 999_999_999_999_999 });
    fc.assert(
      fc.property(number, (value) => {
        assert.equal(readEnglishNumber(say(englishGrammar, { as: 'number', number: value })), value);
        assert.equal(readMandarinNumber(say(mandarinGrammar, { as: 'number', number: value })), value);
      }),
      { numRuns: 2000 },
    );
  });

  it('counts two things with 两', () => {
    assert.equal(say(mandarinGrammar, { as: 'number', number: 2 }), '两');
    assert.equal(say(mandarinGrammar, { as: 'number', number: 12 }), '十二');
  });

  it('refuses what it has no words for', () => {
    for (const grammar of [englishGrammar, mandarinGrammar]) {
      for (const number of [0.5, Number.NaN, 1_000_000_000_000_000]) {
        assert.throws(() => grammar.speak({ as: 'number', number }), RangeError);
      }
    }
  });
});

describe('a date in words', () => {
  const date = ({ year, month, day }: HeardDate): ComposedValue => ({ as: 'date', year, month, day });

  const table: readonly [year: number | undefined, month: number, day: number, en: string, zh: string][] = [
    [2026, 11, 23, 'the twenty-third of November twenty twenty-six', '二零二六年十一月二十三日'],
    [2030, 1, 1, 'the first of January twenty thirty', '二零三零年一月一日'],
    [2020, 2, 2, 'the second of February twenty twenty', '二零二零年二月二日'],
    [2024, 2, 29, 'the twenty-ninth of February twenty twenty-four', '二零二四年二月二十九日'],
    [2031, 12, 31, 'the thirty-first of December twenty thirty-one', '二零三一年十二月三十一日'],
    [undefined, 10, 10, 'the tenth of October', '十月十日'],
    [undefined, 5, 20, 'the twentieth of May', '五月二十日'],
    [undefined, 2, 29, 'the twenty-ninth of February', '二月二十九日'],
    [undefined, 9, 12, 'the twelfth of September', '九月十二日'],
  ];
  for (const [year, month, day, english, mandarin] of table) {
    it(`says ${[year, month, day].filter(Boolean).join('-')} as "${english}" and ${mandarin}`, () => {
      assert.equal(say(englishGrammar, date({ year, month, day })), english);
      assert.equal(say(mandarinGrammar, date({ year, month, day })), mandarin);
    });
  }

  it('reads back every day from 2020 to 2049, with its year and without', () => {
    const dayMs = 86_400_000;
    for (let at = Date.UTC(2020, 0, 1); at < Date.UTC(2050, 0, 1); at += dayMs) {
      const day = new Date(at);
      const heard = { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate() };
      for (const one of [heard, { ...heard, year: undefined }]) {
        assert.deepEqual(readEnglishDate(say(englishGrammar, date(one))), one);
        assert.deepEqual(readMandarinDate(say(mandarinGrammar, date(one))), one);
      }
    }
  });

  it('refuses a day that does not exist, and years without words', () => {
    const wrong: readonly [number | undefined, number, number][] = [
      [2026, 2, 29],
      [undefined, 2, 30],
      [2026, 4, 31],
      [2026, 0, 1],
      [2026, 13, 1],
      [2026, 1, 0],
      [2026, 1, 1.5],
      [2026, Number.NaN, 1],
      [2019, 1, 1],
      [2050, 1, 1],
    ];
    for (const grammar of [englishGrammar, mandarinGrammar]) {
      for (const [year, month, day] of wrong) {
        assert.throws(() => grammar.speak(date({ year, month, day })), RangeError);
      }
    }
  });
});

describe('a time of day in words', () => {
  const time = (hour: number, minute: number): ComposedValue => ({ as: 'time', hour, minute });

  const table: readonly [hour: number, minute: number, en: string, zh: string][] = [
    [0, 0, 'midnight', '凌晨零点'],
    [0, 5, 'twelve oh five in the morning', '凌晨零点零五分'],
    [2, 22, 'two twenty-two in the morning', '凌晨两点二十二分'],
    [6, 0, 'six in the morning', '上午六点'],
    [9, 30, 'nine thirty in the morning', '上午九点三十分'],
    [11, 11, 'eleven eleven in the morning', '上午十一点十一分'],
    [12, 0, 'noon', '中午十二点'],
    [12, 10, 'twelve ten in the afternoon', '中午十二点十分'],
    [14, 2, 'two oh two in the afternoon', '下午两点零二分'],
    [14, 5, 'two oh five in the afternoon', '下午两点零五分'],
    [18, 0, 'six in the evening', '晚上六点'],
    [22, 20, 'ten twenty in the evening', '晚上十点二十分'],
    [23, 59, 'eleven fifty-nine in the evening', '晚上十一点五十九分'],
  ];
  for (const [hour, minute, english, mandarin] of table) {
    it(`says ${hour}:${String(minute).padStart(2, '0')} as "${english}" and ${mandarin}`, () => {
      assert.equal(say(englishGrammar, time(hour, minute)), english);
      assert.equal(say(mandarinGrammar, time(hour, minute)), mandarin);
    });
  }

  it('reads back every minute of a day', () => {
    for (let at = 0; at < 24 * 60; at += 1) {
      const heard = { hour: Math.trunc(at / 60), minute: at % 60 };
      const value = time(heard.hour, heard.minute);
      assert.deepEqual(readEnglishTime(say(englishGrammar, value)), heard);
      assert.deepEqual(readMandarinTime(say(mandarinGrammar, value)), heard);
    }
  });

  it('refuses a time that no day has', () => {
    const count = fc.oneof(fc.integer(), fc.double(), fc.constant(Number.NaN));
    const exists = (hour: number, minute: number) =>
      Number.isInteger(hour) &&
      Number.isInteger(minute) &&
      hour >= 0 &&
      hour < 24 &&
      minute >= 0 &&
      minute < 60;
    for (const grammar of [englishGrammar, mandarinGrammar]) {
      fc.assert(
        fc.property(count, count, (hour, minute) => {
          fc.pre(!exists(hour, minute));
          assert.throws(() => grammar.speak(time(hour, minute)), RangeError);
        }),
      );
      for (const [hour, minute] of [
        [24, 0],
        [-1, 0],
        [0, 60],
        [0, -1],
        [1.5, 0],
      ] as const) {
        assert.throws(() => grammar.speak(time(hour, minute)), RangeError);
      }
    }
  });
});

describe('digits said one by one', () => {
  it('says a mobile number in groups of three, four and four', () => {
    const phone: ComposedValue = { as: 'phone', digits: '13800138000' };
    assert.equal(say(englishGrammar, phone), 'one three eight | zero zero one three | eight zero zero zero');
    assert.equal(say(mandarinGrammar, phone), '幺三八|零零幺三|八零零零');
  });

  it("calls the caller's own number this phone", () => {
    const own: ComposedValue = { as: 'phone', digits: '13800138000', own: true };
    assert.equal(say(englishGrammar, own), 'this phone');
    assert.equal(say(mandarinGrammar, own), '本机');
  });

  it('says other numbers in groups of at most four', () => {
    assert.equal(say(mandarinGrammar, { as: 'phone', digits: '12580' }), '幺|二五八零');
    assert.equal(say(mandarinGrammar, { as: 'phone', digits: '01088886666' }), '零幺零|八八八八|六六六六');
    assert.equal(say(mandarinGrammar, { as: 'phone', digits: '88886666' }), '八八八八|六六六六');
  });

  it('says the end of a card in one breath and a reference in two', () => {
    assert.equal(say(englishGrammar, { as: 'card-ending', digits: '3446' }), 'three four four six');
    assert.equal(say(mandarinGrammar, { as: 'card-ending', digits: '0016' }), '零零幺六');
    assert.equal(
      say(englishGrammar, { as: 'reference', digits: '042917' }),
      'zero four two | nine one seven',
    );
  });

  it('lets the voice fall on the last digit of each group only', () => {
    const parts = englishGrammar.speak({ as: 'reference', digits: '555555' });
    const endings = parts.map((part) => (isPause(part) ? '|' : part.ending));
    assert.deepEqual(endings, ['list', 'list', 'closed', '|', 'list', 'list', 'closed']);
  });

  it('refuses anything but digits', () => {
    for (const digits of ['', '12a', '１２']) {
      assert.throws(() => mandarinGrammar.speak({ as: 'phone', digits }), RangeError);
    }
  });
});

describe('the pieces of a grammar', () => {
  for (const grammar of [englishGrammar, mandarinGrammar]) {
    it(`have names of their own, and each is used (${grammar.language})`, () => {
      const names = grammar.pieces.map(({ name }) => name);
      assert.equal(new Set(names).size, names.length);
      const used = new Set<string>();
      const use = (value: ComposedValue): void => {
        for (const part of grammar.speak(value)) {
          if (!isPause(part)) {
            used.add(part.name);
          }
        }
      };
      for (const key of '0123456789*#') {
        for (const part of grammar.press(key)) {
          used.add(isPause(part) ? '' : part.name);
        }
      }
      assert.throws(() => grammar.press('A'), RangeError);
      used.delete('');
      for (let whole = 0; whole < 20_000; whole += 1) {
        use({ as: 'number', number: whole });
        use(amount(whole * 100));
        use(amount(-whole));
      }
      for (const number of [
        1e6,
        1e6 + 1,
        1e6 + 1000,
        1e9,
        1e9 + 1,
        1e9 + 1000,
        1e12,
        1e12 + 1,
        1e12 + 1000,
        1e8,
        1e8 + 1,
        1e8 + 1e7,
        20_000,
      ]) {
        use({ as: 'number', number });
        use(amount(number * 100));
      }
      for (let at = 0; at < 366; at += 1) {
        const day = new Date(Date.UTC(2024, 0, 1 + at));
        use({
          as: 'date',
          year: 2020 + (at % 30),
          month: day.getUTCMonth() + 1,
          day: Math.min(28, day.getUTCDate()),
        });
        use({ as: 'date', month: day.getUTCMonth() + 1, day: day.getUTCDate() });
      }
      for (let at = 0; at < 24 * 60; at += 1) {
        use({ as: 'time', hour: Math.trunc(at / 60), minute: at % 60 });
      }
      use({ as: 'card-ending', digits: '01234567890' });
      use({ as: 'phone', digits: '0123456789' });
      use({ as: 'phone', digits: '0123456789', own: true });
      for (const digit of '0123456789') {
        use({ as: 'card-ending', digits: digit });
      }
      assert.deepEqual(
        names.filter((name) => !used.has(name)),
        [],
      );
    });
  }
});
