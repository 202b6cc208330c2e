import assert from 'node:assert/strict';
import { declineReasonOf, meaningOf, responseCodes } from '../../src/bank/response-code.js';
import { declineReasons } from '../../src/decline-reason.js';

describe('the table of response codes', () => {
  const classOf = (code: string) => meaningOf(code)?.class;

  it('gives every code of the profile a meaning', () => {
    const expected =
      '00 01 03 04 05 07 12 13 14 15 22 25 30 33 34 38 40 41 43 51 54 55 57 58 61 62 63 64 65 68 75 77 ' +
      '90 91 92 94 96 97 98 99 A0';
    assert.deepEqual([...responseCodes].sort(), expected.split(' '));
    assert.ok(responseCodes.every((code) => meaningOf(code) !== undefined));
  });

  it('approves with 00 alone', () => {
    assert.deepEqual(
      responseCodes.filter((code) => classOf(code) === 'approved'),
      ['00'],
    );
  });

  it('asks for the PIN again after 55 alone', () => {
    assert.deepEqual(
      responseCodes.filter((code) => classOf(code) === 'retryPin'),
      ['55'],
    );
  });

  it('tells the caller of a decline why, in words that exist', () => {
    const reasonOf = (code: string) => {
      const meaning = meaningOf(code);
      assert.ok(meaning?.class !== 'approved' && meaning?.class !== 'retryPin');
      return declineReasonOf(meaning);
    };
    const samples = { '51': 'insufficient-funds', '33': 'expired-card', '54': 'expired-card' };
    const more = {
      '61': 'amount-limit',
      '65': 'count-limit',
      '38': 'pin-tries-exceeded',
      '75': 'pin-tries-exceeded',
    };
    for (const [code, reason] of Object.entries({
      ...samples,
      ...more,
      '41': 'card-blocked',
      '91': 'try-later',
    })) {
      assert.equal(reasonOf(code), reason, code);
    }
    for (const code of responseCodes.filter((each) => each !== '00' && each !== '55')) {
      assert.ok(declineReasons.includes(reasonOf(code)), code);
    }
  });

  it('captures lost, stolen and suspect cards', () => {
    for (const code of ['04', '07', '34', '41', '43']) {
      assert.equal(classOf(code), 'captureCard', code);
    }
  });

  it('asks for a new sign-in when the keys or the day are wrong', () => {
    for (const code of ['77', 'A0', '99']) {
      assert.deepEqual(meaningOf(code), { class: 'hostFault', signInAgain: true });
    }
  });

  it('knows no meaning for a code that is not in the table, which is a decline', () => {
    for (const code of ['ZZ', '', '0', '000', 'a0', 'toString', '__proto__']) {
      assert.equal(meaningOf(code), undefined, code);
    }
    assert.equal(declineReasonOf(undefined), 'contact-bank');
  });
});
