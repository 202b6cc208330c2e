import assert from 'node:assert/strict';
import { decode, encode } from '../../../src/bank/iso8583/codec.js';
import type { IsoFields } from '../../../src/bank/iso8583/message.js';
import { answerHeader, type FieldRule, longest, type Profile } from '../../../src/bank/iso8583/profile.js';
import { profileNamed, profiles } from '../../../src/bank/iso8583/profile-named.js';
import { ascii1987Profile } from '../../../src/bank/iso8583/profiles/ascii-1987.js';
import { unionpayProfile } from '../../../src/bank/iso8583/profiles/unionpay.js';
import { ruleOf, sizeLimit } from './arbitrary-message.js';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const header = { tpdu: '6000030000', control: '603100311108' };

/** A UnionPay frame written by hand: header, then the message whose parts a test names. */
const unionpayFrame = (...parts: string[]) => hex(`6000030000 603100311108 ${parts.join(' ')}`);

function pathOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof Error && error.name === 'IsoError' && 'path' in error, String(error));
    return String(error.path);
  }
  return 'no error';
}

function longestValue(rule: FieldRule): string {
  const size = longest(rule.length);
  const unit = { n: '7', xn: '7', an: 'A', ans: 'A', z: '7', b: 'AB' }[rule.content];
  return rule.content === 'xn' ? `D${unit.repeat(size - 1)}` : unit.repeat(size);
}

describe('a UnionPay frame', () => {
  const fields: IsoFields = {
    2: '6222020200112233446',
    3: '310000',
    11: '000123',
    22: '011',
    25: '00',
    41: '12345678',
    42: '898100012340003',
    49: '156',
    52: '0123456789ABCDEF',
    60: '01000001000',
  };
  const wire = [
    '6000030000 603100311108',
    '0200',
    '6020048000C09010',
    '19 62220202001122334460',
    '310000',
    '000123',
    '0110',
    '00',
    '3132333435363738',
    '383938313030303132333430303033',
    '313536',
    '0123456789ABCDEF',
    '0011 010000010000',
  ].join('');

  it('is a length, TPDU, header, packed type, bitmap and packed fields, as written by hand', () => {
    const frame = encode({ mti: '0200', fields }, unionpayProfile, { header });
    assert.equal(frame.subarray(2).toString('hex'), hex(wire).toString('hex'));
    assert.equal(frame.readUInt16BE(), hex(wire).length);
    const { message } = decode(hex(wire), unionpayProfile);
    assert.deepEqual(Object.entries(message.fields), Object.entries(fields));
  });

  it('carries the MAC over the type up to field 63 in field 64', () => {
    const mac = (covered: Buffer) => {
      // The same bytes as above, with bit 64 set.
      assert.equal(covered.toString('hex').slice(0, 20), '02006020048000c09011');
      return Buffer.from('E267B6E2');
    };
    const frame = encode({ mti: '0200', fields }, unionpayProfile, { header, mac });
    assert.equal(frame.subarray(-8).toString(), 'E267B6E2');
    const decoded = decode(frame.subarray(2), unionpayProfile);
    assert.equal(decoded.macCovered.toString('hex'), frame.subarray(13, -8).toString('hex'));
  });

  it('has a second bitmap and its MAC in field 128 when a field above 64 is there', () => {
    const original = '020000012312311200000000000000000000000000';
    const frame = encode({ mti: '0400', fields: { 11: '000123', 90: original } }, unionpayProfile, {
      header,
      mac: () => Buffer.alloc(8, 1),
    });
    assert.equal(frame.toString('hex').slice(26, 26 + 36), '040080200000000000000000004000000001');
    assert.equal(decode(frame.subarray(2), unionpayProfile).message.fields[90], original);
    assert.equal(decode(frame.subarray(2), unionpayProfile).message.fields[128], '0101010101010101');
  });

  it('takes 19 digits in field 60, more than some tables say', () => {
    const frame = encode({ mti: '0200', fields: { 60: '2200000100050000000' } }, unionpayProfile, { header });
    assert.equal(frame.subarray(-12).toString('hex'), '001922000001000500000000');
  });

  it('reads F as the fill of an odd count, and digits nowhere', () => {
    const read = (fill: string) =>
      decode(unionpayFrame('0200 4000000000000000', `13 6222020200112${fill}`), unionpayProfile);
    assert.equal(read('0').message.fields[2], '6222020200112');
    assert.equal(read('F').message.fields[2], '6222020200112');
    assert.equal(
      pathOf(() => read('5')),
      'field 2',
    );
  });

  it('writes track data with "=" as the nibble D', () => {
    const frame = encode({ mti: '0200', fields: { 35: '6222020200112233=3012' } }, unionpayProfile, {
      header,
    });
    assert.equal(frame.subarray(-12).toString('hex'), '216222020200112233d30120');
    assert.equal(decode(frame.subarray(2), unionpayProfile).message.fields[35], '6222020200112233=3012');
  });

  it('writes Chinese as GBK, counted in bytes', () => {
    const frame = encode({ mti: '0210', fields: { 44: '余额不足' } }, unionpayProfile, { header });
    assert.equal(frame.subarray(-9).toString('hex'), '08d3e0b6eeb2bbd7e3');
    assert.equal(decode(frame.subarray(2), unionpayProfile).message.fields[44], '余额不足');
  });

  it('goes back with its TPDU addresses swapped', () => {
    assert.deepEqual(answerHeader({ tpdu: '6000031234', control: '603100311108' }), {
      tpdu: '6012340003',
      control: '603100311108',
    });
    assert.deepEqual(answerHeader({}), {});
  });
});

describe('an ISO 8583:1987 frame in ASCII', () => {
  it('is a length, type, bitmap as hexadecimal, and text, as written by hand', () => {
    const wire =
      '0800' + '8220000000800000' + '0400000000000000' + '0102030405' + '000123' + '12345678' + '301';
    const fields = { 7: '0102030405', 11: '000123', 41: '12345678', 70: '301' };
    const frame = encode({ mti: '0800', fields }, ascii1987Profile, { header: {} });
    assert.equal(frame.subarray(2).toString('latin1'), wire);
    assert.equal(frame.readUInt16BE(), wire.length);
    const decoded = decode(Buffer.from(wire), ascii1987Profile);
    assert.deepEqual(Object.entries(decoded.message.fields), Object.entries(fields));
    assert.deepEqual(decoded.header, {});
  });

  it('writes bytes as hexadecimal and reads either case', () => {
    const fields = { 52: '0123456789ABCDEF' };
    const frame = encode({ mti: '0200', fields }, ascii1987Profile, { header: {} });
    assert.equal(frame.subarray(-16).toString(), '0123456789ABCDEF');
    const lower = Buffer.from(frame.subarray(2).toString('latin1').toLowerCase());
    assert.equal(decode(lower, ascii1987Profile).message.fields[52], '0123456789ABCDEF');
  });
});

describe('a message that breaks its profile', () => {
  const unionpay = (fields: IsoFields, mti = '0200') =>
    pathOf(() => encode({ mti, fields }, unionpayProfile, { header }));
  const read = (...parts: string[]) => pathOf(() => decode(unionpayFrame(...parts), unionpayProfile));

  it('is not written, and the error names the field', () => {
    assert.equal(unionpay({}, '02X0'), 'mti');
    assert.equal(unionpay({ 3: '31000' }), 'field 3 length');
    assert.equal(unionpay({ 3: '31000A' }), 'field 3');
    assert.equal(unionpay({ 2: '6'.repeat(20) }), 'field 2 length');
    assert.equal(unionpay({ 52: '0123456789ABCDE' }), 'field 52');
    assert.equal(unionpay({ 52: '0123456789abcdef' }), 'field 52');
    assert.equal(unionpay({ 44: '中'.repeat(13) }), 'field 44 length');
    assert.equal(unionpay({ 44: '\u{1f600}' }), 'field 44');
    assert.equal(unionpay({ 8: '00000000' }), 'field 8');
    assert.equal(unionpay({ 1: '0000000000000000' }), 'field 1');
    assert.equal(unionpay({ 65: '0' }), 'field 65');
    assert.equal(unionpay({ 129: '0' }), 'field 129');
    assert.equal(unionpay({ 64: '00'.repeat(8), 90: '0'.repeat(42) }), 'field 64');
  });

  it('is not written with a wrong header or MAC', () => {
    const message = { mti: '0800', fields: { 11: '000001' } };
    const write = (options: Parameters<typeof encode>[2], fields: IsoFields = message.fields) =>
      pathOf(() => encode({ ...message, fields }, unionpayProfile, options));
    assert.equal(write({ header: {} }), 'tpdu');
    assert.equal(write({ header: { tpdu: '6800030000', control: header.control } }), 'tpdu');
    assert.equal(write({ header: { tpdu: header.tpdu, control: '60310031110A' } }), 'header');
    assert.equal(write({ header, mac: () => Buffer.alloc(4) }), 'field 64');
    assert.equal(write({ header, mac: () => Buffer.alloc(8) }, { 64: '00'.repeat(8) }), 'field 64');
  });

  it('is not read, and the error names the field', () => {
    assert.equal(
      pathOf(() => decode(Buffer.alloc(0), unionpayProfile)),
      'tpdu',
    );
    assert.equal(
      pathOf(() => decode(hex('6800030000603100311108 0800 0000000000000000'), unionpayProfile)),
      'tpdu',
    );
    assert.equal(
      pathOf(() => decode(hex('600003000060310031110A 0800 0000000000000000'), unionpayProfile)),
      'header',
    );
    assert.equal(read('02A0 0000000000000000'), 'mti');
    assert.equal(read('0200 00000000'), 'bitmap');
    assert.equal(read('0200 80000000000000'), 'bitmap');
    assert.equal(read('0200 8000000000000000 8000000000000000'), 'field 65');
    assert.equal(read('0200 0100000000000000'), 'field 8');
    assert.equal(read('0200 2000000000000000 31'), 'field 3');
    assert.equal(read('0200 2000000000000000 31000A'), 'field 3');
    assert.equal(read('0200 4000000000000000 1A 00'), 'field 2 length');
    assert.equal(read('0200 4000000000000000 20 00000000000000000000'), 'field 2 length');
    assert.equal(read('0200 4000000000000000 19 6222'), 'field 2');
    assert.equal(read('0200 0000000000000010 1011 00'), 'field 60 length');
    assert.equal(read('0200 2000000000000000 310000 00'), 'frame');
    assert.equal(read('0210 0000000000100000 02 D380'.replace('D380', 'FF20')), 'field 44');
    assert.equal(read('0400 8000000000000001 0000004000000000', '00'.repeat(8), '00'.repeat(21)), 'field 64');
  });

  it('is refused when the frame is longer than the profile allows', () => {
    const tooLong = Buffer.alloc(ascii1987Profile.maxFrameLength + 1, 0x30);
    assert.equal(
      pathOf(() => decode(tooLong, ascii1987Profile)),
      'frame',
    );
    const fields = Object.fromEntries(
      [105, 106, 107, 108, 109, 110, 111, 112, 113].map((n) => [n, 'A'.repeat(999)]),
    );
    assert.equal(
      pathOf(() => encode({ mti: '0200', fields }, ascii1987Profile, { header: {} })),
      'frame',
    );
  });

  it('leaves nothing of itself in the error', () => {
    const pan = '6222020200112233446';
    const frame = hex(`6000030000603100311108 0200 6000000000000000 19 ${pan}0 31000A`);
    assert.throws(
      () => decode(frame, unionpayProfile),
      (error: Error) => {
        assert.doesNotMatch(`${error.stack ?? ''}${JSON.stringify(error)}`, /6222|3446|31000/);
        return true;
      },
    );
    assert.throws(
      () => encode({ mti: '0200', fields: { 2: `${pan}12` } }, unionpayProfile, { header }),
      (error: Error) => !error.message.includes(pan),
    );
  });
});

describe('the built-in profiles', () => {
  const each = (test: (profile: Profile, number: number) => void) => {
    for (const profile of profiles) {
      for (const number of Object.keys(profile.fields).map(Number)) {
        test(profile, number);
      }
    }
  };

  it('write and read the longest value of every field, and refuse a longer one', () => {
    each((profile, number) => {
      const rule = ruleOf(profile, number);
      const value = longestValue(rule);
      const options = { header: profile.requestHeader };
      const frame = encode({ mti: '0200', fields: { [number]: value } }, profile, options);
      assert.equal(decode(frame.subarray(2), profile).message.fields[number], value);
      const longer = value + (rule.content === 'b' ? 'AB' : value.slice(-1));
      assert.equal(
        pathOf(() => encode({ mti: '0200', fields: { [number]: longer } }, profile, options)),
        `field ${number} length`,
      );
    });
  });

  it('say of every message only fields that they have, and each once', () => {
    for (const { fields, messages, name } of profiles) {
      const types = messages.map(({ mti }) => mti);
      const repeat = name === 'ascii-1987' ? ['0401'] : [];
      const expected = ['0200', '0210', '0220', '0230', '0400', ...repeat, '0410', '0800', '0810'];
      assert.deepEqual(types, expected, name);
      for (const { mti, mandatory, optional } of messages) {
        const numbers = [...mandatory, ...optional];
        assert.equal(new Set(numbers).size, numbers.length, `${name} ${mti}`);
        assert.deepEqual(
          numbers.filter((number) => fields[number] === undefined),
          [],
          `${name} ${mti}`,
        );
      }
    }
  });

  it('allow a UnionPay frame of every field at its longest', () => {
    const numbers = Object.keys(unionpayProfile.fields).map(Number);
    assert.ok(sizeLimit(numbers, unionpayProfile) + 30 <= unionpayProfile.maxFrameLength);
  });

  it('hide card data, PIN block, keys and MAC', () => {
    for (const profile of profiles) {
      for (const number of [14, 35, 36, 45, 52, 55, 62, 64, 128]) {
        assert.equal(ruleOf(profile, number).display, 'hidden', `${profile.name} ${number}`);
      }
      assert.equal(ruleOf(profile, 2).display, 'pan');
    }
  });

  it('are found by name, and those there are listed for another', () => {
    assert.equal(profileNamed('unionpay'), unionpayProfile);
    assert.equal(profileNamed('ascii-1987'), ascii1987Profile);
    assert.throws(() => profileNamed('visa'), /unionpay, ascii-1987/);
  });
});
