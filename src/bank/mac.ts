import { timingSafeEqual } from 'node:crypto';
import {
  type BlockCipher,
  blockSize,
  CryptographyError,
  decryptBlocks,
  encryptBlocks,
  encryptChained,
  xor,
} from './block-cipher.js';

/** The MACs that a profile can ask for; each gives 8 bytes for field 64 or 128. */
export type MacAlgorithm = 'unionpay-ecb' | 'x9.19' | 'x9.9' | 'aes-cmac';

/** ISO/IEC 9797-1:2011, 6.3: method 1 adds zeros (none to whole blocks), method 2 adds 0x80 and zeros, always. */
export type MacPadding = 1 | 2;

/**
 * Returns the MAC that a profile names, cut to the 8 bytes of field 64.
 * @param key 8 or 16 bytes for unionpay-ecb, 16 for x9.19, 8 for x9.9, 16, 24 or 32 for aes-cmac.
 */
export function messageMac(algorithm: MacAlgorithm, key: Buffer, data: Buffer): Buffer {
  switch (algorithm) {
    case 'unionpay-ecb':
      return unionpayEcbMac(key, data);
    case 'x9.19':
      return retailMac(key, data, 1);
    case 'x9.9':
      return cbcMac(key, data);
    case 'aes-cmac':
      return aesCmac(key, data).subarray(0, 8);
  }
}

/**
 * Returns the MAC of UnionPay terminals as the 8 ASCII characters that go into field 64: the exclusive or
 * of all 8-byte blocks is written as 16 hexadecimal characters; the first 8 are enciphered, combined with
 * the last 8, enciphered again and written as hexadecimal, of which the first 8 characters are the MAC.
 * @param key 8 bytes (single DES) or 16 (each step is two-key triple DES).
 * @param data what is covered, MTI to field 63; filled with zeros to whole blocks.
 */
export function unionpayEcbMac(key: Buffer, data: Buffer): Buffer {
  if (key.length !== 8 && key.length !== 16) {
    throw new CryptographyError('a UnionPay MAC key is 8 or 16 bytes');
  }
  const folded = Buffer.alloc(8);
  for (let i = 0; i < data.length; i += 1) {
    folded[i % 8] = (folded[i % 8] ?? 0) ^ (data[i] ?? 0);
  }
  const text = hexText(folded);
  const first = encryptBlocks('des', key, text.subarray(0, 8));
  const second = encryptBlocks('des', key, xor(first, text.subarray(8)));
  return hexText(second).subarray(0, 8);
}

/**
 * Returns the 8-byte retail MAC: ISO/IEC 9797-1:2011, 7.4, MAC algorithm 3 with DES, which is ANSI X9.19 with padding 1.
 * @param key 16 bytes: K chains the blocks, K' deciphers and K enciphers the last.
 */
export function retailMac(key: Buffer, data: Buffer, padding: MacPadding = 1): Buffer {
  if (key.length !== 16) {
    throw new CryptographyError('a retail MAC key is 16 bytes');
  }
  const [k1, k2] = [key.subarray(0, 8), key.subarray(8)];
  const last = cbcMac(k1, data, { padding });
  return encryptBlocks('des', k1, decryptBlocks('des', k2, last));
}

/**
 * Returns the CBC-MAC, one whole block: ISO/IEC 9797-1:2011, 7.2, MAC algorithm 1; with DES, an 8-byte key and
 * padding 1 it is ANSI X9.9. Safe only for messages of a length that both sides know.
 */
export function cbcMac(
  key: Buffer,
  data: Buffer,
  { cipher = 'des', padding = 1 }: { cipher?: BlockCipher; padding?: MacPadding } = {},
): Buffer {
  const size = blockSize(cipher);
  const whole = padded(data, size, padding);
  const chained = encryptChained(cipher, key, whole);
  // A card number is among what a MAC covers.
  whole.fill(0);
  return chained.subarray(chained.length - size);
}

/**
 * Returns the AES-CMAC, 16 bytes: NIST SP 800-38B, RFC 4493, ISO/IEC 9797-1 MAC algorithm 5.
 * @param key 16, 24 or 32 bytes.
 */
export function aesCmac(key: Buffer, data: Buffer): Buffer {
  return cmac('aes', key, data);
}

/** Returns the CMAC with triple DES, 8 bytes (NIST SP 800-38B). @param key 16 or 24 bytes. */
export function desCmac(key: Buffer, data: Buffer): Buffer {
  return cmac('des', key, data);
}

/** Compares two MACs or check values in time that does not depend on where they differ. */
export function macEquals(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && a.length > 0 && timingSafeEqual(a, b);
}

/**
 * Returns the first `size` bytes of the key's encipherment of a zero block (ANSI X9.24-1, for DES
 * keys). UnionPay uses 4, most others 3.
 */
export function keyCheckValue(
  key: Buffer,
  { cipher = 'des', size = 4 }: { cipher?: BlockCipher; size?: number } = {},
): Buffer {
  return encryptBlocks(cipher, key, Buffer.alloc(blockSize(cipher))).subarray(0, size);
}

/** Returns the first `size` bytes of the AES-CMAC of a zero block: the check value of AES keys in ANSI X9.24-1:2017. */
export function aesKeyCheckValue(key: Buffer, size = 5): Buffer {
  return aesCmac(key, Buffer.alloc(16)).subarray(0, size);
}

function hexText(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('hex').toUpperCase(), 'latin1');
}

function padded(data: Buffer, size: number, padding: MacPadding): Buffer {
  const marked = padding === 2 ? data.length + 1 : Math.max(data.length, 1);
  const whole = Buffer.alloc(Math.ceil(marked / size) * size);
  data.copy(whole);
  if (padding === 2) {
    whole[data.length] = 0x80;
  }
  return whole;
}

function cmac(cipher: BlockCipher, key: Buffer, data: Buffer): Buffer {
  const size = blockSize(cipher);
  const k1 = doubled(encryptBlocks(cipher, key, Buffer.alloc(size)));
  const whole = data.length > 0 && data.length % size === 0;
  const message = padded(data, size, whole ? 1 : 2);
  const last = message.subarray(message.length - size);
  xor(last, whole ? k1 : doubled(k1)).copy(last);
  const chained = encryptChained(cipher, key, message);
  message.fill(0);
  return chained.subarray(chained.length - size);
}

/** Multiplies by x in the field of the cipher's block (SP 800-38B, 6.1). */
function doubled(block: Buffer): Buffer {
  const result = Buffer.alloc(block.length);
  let carry = 0;
  for (let i = block.length - 1; i >= 0; i -= 1) {
    const byte = block[i] ?? 0;
    result[i] = ((byte << 1) | carry) & 0xff;
    carry = byte >> 7;
  }
  if (carry === 1) {
    const end = block.length - 1;
    result[end] = (result[end] ?? 0) ^ (block.length === 8 ? 0x1b : 0x87);
  }
  return result;
}
