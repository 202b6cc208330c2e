import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import {
  CryptographyError,
  decodePinBlock,
  decodePinField4,
  decryptBlocks,
  decryptPinBlock,
  encodePanField,
  encodePanField4,
  encodePinBlock,
  encodePinField4,
  encryptPinBlock,
  PinBlockError,
  type PinBlockProblem,
} from '../../../src/bank/cryptography.js';

const hex = (text: string) => Buffer.from(text, 'hex');
const upper = (bytes: Buffer) => bytes.toString('hex').toUpperCase();
const pin = (digits: string) => Buffer.from(digits);
const all =
  (byte: number) =>
  (size: number): Buffer =>
    Buffer.alloc(size, byte);
const aesKey = hex('00112233445566778899AABBCCDDEEFF');

function problemOf(act: () => unknown): PinBlockProblem | 'none' {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof PinBlockError, String(error));
    assert.equal(error.message, `PIN block: ${error.problem}`);
    return error.problem;
  }
  return 'none';
}

/** Returns the buffers that our code allocates while `act` runs. */
function buffersMadeBy(act: () => void): Buffer[] {
  const made: Buffer[] = [];
  const alloc = Buffer.alloc.bind(Buffer);
  const concat = Buffer.concat.bind(Buffer);
  const keep = (buffer: Buffer) => {
    made.push(buffer);
    return buffer;
  };
  try {
    Object.assign(Buffer, {
      alloc: (size: number, fill?: number) => keep(alloc(size, fill)),
      concat: (list: Buffer[]) => keep(concat(list)),
    });
    act();
  } finally {
    Object.assign(Buffer, { alloc, concat });
  }
  return made;
}

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength, maxLength });

describe('a PIN block of format 0', () => {
  const examples = [
    ['1234', '43219876543210987', '0412AC89ABCDEF67'],
    ['1234', '5555555551234567', '041261AAAAEDCBA9'],
    ['123456789', '5555555551234567', '091261032D8DCBA9'],
    ['1234567890', '5555555551234567', '0A1261032D82CBA9'],
    ['123456789012', '5555555551234567', '0C1261032D8226A9'],
  ] as const;

  it('is that of the published examples, and gives the PIN back', () => {
    for (const [digitsOfPin, pan, block] of examples) {
      assert.equal(upper(encodePinBlock(0, pin(digitsOfPin), pan, randomBytes)), block);
      assert.equal(decodePinBlock(0, hex(block), pan).toString(), digitsOfPin);
      assert.equal(decodePinBlock(0, hex(block), Buffer.from(pan)).toString(), digitsOfPin);
    }
  });

  it('takes the 12 digits before the check digit of the card number', () => {
    assert.equal(upper(encodePanField('43219876543210987')), '0000987654321098');
    assert.equal(upper(encodePanField('5555555551234')), '0000555555555123');
  });

  it('says what is wrong with a PIN or card number', () => {
    const encode = (digitsOfPin: string, pan = '5555555551234567') =>
      problemOf(() => encodePinBlock(0, pin(digitsOfPin), pan, randomBytes));
    assert.equal(encode('123'), 'pin-length');
    assert.equal(encode('1234567890123'), 'pin-length');
    assert.equal(encode(''), 'pin-length');
    assert.equal(encode('123A'), 'pin-digit');
    assert.equal(encode('12 4'), 'pin-digit');
    assert.equal(encode('123/'), 'pin-digit');
    assert.equal(encode('123:'), 'pin-digit');
    assert.equal(encode('1234', '555555555555'), 'pan');
    assert.equal(encode('1234', '5'.repeat(20)), 'pan');
    assert.equal(encode('1234', '5555555555555A'), 'pan');
  });

  it('says what is wrong with a block', () => {
    const decode = (block: string, pan = '5555555551234567') =>
      problemOf(() => decodePinBlock(0, hex(block), pan));
    assert.equal(decode('041261AAAAEDCB'), 'block-length');
    assert.equal(decode('241261AAAAEDCBA9'), 'control');
    assert.equal(decode('0F1261AAAAEDCBA9'), 'pin-length');
    assert.equal(decode('0D1261AAAAEDCBA9'), 'pin-length');
    assert.equal(decode('031261AAAAEDCBA9'), 'pin-length');
    assert.equal(decode('021261AAAAEDCBA9'), 'pin-length');
    assert.equal(decode('041261AAAAEDCBAA'), 'filler');
    assert.equal(decode('051261AAAAEDCBA9'), 'pin-digit');
    assert.equal(decode('041261AAAAEDCBA9', '5555555559234567'), 'filler');
    assert.equal(decode('041261AAAAEDCBA9', '5565555551234567'), 'none');
    assert.equal(decode('041261AAAAEDCBA9', '555555555123'), 'pan');
    assert.equal(decode('041261AAAAEDCBA9', '5555555551234A'), 'pan');
  });

  it('never gives the PIN back with a card number whose filler digits differ', () => {
    fc.assert(
      fc.property(digits(4, 12), digits(16, 16), digits(16, 16), (digitsOfPin, pan, other) => {
        fc.pre(pan.slice(3, 15) !== other.slice(3, 15));
        const block = encodePinBlock(0, pin(digitsOfPin), pan, randomBytes);
        try {
          assert.notEqual(decodePinBlock(0, block, other).toString(), digitsOfPin);
        } catch (error) {
          assert.ok(error instanceof PinBlockError);
        }
      }),
    );
  });
});

describe('a PIN block of format 3', () => {
  it('gives the PIN back, also of published blocks', () => {
    assert.equal(decodePinBlock(3, hex('341261AAAAEDCBA9'), '5555555551234567').toString(), '1234');
    assert.equal(decodePinBlock(3, hex('3C1261032D8226A9'), '5555555551234567').toString(), '123456789012');
    fc.assert(
      fc.property(digits(4, 12), digits(13, 19), (digitsOfPin, pan) => {
        const block = encodePinBlock(3, pin(digitsOfPin), pan, randomBytes);
        assert.equal(decodePinBlock(3, block, pan).toString(), digitsOfPin);
      }),
    );
  });

  it('is filled with A–F only, every letter about as often, whatever the source gives', () => {
    const counts = new Map<string, number>();
    const pan = '0000000000000000';
    for (let i = 0; i < 1200; i += 1) {
      // A source that can be repeated: the counts below never change.
      const random = (size: number) =>
        createHash('shake256', { outputLength: size }).update(String(i)).digest();
      for (const letter of upper(encodePinBlock(3, pin('1234'), pan, random)).slice(6)) {
        counts.set(letter, (counts.get(letter) ?? 0) + 1);
      }
    }
    assert.deepEqual([...counts.keys()].sort(), ['A', 'B', 'C', 'D', 'E', 'F']);
    assert.ok([...counts.values()].every((count) => count > 1850 && count < 2150));
    for (const byte of [0x00, 0x55, 0xff]) {
      assert.match(upper(encodePinBlock(3, pin('1234'), pan, all(byte))), /^341234[A-F]{10}$/);
    }
  });

  it('says what is wrong with a block', () => {
    const decode = (block: string) => problemOf(() => decodePinBlock(3, hex(block), '5555555551234567'));
    assert.equal(decode('341261AAAAEDCB'), 'block-length');
    assert.equal(decode('041261AAAAEDCBA9'), 'control');
    assert.equal(decode('3F1261AAAAEDCBA9'), 'pin-length');
    assert.equal(decode('321261AAAAEDCBA9'), 'pin-length');
    assert.equal(decode('341261AAAAEDCBA2'), 'filler');
    assert.equal(decode('351261AAAAEDCBA9'), 'pin-digit');
  });
});

describe('a PIN block of format 4', () => {
  it('has the PIN field of the published examples', () => {
    for (const [digitsOfPin, seed, field] of [
      ['12345', '517F9481BA5275FA', '4512345AAAAAAAAA517F9481BA5275FA'],
      ['1234567', 'CAF92E156B7D4489', '471234567AAAAAAACAF92E156B7D4489'],
      ['123456789012', '8A268C65E92C3B39', '4C123456789012AA8A268C65E92C3B39'],
    ] as const) {
      assert.equal(upper(encodePinField4(pin(digitsOfPin), () => hex(seed))), field);
      assert.equal(decodePinField4(hex(field)).toString(), digitsOfPin);
    }
  });

  it('has the PAN field of the published examples', () => {
    for (const [pan, field] of [
      ['1', '00000000000010000000000000000000'],
      ['1234567890', '00012345678900000000000000000000'],
      ['123456789012', '01234567890120000000000000000000'],
      ['1234567890123', '11234567890123000000000000000000'],
      ['112233445566778899', '61122334455667788990000000000000'],
      ['1234567890123456789', '71234567890123456789000000000000'],
    ] as const) {
      assert.equal(upper(encodePanField4(pan)), field);
    }
    assert.equal(
      problemOf(() => encodePanField4('')),
      'pan',
    );
    assert.equal(
      problemOf(() => encodePanField4('1'.repeat(20))),
      'pan',
    );
  });

  it('is enciphered as in the published examples', () => {
    const block = encryptPinBlock(4, {
      pin: pin('1234'),
      pan: '1234567890123456789',
      key: aesKey,
      random: all(0xff),
    });
    assert.equal(upper(block), '28B41FDDD29B743E93124BD8E32D921E');
    // ep2 – eft/pos 2000 Security Specification, version 8.0.0, 8.4, and others.
    for (const [key, cipher, pan, digitsOfPin] of [
      ['C1D0F8FB4958670DBA40AB1F3752EF0D', 'CC17F65586BFD0953010226C4FC5B3CA', '432198765432109870', '1234'],
      ['00112233445566778899AABBCCDDEEFF', '39B69B1B91FE05D48F7EF0D68EB2CBD6', '1', '123456'],
      ['00112233445566778899AABBCCDDEEFF', '52DB178C6EDCE52E3A70F7FBC8E9C758', '1234567890123456', '1234'],
      [
        '00112233445566778899AABBCCDDEEFF',
        '847A0209C659E4C4A79CA6A2A2217D31',
        '123456789012345678',
        '123456',
      ],
    ] as const) {
      assert.equal(decryptPinBlock(4, { key: hex(key), block: hex(cipher), pan }).toString(), digitsOfPin);
    }
  });

  it('says what is wrong with a block, as with the published bad ones', () => {
    const field = (text: string) => problemOf(() => decodePinField4(hex(text)));
    assert.equal(field('441234AAAAAAAAAA548ED7FD6549595000'), 'block-length');
    assert.equal(field('541234AAAAAAAAAA548ED7FD65495950'), 'control');
    assert.equal(field('43123AAAAAAAAAAA548ED7FD65495950'), 'pin-length');
    assert.equal(field('441234ABCDEFABCD548ED7FD65495950'), 'filler');
    assert.equal(field('4412D4AAAAAAAAAA548ED7FD65495950'), 'pin-digit');
    const block = (key: string, cipher: string, pan: string) =>
      problemOf(() => decryptPinBlock(4, { key: hex(key), block: hex(cipher), pan }));
    assert.equal(
      block('E60B15B90ABDF14CEE337C97440F0D6E', '7D5AF4C33667A2098626027FB7A9A1B7', '4266229809609384667'),
      'control',
    );
    assert.equal(
      block('C7BBEBA16C5AD97D5866450718C03750', '2F9C910447F17293EC95DEDE1E3CA201', '8220499325458689523'),
      'pin-digit',
    );
    assert.equal(
      block('820F6C7C12355BDFF1AB6CE12E8EED89', 'CCF310A8300B46C925A86B1098089301', '939589847393485609'),
      'filler',
    );
    assert.equal(
      block(
        '4FE3F0311936FBCE44F17159F1659CF09B2BF8913BB514A1',
        '51334B00A6CBA3EC7B1C6F871F060AFC',
        '2129100799029059903',
      ),
      'pin-length',
    );
  });

  it('differs each time for one PIN and card', () => {
    const blocks = Array.from({ length: 200 }, () =>
      upper(
        encryptPinBlock(4, {
          pin: pin('135790'),
          pan: '6222020200112233446',
          key: aesKey,
          random: randomBytes,
        }),
      ),
    );
    assert.equal(new Set(blocks).size, 200);
  });

  it('cannot be read with another card number', () => {
    const block = encryptPinBlock(4, {
      pin: pin('1234'),
      pan: '6222020200112233446',
      key: aesKey,
      random: all(1),
    });
    assert.throws(
      () => decryptPinBlock(4, { block, pan: '6222020200112233447', key: aesKey }),
      PinBlockError,
    );
  });
});

describe('an enciphered PIN block of any format', () => {
  const keys = { 0: [8, 16, 24], 3: [8, 16, 24], 4: [16, 24, 32] } as const;

  it('gives the PIN back with the key and card it was made with', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0 as const, 3 as const, 4 as const),
        fc.nat(2),
        digits(4, 12),
        digits(13, 19),
        (format, size, digitsOfPin, pan) => {
          const key = randomBytes(keys[format][size] ?? 16);
          const block = encryptPinBlock(format, { pin: pin(digitsOfPin), pan, key, random: randomBytes });
          assert.equal(block.length, format === 4 ? 16 : 8);
          assert.equal(decryptPinBlock(format, { block, pan, key }).toString(), digitsOfPin);
        },
      ),
    );
  });

  it('is format 0 under triple DES', () => {
    const key = hex('0123456789ABCDEFFEDCBA9876543210');
    const block = encryptPinBlock(0, {
      pin: pin('1234'),
      pan: '43219876543210987',
      key,
      random: randomBytes,
    });
    assert.equal(upper(decryptBlocks('des', key, block)), '0412AC89ABCDEF67');
  });

  it('is refused in a wrong size, as is a key', () => {
    const pan = '6222020200112233446';
    const decrypt = (format: 0 | 4, block: number, key: number) =>
      problemOf(() => decryptPinBlock(format, { block: Buffer.alloc(block), pan, key: Buffer.alloc(key) }));
    assert.equal(decrypt(0, 16, 16), 'block-length');
    assert.equal(decrypt(4, 8, 16), 'block-length');
    assert.equal(decrypt(4, 17, 16), 'block-length');
    assert.equal(decrypt(0, 8, 32), 'key-length');
    assert.equal(decrypt(4, 16, 8), 'key-length');
  });

  it('leaves the PIN to its owner', () => {
    const mine = pin('1234');
    encryptPinBlock(0, { pin: mine, pan: '6222020200112233446', key: aesKey, random: randomBytes });
    assert.equal(mine.toString(), '1234');
  });

  for (const format of [0, 3, 4] as const) {
    it(`wipes every clear temporary of format ${format}`, () => {
      // A PAN part of zeros leaves the digits in the combined block too.
      const pan = '6220000000000000000';
      const [asBytes, asText] = [hex('86420975'), Buffer.from('8642097531')];
      const mine = Buffer.from('8642097531');
      const made = buffersMadeBy(() => {
        const block = encryptPinBlock(format, { pin: mine, pan, key: aesKey, random: randomBytes });
        decryptPinBlock(format, { block, pan, key: aesKey }).fill(0);
      });
      assert.ok(made.length > 3);
      assert.ok(made.every((buffer) => !buffer.includes(asBytes) && !buffer.includes(asText)));
    });
  }

  it('is not made with a random source that gives too little', () => {
    const short = () => Buffer.alloc(4);
    assert.throws(() => encodePinField4(pin('1234'), short), CryptographyError);
    assert.throws(() => encodePinBlock(3, pin('1234'), '6222020200112233446', short), CryptographyError);
  });
});
