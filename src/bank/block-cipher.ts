import { createCipheriv, createDecipheriv } from 'node:crypto';

/** DES means single DES, or triple DES when the key is 16 or 24 bytes (NIST SP 800-67); AES is FIPS 197. */
export type BlockCipher = 'des' | 'aes';

/** A key, block or data of a size that the function cannot use. Holds no content. */
export class CryptographyError extends Error {
  override readonly name = 'CryptographyError';
}

/** Returns the block size in bytes: 8 for DES, 16 for AES. */
export function blockSize(cipher: BlockCipher): 8 | 16 {
  return cipher === 'des' ? 8 : 16;
}

/**
 * Enciphers each block by itself (ECB, NIST SP 800-38A, 6.1).
 * @param key DES: 8, 16 or 24 bytes; AES: 16, 24 or 32 bytes.
 * @param blocks one whole block or more.
 * @throws CryptographyError for a key or data of another size.
 */
export function encryptBlocks(cipher: BlockCipher, key: Buffer, blocks: Buffer): Buffer {
  return run(cipher, key, blocks, 'ecb', createCipheriv);
}

/** Deciphers what `encryptBlocks` enciphered; same arguments and errors. */
export function decryptBlocks(cipher: BlockCipher, key: Buffer, blocks: Buffer): Buffer {
  return run(cipher, key, blocks, 'ecb', createDecipheriv);
}

/** Enciphers with each block chained to the one before, from a zero block (CBC, NIST SP 800-38A, 6.2). */
export function encryptChained(cipher: BlockCipher, key: Buffer, blocks: Buffer): Buffer {
  return run(cipher, key, blocks, 'cbc', createCipheriv);
}

/** Returns the exclusive or of two buffers of one size, in a buffer that shares memory with no other. */
export function xor(a: Buffer, b: Buffer): Buffer {
  if (a.length !== b.length) {
    throw new CryptographyError('an exclusive or needs two buffers of one size');
  }
  const result = Buffer.alloc(a.length);
  for (let i = 0; i < a.length; i += 1) {
    result[i] = (a[i] ?? 0) ^ (b[i] ?? 0);
  }
  return result;
}

type Mode = 'ecb' | 'cbc';

function run(
  cipher: BlockCipher,
  key: Buffer,
  blocks: Buffer,
  mode: Mode,
  open: typeof createCipheriv | typeof createDecipheriv,
): Buffer {
  const size = blockSize(cipher);
  // No block at all is a mistake of the caller's, and its empty result would pass for a cipher or a MAC.
  if (blocks.length === 0 || blocks.length % size !== 0) {
    throw new CryptographyError(`data must be one or more whole blocks of ${size} bytes`);
  }
  const { algorithm, expanded } = cipher === 'des' ? desKey(key, mode) : aesKey(key, mode);
  try {
    const stream = open(algorithm, expanded, mode === 'ecb' ? null : Buffer.alloc(size));
    stream.setAutoPadding(false);
    // With whole blocks and no padding everything comes out of update; final has nothing left to give.
    const result = stream.update(blocks);
    stream.final();
    return result;
  } finally {
    expanded.fill(0);
  }
}

/** OpenSSL 3 keeps single DES and its ECB in a provider that Node does not load: K|K|K in triple DES is it. */
function desKey(key: Buffer, mode: Mode): { algorithm: string; expanded: Buffer } {
  const expanded = Buffer.alloc(24);
  if (key.length === 8) {
    key.copy(expanded, 0);
    key.copy(expanded, 8);
    key.copy(expanded, 16);
  } else if (key.length === 16) {
    key.copy(expanded, 0);
    key.copy(expanded, 16, 0, 8);
  } else if (key.length === 24) {
    key.copy(expanded, 0);
  } else {
    throw new CryptographyError('a DES key is 8, 16 or 24 bytes');
  }
  return { algorithm: mode === 'ecb' ? 'des-ede3' : 'des-ede3-cbc', expanded };
}

function aesKey(key: Buffer, mode: Mode): { algorithm: string; expanded: Buffer } {
  if (key.length !== 16 && key.length !== 24 && key.length !== 32) {
    throw new CryptographyError('an AES key is 16, 24 or 32 bytes');
  }
  const expanded = Buffer.alloc(key.length);
  key.copy(expanded);
  return { algorithm: `aes-${key.length * 8}-${mode}`, expanded };
}
