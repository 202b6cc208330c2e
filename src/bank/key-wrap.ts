import { type BlockCipher, blockSize, decryptBlocks, encryptBlocks } from './block-cipher.js';
import type { EncryptedKey } from './key-vault.js';
import { keyCheckValue, macEquals } from './mac.js';

/** How a key travels: what enciphers it, and what it is for itself. */
export type KeyWrapping = { readonly masterCipher?: BlockCipher; readonly keyCipher?: BlockCipher };

/**
 * Returns a key enciphered under a master key, block by block (ECB, the UnionPay key download), with its
 * 4-byte check value. Both are triple DES keys unless `wrapping` says otherwise.
 */
export function wrapKey(masterKey: Buffer, key: Buffer, wrapping: KeyWrapping = {}): EncryptedKey {
  const { masterCipher = 'des', keyCipher = 'des' } = wrapping;
  return {
    cipher: encryptBlocks(masterCipher, masterKey, key),
    checkValue: keyCheckValue(key, { cipher: keyCipher }),
  };
}

/**
 * Returns the clear key, or why there is none. The check value must be 3 to 8 bytes: a shorter one would
 * prove nothing.
 */
export function unwrapKey(
  masterKey: Buffer,
  { cipher, checkValue }: EncryptedKey,
  wrapping: KeyWrapping = {},
): Buffer | 'wrong-length' | 'wrong-check-value' {
  const { masterCipher = 'des', keyCipher = 'des' } = wrapping;
  const sizes = keyCipher === 'des' ? [8, 16, 24] : [16, 24, 32];
  if (!sizes.includes(cipher.length) || cipher.length % blockSize(masterCipher) !== 0) {
    return 'wrong-length';
  }
  const key = decryptBlocks(masterCipher, masterKey, cipher);
  const { length } = checkValue;
  const right =
    length >= 3 &&
    length <= 8 &&
    macEquals(checkValue, keyCheckValue(key, { cipher: keyCipher, size: length }));
  if (!right) {
    key.fill(0);
    return 'wrong-check-value';
  }
  return key;
}
