import assert from 'node:assert/strict';
import { RepeatedKeys } from '../../../src/call/asterisk/repeated-keys.js';

/** Keys as "key:duration@end", the way Asterisk 22.10.1 told of them for the keys that a phone pressed. */
type Case = { readonly title: string; readonly pressed: string; readonly told: string };

const cases: readonly Case[] = [
  {
    title: 'keeps equal keys of 100 ms with 160 ms between them',
    pressed: '1123',
    told: '1:100@1328 1:100@1593 2:100@1856 3:100@2120',
  },
  {
    title: 'keeps equal keys of 100 ms with 40 ms between them, which Asterisk makes 45',
    pressed: '1111222',
    told: '1:100@34035 1:100@34183 1:100@34365 1:100@34513 2:100@34678 2:100@34835 2:100@35009',
  },
  {
    title: 'keeps equal keys of 80 ms with 80 ms between them',
    pressed: '1111222',
    told: '1:80@11435 1:80@11599 1:80@11767 1:80@11941 2:80@12106 2:80@12276 2:80@12438',
  },
  {
    title: 'drops what Asterisk itself tells twice of keys of 60 ms that it stretches',
    pressed: '1111222',
    told: '1:60@15945 1:60@16068 1:60@16197 1:60@16324 2:60@16481 2:60@16604 2:60@16623 2:60@16725 2:60@16747',
  },
  {
    title: 'drops the repetitions of keys that have a source of their own',
    pressed: '1122',
    told: '1:100@46747 1:100@46792 1:100@46938 1:100@47128 1:100@47174 1:100@47319 2:100@47509 2:100@47555 2:100@47700 2:100@47890 2:100@47936 2:100@48081',
  },
  {
    title: 'drops the repetitions of keys whose end packets have timestamps of their own',
    pressed: '123',
    told: '1:100@36488 1:100@36508 1:100@36539 1:100@36539 1:100@36687 2:100@36761 2:100@36841 2:100@36841 2:100@36987 2:100@36987 2:100@37129 3:100@37129 3:100@37274 3:100@37274 3:100@37421 3:100@37421 3:100@37567',
  },
  {
    title: 'drops them on a machine with much to do, too, from a source of their own',
    pressed: '112233#',
    told: '1:100@41594 1:100@41644 1:100@41826 1:100@42037 1:100@42094 1:100@42280 2:100@42505 2:100@42558 2:100@42713 2:100@42978 2:100@43024 2:100@43234 3:100@43481 3:100@43538 3:100@43690 3:100@43914 3:100@43971 3:100@44140 #:100@44378',
  },
  {
    title: 'drops them on a machine with much to do, too, with timestamps of their own',
    pressed: '112233#',
    told: '1:100@44513 1:100@44533 1:100@44558 1:100@44558 1:100@44718 1:100@45198 1:100@45218 1:100@45243 1:100@45243 1:100@45392 2:100@45867 2:100@45890 2:100@45913 2:100@45913 2:100@46078 2:100@46526 2:100@46546 2:100@46571 2:100@46571 2:100@46795 3:100@47198 3:100@47218 3:100@47244 3:100@47244 3:100@47407 3:100@47870 3:100@47894 3:100@47917 3:100@47917 3:100@48098 #:100@48535 #:100@48571 #:100@48591 #:100@48592 #:100@48740',
  },
];

describe('repeated keys', () => {
  for (const { title, pressed, told } of cases) {
    it(title, () => {
      const repeated = new RepeatedKeys();
      const kept = told.split(' ').filter((one) => {
        const [, key = '', durationMs, endedMs] = /^(.):(\d+)@(\d+)$/.exec(one) ?? [];
        return !repeated.isRepeated(key, { durationMs: Number(durationMs), endedMs: Number(endedMs) });
      });
      assert.equal(kept.map(([key]) => key).join(''), pressed);
    });
  }
});
