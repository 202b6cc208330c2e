import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mainlandChina, mobilePhone, parsePhoneNumber } from '../src/phone-number.js';

const parse = (text: string) => parsePhoneNumber(text, mainlandChina);

describe('a telephone number', () => {
  for (const text of [
    '13800138000',
    '+8613800138000',
    '8613800138000',
    '008613800138000',
    '013800138000',
    '+86-138-0013-8000',
    '+86 138 0013 8000',
    '(86) 138.0013.8000',
    '+86013800138000',
  ]) {
    it(`is the same customer's as ${text}`, () => assert.equal(parse(text), '13800138000'));
  }

  for (const text of ['075512345678', '+8675512345678', '8675512345678', '+86075512345678', '75512345678']) {
    it(`of a landline is one as ${text}`, () => assert.equal(parse(text), '75512345678'));
  }

  it('of Beijing has ten digits', () => {
    assert.equal(parse('01012345678'), '1012345678');
    assert.equal(parse('861012345678'), '1012345678');
  });

  it('of another country is not one of ours with the same digits', () => {
    assert.equal(parse('+13800138000'), '+13800138000');
    assert.equal(parse('0013800138000'), '+13800138000');
    assert.notEqual(parse('+13800138000'), parse('13800138000'));
  });

  for (const text of [
    ...[
      '',
      '8000',
      '10086',
      '95588',
      '+',
      '0',
      '00',
      '+0',
      '+86',
      'anonymous',
      '13800138000x',
      '1380013800\u0000',
    ],
    ...[
      '12345678',
      '138001380001',
      '07551234567890',
      '+8613800138',
      '1380013800１',
      '++8613800138000',
      '138\n00138000',
    ],
    ...['+1234567890123456', '+0123456789', '000013800138000', '+999'],
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(parse(text), undefined));
  }

  it('is read the same again as it is written within', () => {
    const digits = fc.stringMatching(/^\+?\d{1,17}$/);
    fc.assert(
      fc.property(digits, (text) => {
        const once = parse(text);
        assert.equal(once === undefined ? undefined : parse(once), once);
      }),
    );
  });

  it('obeys the plan of another country', () => {
    const plan = {
      countryCode: '1',
      trunkPrefix: '1',
      internationalPrefix: '011',
      shortest: 10,
      longest: 10,
    };
    for (const text of ['2025550123', '12025550123', '+12025550123', '01112025550123', '(202) 555-0123']) {
      assert.equal(parsePhoneNumber(text, plan), '2025550123', text);
    }
    assert.equal(parsePhoneNumber('0118613800138000', plan), '+8613800138000');
  });
});

describe('a mobile phone of the number plan', () => {
  it('is understood in every spelling', () => {
    for (const text of [
      '13800138000',
      '013800138000',
      '8613800138000',
      '008613800138000',
      '+86 138-0013-8000',
    ]) {
      assert.equal(mobilePhone(text), '13800138000', text);
    }
  });

  it('is no landline, no phone of another country, and nothing shorter or longer', () => {
    for (const text of [
      '07551234567',
      '75512345678',
      '02012345678',
      '+4915112345678',
      '8001',
      '138001380001',
      '',
    ]) {
      assert.equal(mobilePhone(text), undefined, text);
    }
  });
});
