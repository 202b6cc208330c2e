import assert from 'node:assert/strict';
import {
  aesCmac,
  aesKeyCheckValue,
  CryptographyError,
  cbcMac,
  decryptBlocks,
  desCmac,
  encryptBlocks,
  encryptChained,
  keyCheckValue,
  macEquals,
  messageMac,
  retailMac,
  unionpayEcbMac,
} from '../../../src/bank/cryptography.js';

const hex = (text: string) => Buffer.from(text, 'hex');
const upper = (bytes: Buffer) => bytes.toString('hex').toUpperCase();
const doubleKey = hex('0123456789ABCDEFFEDCBA9876543210');
const singleKey = doubleKey.subarray(0, 8);

describe('block ciphers', () => {
  it('are DES as FIPS 81 has it', () => {
    const clear = Buffer.from('Now is the time for all ');
    const enciphered = encryptBlocks('des', singleKey, clear);
    assert.equal(upper(enciphered), '3FA40E8A984D48156A271787AB8883F9893D51EC4B563B53');
    assert.deepEqual(decryptBlocks('des', singleKey, enciphered), clear);
  });

  it('are triple DES with two and three keys', () => {
    // NIST SP 800-67: the three-key example.
    const key = hex('0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123');
    const clear = Buffer.from('The qufck brown fox jump');
    assert.equal(upper(encryptBlocks('des', key, clear)), 'A826FD8CE53B855FCCE21C8112256FE668D5C05DD9B6B900');
    const twoKeys = encryptBlocks('des', doubleKey, clear);
    const threeKeys = Buffer.concat([doubleKey, singleKey]);
    assert.deepEqual(encryptBlocks('des', threeKeys, clear), twoKeys);
    assert.deepEqual(decryptBlocks('des', doubleKey, twoKeys), clear);
  });

  it('are AES as FIPS 197 has it', () => {
    const key = hex('000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F');
    const clear = hex('00112233445566778899AABBCCDDEEFF');
    for (const [size, expected] of [
      [16, '69C4E0D86A7B0430D8CDB78070B4C55A'],
      [24, 'DDA97CA4864CDFE06EAF70A0EC0D7191'],
      [32, '8EA2B7CA516745BFEAFC49904B496089'],
    ] as const) {
      const enciphered = encryptBlocks('aes', key.subarray(0, size), clear);
      assert.equal(upper(enciphered), expected);
      assert.deepEqual(decryptBlocks('aes', key.subarray(0, size), enciphered), clear);
    }
  });

  it('chain as CBC from a zero block', () => {
    const two = encryptChained('des', singleKey, Buffer.alloc(16));
    const first = encryptBlocks('des', singleKey, Buffer.alloc(8));
    assert.deepEqual(two, Buffer.concat([first, encryptBlocks('des', singleKey, first)]));
  });

  it('refuse keys and data of a wrong size, and leave the key as it was', () => {
    assert.throws(() => encryptBlocks('des', Buffer.alloc(7), Buffer.alloc(8)), CryptographyError);
    assert.throws(() => encryptBlocks('aes', Buffer.alloc(8), Buffer.alloc(16)), CryptographyError);
    assert.throws(() => encryptBlocks('des', singleKey, Buffer.alloc(9)), CryptographyError);
    assert.throws(() => decryptBlocks('aes', doubleKey, Buffer.alloc(8)), CryptographyError);
    assert.equal(upper(doubleKey), '0123456789ABCDEFFEDCBA9876543210');
  });
});

describe('block ciphers given no block at all', () => {
  it('refuse it: an empty result would pass for a cipher', () => {
    for (const run of [encryptBlocks, decryptBlocks, encryptChained]) {
      for (const [cipher, key] of [
        ['des', Buffer.alloc(16, 0x3b)],
        ['aes', Buffer.alloc(16, 0x3b)],
      ] as const) {
        assert.throws(() => run(cipher, key, Buffer.alloc(0)), /one or more whole blocks/);
      }
    }
  });
});

describe('the MAC of UnionPay terminals', () => {
  it('is that of the known message, as characters', () => {
    const mac = unionpayEcbMac(hex('2222222222222222'), hex('1234567890ABCDEFABCDEF1234567890'));
    assert.equal(mac.toString(), 'E267B6E2');
  });

  it('is triple DES with a double-length key, which with equal halves is single DES', () => {
    const data = hex('1234567890ABCDEFABCDEF1234567890');
    assert.equal(unionpayEcbMac(hex('22'.repeat(16)), data).toString(), 'E267B6E2');
    const folded = Buffer.from('B9F9B96AA4FDB57F');
    const [left, right] = [folded.subarray(0, 8), folded.subarray(8)];
    const once = encryptBlocks('des', doubleKey, left);
    const mixed = Buffer.from(once.map((byte, i) => byte ^ (right[i] ?? 0)));
    const expected = upper(encryptBlocks('des', doubleKey, mixed)).slice(0, 8);
    assert.equal(unionpayEcbMac(doubleKey, data).toString(), expected);
  });

  it('is triple DES in both steps with a double-length key, as docs/bank-interface.md works it out', () => {
    const data = hex('1234567890ABCDEFABCDEF1234567890');
    assert.equal(unionpayEcbMac(doubleKey, data).toString(), 'ECCE8834');
  });

  it('fills the last block with zeros', () => {
    assert.deepEqual(unionpayEcbMac(singleKey, hex('123456')), unionpayEcbMac(singleKey, hex('1234560000')));
    assert.equal(unionpayEcbMac(singleKey, Buffer.alloc(0)).length, 8);
  });

  it('takes no other key sizes', () => {
    assert.throws(() => unionpayEcbMac(Buffer.alloc(24), Buffer.alloc(8)), CryptographyError);
  });
});

describe('the MACs of ISO/IEC 9797-1', () => {
  const long = Buffer.from('Now is the time for all ');
  const short = Buffer.from('Now is the time for it');

  it('are algorithm 3 (X9.19) as in the examples of the standard', () => {
    assert.equal(upper(retailMac(doubleKey, long)), 'A1C72E74EA3FA9B6');
    assert.equal(upper(retailMac(doubleKey, short, 1)), '2E2B1428CC78254F');
    assert.equal(upper(retailMac(doubleKey, long, 2)), 'E9086230CA3BE796');
    assert.equal(upper(retailMac(doubleKey, short, 2)), '5A692CE64F404145');
    const letters = Buffer.from('AAAAAAAABBBBBBBB');
    assert.equal(upper(retailMac(letters, Buffer.from('hello world'), 1)), '3DDE5C5511661CBF');
    assert.equal(upper(retailMac(letters, Buffer.from('hello world'), 2)), 'E16941032C3BC7D4');
  });

  it('are algorithm 1 as in the examples of the standard and FIPS 113', () => {
    assert.equal(upper(cbcMac(singleKey, long)), '70A30640CC76DD8B');
    assert.equal(upper(cbcMac(singleKey, short)), 'E45B3AD2B7CC0856');
    assert.equal(upper(cbcMac(singleKey, Buffer.from('7654321 Now is the time for '))), 'F1D30F6849312CA4');
    const key = hex('AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBB');
    assert.equal(upper(cbcMac(key, Buffer.from('hello world'))), '68D9038F23360DF3');
    assert.equal(upper(cbcMac(key, Buffer.from('hello world'), { padding: 2 })), '32DC341271ACCD00');
    const block = Buffer.alloc(16, 7);
    assert.deepEqual(cbcMac(doubleKey, block, { cipher: 'aes' }), encryptBlocks('aes', doubleKey, block));
  });

  it('pad an empty message to one block of zeros, or of 80 and zeros', () => {
    assert.deepEqual(cbcMac(singleKey, Buffer.alloc(0)), encryptBlocks('des', singleKey, Buffer.alloc(8)));
    assert.deepEqual(
      cbcMac(singleKey, Buffer.alloc(0), { padding: 2 }),
      encryptBlocks('des', singleKey, hex('8000000000000000')),
    );
  });

  it('take no other key size for the retail MAC', () => {
    assert.throws(() => retailMac(singleKey, long), CryptographyError);
  });
});

describe('CMAC as in the examples of NIST SP 800-38B', () => {
  const message = hex(
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51' +
      '30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  );

  for (const { key, macs } of [
    {
      key: '2b7e151628aed2a6abf7158809cf4f3c',
      macs: {
        0: 'bb1d6929e95937287fa37d129b756746',
        16: '070a16b46b4d4144f79bdd9dd04a287c',
        40: 'dfa66747de9ae63030ca32611497c827',
        64: '51f0bebf7e3b9d92fc49741779363cfe',
      },
    },
    {
      key: '8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b',
      macs: {
        0: 'd17ddf46adaacde531cac483de7a9367',
        16: '9e99a7bf31e710900662f65e617c5184',
        40: '8a1de5be2eb31aad089a82e6ee908b0e',
        64: 'a1d5df0eed790f794d77589659f39a11',
      },
    },
    {
      key: '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
      macs: {
        0: '028962f61b7bf89efc6b551f4667d983',
        16: '28a7023f452e8f82bd4bf28d8c37c35c',
        40: 'aaf3d8f1de5640c232f5b169b9c911e6',
        64: 'e1992190549f6ed5696a2c056c315410',
      },
    },
  ]) {
    it(`with AES-${key.length * 4}`, () => {
      for (const [size, mac] of Object.entries(macs)) {
        assert.equal(aesCmac(hex(key), message.subarray(0, Number(size))).toString('hex'), mac);
      }
    });
  }

  it('with triple DES', () => {
    const three = hex('8aa83bf8cbda10620bc1bf19fbb6cd58bc313d4a371ca8b5');
    const two = hex('4cf15134a2850dd58a3d10ba80570d38');
    for (const [key, size, mac] of [
      [three, 0, 'b7a688e122ffaf95'],
      [three, 8, '8e8f293136283797'],
      [three, 20, '743ddbe0ce2dc2ed'],
      [three, 32, '33e6b1092400eae5'],
      [two, 0, 'bd2ebf9a3ba00361'],
      [two, 8, '4ff2ab813c53ce83'],
      [two, 20, '62dd1b471902bd4e'],
      [two, 32, '31b1e431dabc4eb8'],
    ] as const) {
      assert.equal(desCmac(key, message.subarray(0, size)).toString('hex'), mac);
    }
  });

  it('leaves the message as it was', () => {
    const copy = Buffer.from(message);
    aesCmac(hex('2b7e151628aed2a6abf7158809cf4f3c'), copy);
    assert.deepEqual(copy, message);
  });
});

describe('check values and comparison', () => {
  it('are the first bytes of zeros enciphered', () => {
    assert.equal(upper(keyCheckValue(hex('807A23AD32B36D457AE91FDF927570EA'))), '8D0A74B8');
    assert.equal(upper(keyCheckValue(doubleKey, { size: 3 })), '08D7B4');
    assert.equal(upper(keyCheckValue(singleKey, { size: 8 })), 'D5D44FF720683D0D');
  });

  it('of AES keys are the first bytes of the CMAC of zeros, or of zeros enciphered', () => {
    assert.deepEqual(aesKeyCheckValue(doubleKey), aesCmac(doubleKey, Buffer.alloc(16)).subarray(0, 5));
    assert.equal(upper(keyCheckValue(Buffer.alloc(16), { cipher: 'aes' })), '66E94BD4');
  });

  it('tell equal MACs from others, and empty ones are never equal', () => {
    assert.equal(macEquals(hex('01020304'), hex('01020304')), true);
    assert.equal(macEquals(hex('01020304'), hex('01020305')), false);
    assert.equal(macEquals(hex('010203'), hex('01020304')), false);
    assert.equal(macEquals(Buffer.alloc(0), Buffer.alloc(0)), false);
  });

  it('go into field 64 as 8 bytes, by the algorithm that a profile names', () => {
    const data = Buffer.from('Now is the time for all ');
    assert.equal(upper(messageMac('x9.19', doubleKey, data)), 'A1C72E74EA3FA9B6');
    assert.equal(upper(messageMac('x9.9', singleKey, data)), '70A30640CC76DD8B');
    assert.deepEqual(messageMac('unionpay-ecb', singleKey, data), unionpayEcbMac(singleKey, data));
    assert.deepEqual(messageMac('aes-cmac', doubleKey, data), aesCmac(doubleKey, data).subarray(0, 8));
  });
});
