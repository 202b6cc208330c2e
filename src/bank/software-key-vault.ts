import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import type { Secret } from '../secret.js';
import type { Pan } from './bank.js';
import { type BlockCipher, CryptographyError } from './block-cipher.js';
import type { EncryptedKey, KeyLoad, KeyVault, WorkingKeys } from './key-vault.js';
import { unwrapKey } from './key-wrap.js';
import { type MacAlgorithm, macEquals, messageMac } from './mac.js';
import { encryptPinBlock, type PinBlockFormat, type RandomBytes } from './pin-block.js';
import { isWellKnownKey } from './well-known-keys.js';

export type SoftwareKeyVaultOptions = {
  /** The terminal master key: 16 or 24 bytes for DES. The vault takes a copy and wipes what it is given. */
  readonly masterKey: Buffer;
  /** What enciphers the working keys under way; triple DES unless the bank says AES. */
  readonly masterCipher?: BlockCipher;
  readonly pinBlockFormat: PinBlockFormat;
  readonly mac: MacAlgorithm;
  readonly random: RandomBytes;
  /** Whether the printed keys of the lab are allowed. */
  readonly lab: boolean;
};

type Keys = { readonly pinKey: Buffer; readonly macKey: Buffer };

const macKeySizes: Record<MacAlgorithm, readonly number[]> = {
  'unionpay-ecb': [8, 16],
  'x9.19': [16],
  'x9.9': [8],
  'aes-cmac': [16, 24, 32],
};

/** Keys in this process's memory: for the lab, and for banks that allow it. It prints nothing of them. */
export class SoftwareKeyVault implements KeyVault {
  readonly #options: Omit<SoftwareKeyVaultOptions, 'masterKey'>;
  readonly #masterKey: Buffer;
  readonly #masterCipher: BlockCipher;
  readonly #keys = new Map<string, Keys>();

  /** @throws CryptographyError when the master key has a wrong size, or is well known outside the lab. */
  constructor({ masterKey, ...options }: SoftwareKeyVaultOptions) {
    this.#options = options;
    this.#masterCipher = options.masterCipher ?? 'des';
    const sizes = this.#masterCipher === 'des' ? [16, 24] : [16, 24, 32];
    if (!sizes.includes(masterKey.length)) {
      throw new CryptographyError(`the terminal master key must be ${sizes.join(' or ')} bytes`);
    }
    if (!options.lab && isWellKnownKey(masterKey)) {
      throw new CryptographyError('the terminal master key is a well-known test key; ask the bank for one');
    }
    this.#masterKey = Buffer.alloc(masterKey.length);
    masterKey.copy(this.#masterKey);
    masterKey.fill(0);
  }

  loadWorkingKeys(keys: WorkingKeys, terminalId: string): KeyLoad {
    const { pinBlockFormat, mac, lab } = this.#options;
    // Single DES protects no PIN (PCI PIN Security Requirements).
    const desSizes = lab ? [8, 16, 24] : [16, 24];
    const pinSizes = pinBlockFormat === 4 ? [16, 24, 32] : desSizes;
    const pinKey = this.#unwrap(keys.pinKey, pinBlockFormat === 4 ? 'aes' : 'des', pinSizes);
    if (typeof pinKey === 'string') {
      return { outcome: 'refused', key: 'pin', why: pinKey };
    }
    const macKey = this.#unwrap(keys.macKey, mac === 'aes-cmac' ? 'aes' : 'des', macKeySizes[mac]);
    if (typeof macKey === 'string') {
      pinKey.fill(0);
      return { outcome: 'refused', key: 'mac', why: macKey };
    }
    this.#wipe(terminalId);
    this.#keys.set(terminalId, { pinKey, macKey });
    return { outcome: 'loaded' };
  }

  hasWorkingKeys(terminalId: string): boolean {
    return this.#keys.has(terminalId);
  }

  pinBlock(terminalId: string, pin: Secret, pan: Pan): Buffer {
    const { pinBlockFormat, random } = this.#options;
    return pin.open((digits) =>
      encryptPinBlock(pinBlockFormat, { pin: digits, pan, key: this.#keysOf(terminalId).pinKey, random }),
    );
  }

  mac(terminalId: string, covered: Buffer): Buffer {
    return messageMac(this.#options.mac, this.#keysOf(terminalId).macKey, covered);
  }

  verifyMac(terminalId: string, covered: Buffer, mac: Buffer): boolean {
    return this.hasWorkingKeys(terminalId) && macEquals(mac, this.mac(terminalId, covered));
  }

  /** Wipes every key; the vault can do nothing afterwards. */
  close(): void {
    for (const terminalId of [...this.#keys.keys()]) {
      this.#wipe(terminalId);
    }
    this.#masterKey.fill(0);
  }

  toJSON(): string {
    return '[key vault]';
  }

  [inspect.custom](): string {
    return '[key vault]';
  }

  #unwrap(key: EncryptedKey, keyCipher: BlockCipher, sizes: readonly number[]) {
    if (!sizes.includes(key.cipher.length)) {
      return 'wrong-length';
    }
    const clear = unwrapKey(this.#masterKey, key, { masterCipher: this.#masterCipher, keyCipher });
    if (typeof clear !== 'string' && !this.#options.lab && isWellKnownKey(clear)) {
      clear.fill(0);
      return 'well-known-key';
    }
    return clear;
  }

  #keysOf(terminalId: string): Keys {
    const keys = this.#keys.get(terminalId);
    if (keys === undefined) {
      throw new CryptographyError('the terminal has no working keys: it must sign in first');
    }
    return keys;
  }

  #wipe(terminalId: string): void {
    const keys = this.#keys.get(terminalId);
    keys?.pinKey.fill(0);
    keys?.macKey.fill(0);
    this.#keys.delete(terminalId);
  }
}

/**
 * Returns the master key of a setting: hexadecimal, or "file:" and the path of a file that holds it.
 * @throws CryptographyError when it is no key, or Error when the file cannot be read; neither shows it.
 */
export function masterKeyFrom(setting: string): Buffer {
  const text = setting.startsWith('file:') ? readFileSync(setting.slice(5), 'latin1').trim() : setting;
  if (!/^(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{64})$/.test(text)) {
    throw new CryptographyError('a master key is 16, 24 or 32 bytes in hexadecimal');
  }
  return Buffer.from(text, 'hex');
}
