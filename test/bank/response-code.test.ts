import assert from 'node:assert/strict';
import type { ReversalMeaning } from '../../src/bank/response-code.js';
import {
  declineReasonOf,
  foundNothing,
  isApproval,
  meaningOf,
  responseCodes,
  reversalMeaningOf,
} from '../../src/bank/response-code.js';
import { declineReasons } from '../../src/decline-reason.js';

describe('the table of response codes', () => {
  const classOf = (code: string) => meaningOf(code)?.class;

  it('gives every code of the profile a meaning', () => {
    const expected =
      '00 01 03 04 05 07 08 09 10 11 12 13 14 15 16 22 25 30 33 34 38 40 41 43 51 54 55 57 58 61 62 63 64 65 68 ' +
      '75 77 90 91 92 94 96 97 98 99 A0 A2 A4 A5 A6';
    assert.deepEqual([...responseCodes].sort(), expected.split(' '));
    assert.ok(responseCodes.every((code) => meaningOf(code) !== undefined));
  });

  it('takes for approvals what hosts approve with', () => {
    const approvals = '00 08 10 11 16 A2 A4 A5 A6'.split(' ');
    assert.deepEqual(
      responseCodes.filter((code) => classOf(code) === 'approved'),
      approvals,
    );
    assert.ok(approvals.every(isApproval));
    assert.ok(['01', '09', '32', '51', 'A0', 'A1', 'ZZ', ''].every((code) => !isApproval(code)));
  });

  it('takes neither "wait" nor an issuer that answered late or not at all for an end', () => {
    assert.deepEqual(
      responseCodes.filter((code) => classOf(code) === 'undecided'),
      ['09', '68', '98'],
    );
  });

  it('tells what is given back from what was never there, and from what is not decided', () => {
    const expected: Readonly<Record<string, ReversalMeaning>> = {
      ...{ '00': 'given-back', '08': 'given-back', '10': 'given-back', A4: 'given-back', '22': 'given-back' },
      ...{ '25': 'no-original', '12': 'nothing-to-reverse' },
      ...{ '09': 'undecided', '96': 'undecided', '94': 'undecided', A0: 'undecided', Z9: 'undecided' },
      ...{ '32': 'undecided', '': 'undecided', __proto: 'undecided' },
      ...{ '05': 'refused', '40': 'refused', '41': 'refused', '55': 'refused' },
    };
    for (const [code, meaning] of Object.entries(expected)) {
      assert.equal(reversalMeaningOf(code), meaning, code);
    }
    assert.equal(reversalMeaningOf('constructor'), 'undecided');
    assert.deepEqual(responseCodes.filter(foundNothing), ['12', '25']);
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
      assert.ok(meaning !== undefined && meaning.class !== 'approved');
      assert.ok(meaning.class !== 'retryPin' && meaning.class !== 'undecided');
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
    const refusals = responseCodes.filter(
      (code) => !isApproval(code) && !['retryPin', 'undecided'].includes(classOf(code) ?? ''),
    );
    assert.equal(refusals.length, responseCodes.length - 13);
    for (const code of refusals) {
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

  it('knows no meaning for a code that is not in the table', () => {
    for (const code of ['ZZ', '', '0', '000', 'a0', 'toString', '__proto__']) {
      assert.equal(meaningOf(code), undefined, code);
    }
  });
});
