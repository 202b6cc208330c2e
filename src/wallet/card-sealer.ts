import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Pan } from '../bank/bank.js';

const nonceBytes = 12;
const tagBytes = 16;
const algorithm = 'aes-256-gcm';

/** A card number as it may rest in a database. */
export type SealedPan = { readonly sealed: Buffer; readonly keyId: string; readonly hash: Buffer };

/**
 * Seals card numbers at rest: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce, and an
 * HMAC-SHA-256 under a second key to find a number again without decrypting any.
 */
export class CardSealer {
  readonly #key: Buffer;
  readonly #hashKey: Buffer;
  /** Names the key in use without telling anything of it, so that a later key can stand beside it. */
  readonly keyId: string;

  /** Both keys are 32 bytes, and are not the same. */
  constructor(key: Buffer, hashKey: Buffer) {
    if (key.length !== 32 || hashKey.length !== 32 || key.equals(hashKey)) {
      throw new Error('card numbers need two different keys of 32 bytes');
    }
    this.#key = key;
    this.#hashKey = hashKey;
    this.keyId = createHmac('sha256', key).update('walletline card key id').digest('hex').slice(0, 16);
  }

  seal(pan: Pan): SealedPan {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#key, nonce).setAAD(Buffer.from(this.keyId));
    const sealed = Buffer.concat([nonce, cipher.update(pan, 'latin1'), cipher.final(), cipher.getAuthTag()]);
    return { sealed, keyId: this.keyId, hash: this.hash(pan) };
  }

  /** @throws Error when the bytes were sealed under another key, or changed since. */
  open(sealed: Buffer, keyId: string): Pan {
    if (keyId !== this.keyId) {
      throw new Error('this card number was sealed under a key that is not configured');
    }
    const decipher = createDecipheriv(algorithm, this.#key, sealed.subarray(0, nonceBytes)).setAAD(
      Buffer.from(keyId),
    );
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    // In memory of its own: what is put together with other buffers would stay in the pool that all share.
    const clear = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
    try {
      // A mode of a stream has given everything by now: this only proves the tag.
      decipher.final();
      return clear.toString('latin1') as Pan;
    } finally {
      clear.fill(0);
    }
  }

  /** The same number always gives the same 32 bytes. */
  hash(pan: Pan): Buffer {
    return createHmac('sha256', this.#hashKey).update(pan).digest();
  }
}
