import assert from 'node:assert/strict';
import { encodeKeyDownload, parseKeyDownload } from '../../../src/bank/iso8583/key-download.js';
import { wrapKey } from '../../../src/bank/key-wrap.js';

const tmk = Buffer.from('CA5D92598DCA48CE8A4C76361A9269E9', 'hex');
const key = (byte: number, size: number) => Buffer.from(Array.from({ length: size }, (_, i) => byte + i));

describe('field 62 of a sign-in', () => {
  for (const [pinSize, macSize] of [
    [8, 8],
    [16, 8],
    [16, 16],
    [24, 24],
  ] as const) {
    it(`hands over a PIN key of ${pinSize} and a MAC key of ${macSize} bytes`, () => {
      const keys = { pinKey: wrapKey(tmk, key(1, pinSize)), macKey: wrapKey(tmk, key(100, macSize)) };
      const field62 = encodeKeyDownload(keys);
      assert.match(field62, /^[0-9A-F]+$/);
      assert.deepEqual(parseKeyDownload(field62), keys);
    });
  }

  it('may have a key for track data behind them', () => {
    const keys = { pinKey: wrapKey(tmk, key(1, 16)), macKey: wrapKey(tmk, key(100, 16)) };
    assert.deepEqual(parseKeyDownload(encodeKeyDownload(keys) + 'AB'.repeat(20)), keys);
  });

  it('may have a single-length MAC key with zeros behind it', () => {
    const macKey = wrapKey(tmk, key(100, 8));
    const longer = { ...macKey, cipher: Buffer.concat([macKey.cipher, Buffer.alloc(8)]) };
    const field62 = encodeKeyDownload({ pinKey: wrapKey(tmk, key(1, 16)), macKey: longer });
    assert.deepEqual(parseKeyDownload(field62).macKey, macKey);
  });

  it('is refused in any other size, and when it is no hexadecimal', () => {
    for (const field62 of ['', 'AB', 'AB'.repeat(39), 'AB'.repeat(41), 'XY'.repeat(40)]) {
      assert.throws(() => parseKeyDownload(field62), { name: 'IsoError', path: 'field 62 length' });
    }
  });
});
