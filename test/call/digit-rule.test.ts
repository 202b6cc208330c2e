import assert from 'node:assert/strict';
import {
  afterKey,
  beginsOtherwise,
  isKey,
  judgeKey,
  noKeys,
  type Verdict,
} from '../../src/call/digit-rule.js';
import type { Listen } from '../../src/dialogue/line.js';

/** Plays all keys and returns the verdict on the last one. */
function verdictOf(listen: Listen, keys: string): Verdict {
  let soFar = noKeys;
  let verdict: Verdict = 'incomplete';
  for (const key of keys) {
    verdict = judgeKey(listen, soFar, key);
    soFar = afterKey(soFar, verdict, beginsOtherwise(listen, soFar, key));
  }
  return verdict;
}

const phone: Listen = { for: 'digits', length: 11 };
const target: Listen = { ...phone, otherwise: { unlessFirst: '1', max: 15 } };
const amount: Listen = { for: 'digits-until-hash', max: 3 };
const pin: Listen = { for: 'secret', kind: 'card-pin', length: 6 };
const cardNumber: Listen = { for: 'secret', kind: 'card-number', min: 13, max: 19 };

describe('the digit rule', () => {
  const table: readonly (readonly [string, Listen, string, Verdict])[] = [
    ['one key answers a menu', { for: 'key' }, '1', 'complete'],
    ['* answers a menu', { for: 'key' }, '*', 'complete'],
    ['# answers a menu', { for: 'key' }, '#', 'complete'],
    ['a phone number goes on until its last digit', phone, '1380013800', 'incomplete'],
    ['a phone number ends at once on its last digit', phone, '13800138000', 'complete'],
    ['# before the last digit is too short', phone, '138#', 'invalid'],
    ['a mobile phone ends at once on its last digit', target, '13800138000', 'complete'],
    ['a landline goes on after as many digits', target, '07551234567', 'incomplete'],
    ['a landline ends with #', target, '075512345671#', 'complete'],
    ['a number with its country code ends with #', target, '008613800138000#', 'complete'],
    ['a number longer than any does not fit', target, '0086138001380001#', 'invalid'],
    ['a landline that is too short does not fit', target, '0755123#', 'invalid'],
    ['a mobile phone after a landline that was cleared ends at once', target, '0755*13800138000', 'complete'],
    ['an amount waits for #', amount, '500', 'incomplete'],
    ['# ends an amount', amount, '50#', 'complete'],
    ['an amount of the greatest length fits', amount, '500#', 'complete'],
    ['an amount that is too long keeps its keys until #', amount, '5000', 'incomplete'],
    ['an amount that is too long does not fit', amount, '5000#', 'invalid'],
    ['# alone is too short', amount, '#', 'invalid'],
    ['* clears', amount, '50*', 'cleared'],
    ['* as the first key clears', amount, '*', 'cleared'],
    ['after * the answer starts again', amount, '5000*50#', 'complete'],
    ['** cancels', amount, '50**', 'cancelled'],
    ['two * with a digit between do not cancel', amount, '5*0*', 'cleared'],
    ['# after * is too short', amount, '50*#', 'invalid'],
    ['a PIN ends at once on its last digit', pin, '135790', 'complete'],
    ['a PIN starts again after *', pin, '1357*135790', 'complete'],
    ['** cancels a PIN', pin, '13**', 'cancelled'],
    ['a card number of 12 digits is too short', cardNumber, '622202020011#', 'invalid'],
    ['a card number of 13 digits fits', cardNumber, '6222020200112#', 'complete'],
    ['a card number of 19 digits waits for #', cardNumber, '6222020200112233446', 'incomplete'],
    ['a card number of 20 digits is too long', cardNumber, '62220202001122334460#', 'invalid'],
  ];
  for (const [title, listen, keys, expected] of table) {
    it(title, () => assert.equal(verdictOf(listen, keys), expected));
  }

  it('knows the twelve keys of a telephone and no others', () => {
    for (const key of '0123456789*#') {
      assert.ok(isKey(key));
    }
    for (const other of ['A', 'B', 'C', 'D', '', '11', ' ', '１']) {
      assert.ok(!isKey(other));
    }
  });
});
