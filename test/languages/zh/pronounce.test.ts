import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pronounce } from '../../../src/languages/zh/pronounce.js';
import { loadReadings, type Readings } from '../../../src/languages/zh/readings.js';
import { toZhuyin } from '../../../src/languages/zh/zhuyin.js';

describe('how Mandarin is read', () => {
  let readings: Readings;

  before(async () => {
    readings = await loadReadings(join(import.meta.dirname, '../../../prompts/readings/zh.yaml'));
  });

  function read(text: string): string {
    return pronounce(text, readings)
      .map(({ syllables }) => syllables.map(({ pinyin, tone }) => `${pinyin}${tone}`).join(' '))
      .join(' | ');
  }

  const table: readonly [text: string, reading: string, why: string][] = [
    ['银行卡可以还款。', 'yin2 hang2 ka3 ke2 yi3 huan2 kuan3', 'the word decides how a character is read'],
    ['请重新输入', 'qing3 chong2 xin1 shu1 ru4', 'the word decides how a character is read'],
    ['不够，不多', 'bu2 gou4 | bu4 duo1', '不 rises before a fourth tone'],
    ['一百', 'yi4 bai3', '一 falls before a third tone'],
    ['一元', 'yi4 yuan2', '一 falls before a second tone'],
    ['一万', 'yi2 wan4', '一 rises before a fourth tone'],
    ['十一元', 'shi2 yi1 yuan2', '一 keeps its tone at the end of a number'],
    ['一十五', 'yi1 shi2 wu3', '一 keeps its tone before 十'],
    ['一月一日', 'yi1 yue4 yi1 ri4', '一 keeps its tone in a date'],
    ['二零二一年', 'er4 ling2 er4 yi1 nian2', '一 keeps its tone in a row of digits'],
    ['一年', 'yi4 nian2', '一 counts years'],
    ['第一次', 'di4 yi1 ci4', '一 keeps its tone in 第一'],
    ['请按1，请按2键', 'qing3 an4 yi1 | qing3 an4 er4 jian4', 'a key is said by its name'],
    ['11位，1到500元', 'shi2 yi1 wei4 | yi1 dao4 wu2 bai3 yuan2', 'other figures are numbers'],
    ['再试2次', 'zai4 shi4 liang3 ci4', 'two things are 两'],
    ['稍等，您好', 'shao1 deng3 | nin2 hao3', 'tones change within a phrase only'],
    ['五百', 'wu2 bai3', 'of two third tones the first rises'],
  ];
  for (const [text, reading, why] of table) {
    it(`reads ${text} as ${reading}: ${why}`, () => {
      assert.equal(read(text), reading);
    });
  }

  it('breathes longer after a sentence than after a comma, and not at the end', () => {
    const pauses = pronounce('您好，请稍等。谢谢', readings).map(({ pauseMs }) => pauseMs);
    assert.deepEqual(pauses, [170, 300, 0]);
  });

  it('names every character that it cannot read', () => {
    assert.throws(() => read('您好XY☃'), /X Y ☃/);
  });

  it('knows every syllable of its readings in Zhuyin', () => {
    const syllables = [...readings.syllableOf.values(), ...[...readings.words.values()].flat()];
    const unknown = new Set(
      syllables.map((syllable) => syllable.slice(0, -1)).filter((one) => toZhuyin(one) === undefined),
    );
    assert.deepEqual([...unknown], ['ng']);
  });

  it('writes pinyin in Zhuyin', () => {
    const pairs = [
      ['yuan', 'ㄩㄢ'],
      ['zhi', 'ㄓ'],
      ['jiu', 'ㄐㄧㄡ'],
      ['xu', 'ㄒㄩ'],
      ['lv', 'ㄌㄩ'],
      ['er', 'ㄦ'],
      ['wei', 'ㄨㄟ'],
      ['qiong', 'ㄑㄩㄥ'],
      ['an', 'ㄢ'],
    ] as const;
    assert.deepEqual(
      pairs.map(([pinyin]) => toZhuyin(pinyin)),
      pairs.map(([, zhuyin]) => zhuyin),
    );
    assert.equal(toZhuyin('xq'), undefined);
  });
});
