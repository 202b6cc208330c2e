import type { EncryptedKey, WorkingKeys } from '../key-vault.js';
import { IsoError } from './iso-error.js';

/** Bytes of a check value in field 62. */
const checkSize = 4;

/**
 * Field 62 by its size: PIN key and MAC key, each with its check value; with 60 bytes a key for track data
 * comes third, which a telephone has no use for.
 */
const layouts: Readonly<Record<number, readonly [pinKeySize: number, macKeySize: number]>> = {
  24: [8, 8],
  32: [16, 8],
  40: [16, 16],
  56: [24, 24],
  60: [16, 16],
};

/**
 * Returns the working keys in field 62 of a sign-in's answer, given as hexadecimal.
 * @throws IsoError when its size is none of those known.
 */
export function parseKeyDownload(field62: string): WorkingKeys {
  const bytes = /^(?:[0-9A-Fa-f]{2})*$/.test(field62) ? Buffer.from(field62, 'hex') : Buffer.alloc(0);
  const layout = layouts[bytes.length];
  if (layout === undefined) {
    throw new IsoError('field 62 length', 'is that of no key download');
  }
  const [pinKeySize, macKeySize] = layout;
  const macAt = pinKeySize + checkSize;
  return {
    pinKey: encryptedKey(bytes.subarray(0, macAt), pinKeySize),
    macKey: singleKey(encryptedKey(bytes.subarray(macAt, macAt + macKeySize + checkSize), macKeySize)),
  };
}

/** Returns field 62 of a sign-in's answer as hexadecimal: what `parseKeyDownload` reads. */
export function encodeKeyDownload({ pinKey, macKey }: WorkingKeys): string {
  return Buffer.concat([pinKey.cipher, pinKey.checkValue, macKey.cipher, macKey.checkValue])
    .toString('hex')
    .toUpperCase();
}

function encryptedKey(bytes: Buffer, size: number): EncryptedKey {
  return { cipher: Buffer.from(bytes.subarray(0, size)), checkValue: Buffer.from(bytes.subarray(size)) };
}

/** A single-length MAC key stands in a double-length place with eight zero bytes behind it. */
function singleKey({ cipher, checkValue }: EncryptedKey): EncryptedKey {
  const single = cipher.length === 16 && cipher.subarray(8).every((byte) => byte === 0);
  return { cipher: single ? cipher.subarray(0, 8) : cipher, checkValue };
}
