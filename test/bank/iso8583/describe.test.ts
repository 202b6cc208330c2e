import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { decode, encode } from '../../../src/bank/iso8583/codec.js';
import { describe as describeMessage, maskedFields, maskPan } from '../../../src/bank/iso8583/describe.js';
import { describeHex } from '../../../src/bank/iso8583/describe-hex.js';
import { type IsoFields, isoMessage } from '../../../src/bank/iso8583/message.js';
import { profiles } from '../../../src/bank/iso8583/profile-named.js';
import { ascii1987Profile } from '../../../src/bank/iso8583/profiles/ascii-1987.js';
import { unionpayProfile } from '../../../src/bank/iso8583/profiles/unionpay.js';
import { arbitraryMessage, ruleOf } from './arbitrary-message.js';

const pan = '6222020200112233446';
const full: IsoFields = {
  2: pan,
  4: '000000005000',
  14: '2712',
  35: `${pan}=27125010000`,
  36: `99${pan}=1561560`,
  41: '12345678',
  52: '0123456789ABCDEF',
  54: '1002156C000000100000',
  62: '6701EAD6A9AD51E51AA406E2C27FCFA98D0A74B8',
  64: 'FEDCBA9876543210',
};

describe('the printer of messages', () => {
  it('shows the first six and last four of a card number, and only the size of what is secret', () => {
    const shown = describeMessage({ mti: '0200', fields: full }, unionpayProfile);
    assert.match(shown, /^MTI {2}0200\n {2}2 {2}primary account number +622202\*{9}3446$/m);
    assert.match(shown, /^ 14 .*\(hidden, 4 characters\)$/m);
    assert.match(shown, /^ 35 .*\(hidden, 31 characters\)$/m);
    assert.match(shown, /^ 52 .*\(hidden, 8 bytes\)$/m);
    assert.match(shown, /^ 62 .*\(hidden, 20 bytes\)$/m);
    assert.match(shown, /^ 64 .*\(hidden, 8 bytes\)$/m);
    assert.match(shown, /^ {2}4 .* 000000005000$/m);
    assert.match(shown, /^ 54 .* 1002156C000000100000$/m);
    assert.doesNotMatch(shown, /020011|2712|0123456789ABCDEF|6701EAD6|FEDCBA98/);
  });

  it('masks a card number that a host writes into a text, spaced or full-width too', () => {
    const texts = [
      pan,
      `card ${pan}.`,
      '6222 0202 0011 2233 446',
      '6222-0202-0011-2233-446',
      '６２２２０２０２００１１２２３３４４６',
    ];
    for (const text of texts) {
      const shown = maskedFields({ mti: '0210', fields: { 63: text } }, unionpayProfile)[63] ?? '';
      assert.match(shown, /622.*\*{9}/, text);
      assert.doesNotMatch(shown.replace(/[ -]/g, ''), /02001122|０２００/);
    }
  });

  it('masks the message’s own secrets wherever they are repeated', () => {
    const fields = {
      2: pan,
      52: '0123456789ABCDEF',
      60: pan,
      48: 'x',
      63: 'A 0123456789ABCDEF',
      35: `${pan}=2712`,
    };
    const shown = describeMessage({ mti: '0200', fields }, unionpayProfile);
    assert.doesNotMatch(shown, /0200112233446|0123456789ABCDEF/);
    const noPan = describeMessage({ mti: '0200', fields: { 35: `${pan}=2712`, 60: pan } }, unionpayProfile);
    assert.doesNotMatch(noPan, /0200112233446/);
  });

  it('hides a field that the profile does not have, and a card number too short to mask', () => {
    const shown = maskedFields({ mti: '0200', fields: { 2: '622202020011', 17: '6222' } }, unionpayProfile);
    assert.deepEqual(shown, { 2: '************', 17: '(hidden, 4 characters)' });
    assert.equal(maskPan('6222020200112'), '622202***0112');
  });

  it('lets no control character of a bank through', () => {
    const shown = maskedFields({ mti: '0210', fields: { 44: 'ok\n\u001b[31mMTI' } }, unionpayProfile)[44];
    assert.equal(shown, 'ok\\u{a}\\u{1b}[31mMTI');
  });

  for (const profile of profiles) {
    it(`leaks no secret of any ${profile.name} message, wherever else it stands`, () => {
      const secrets = fc.record({
        pan: fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: 13, maxLength: 19 }),
        block: fc.uint8Array({ minLength: 8, maxLength: 8 }),
        into: fc.constantFrom(44, 63, 43, 60, 61),
      });
      fc.assert(
        fc.property(arbitraryMessage(profile), secrets, (message, { pan: number, block, into }) => {
          const pinBlock = Buffer.from(block).toString('hex').toUpperCase();
          fc.pre(new Set(number.slice(6, -4)).size > 1);
          const text = ruleOf(profile, into).content === 'n' ? number : `to ${number}`;
          const fields = {
            ...message.fields,
            2: number,
            35: `${number}=9912`,
            52: pinBlock,
            62: pinBlock,
            [into]: text,
          };
          const shown = describeMessage({ mti: '0200', fields }, profile);
          assert.ok(!shown.includes(number));
          assert.ok(!shown.includes(pinBlock));
          assert.ok(!shown.includes('=9912'));
        }),
        { numRuns: 200 },
      );
    });
  }
});

describe('a decoded message that strays into a log', () => {
  it('prints the numbers of its fields alone', () => {
    const frame = encode({ mti: '0200', fields: full }, unionpayProfile, {
      header: unionpayProfile.requestHeader,
    });
    const { message } = decode(frame.subarray(2), unionpayProfile);
    for (const text of [inspect(message), JSON.stringify(message), inspect(message.fields)]) {
      assert.doesNotMatch(text, /6222|2712|0123456789/);
      assert.match(text, /\[fields 2 4 14 35/);
    }
    assert.equal(inspect(isoMessage('0800', {})), "{ mti: '0800', fields: [fields ] }");
  });
});

describe('describing a frame that was pasted', () => {
  const frame = encode({ mti: '0200', fields: full }, unionpayProfile, {
    header: unionpayProfile.requestHeader,
  });
  const hex = frame.toString('hex');

  it('takes it with or without its length, spaced or not', () => {
    const shown = describeHex(hex, unionpayProfile);
    assert.match(shown, /^profile unionpay, \d+ bytes\nTPDU 6000030000, header 603100311108\nMTI {2}0200\n/);
    assert.equal(describeHex(hex.slice(4), unionpayProfile), shown);
    assert.equal(describeHex(hex.replaceAll(/(..)/g, '$1 ').toUpperCase(), unionpayProfile), shown);
  });

  it('says what is wrong without showing it', () => {
    assert.throws(() => describeHex('62220202001122334', unionpayProfile), {
      name: 'IsoError',
      message: 'frame: is not hexadecimal',
    });
    assert.throws(() => describeHex(hex.slice(0, -2), unionpayProfile), { name: 'IsoError' });
    assert.throws(() => describeHex(hex, ascii1987Profile), { name: 'IsoError' });
  });
});
