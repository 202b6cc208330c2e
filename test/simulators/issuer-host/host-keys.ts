import { randomBytes } from 'node:crypto';
import { encodeKeyDownload } from '../../../src/bank/iso8583/key-download.js';
import type { Profile } from '../../../src/bank/iso8583/profile.js';
import { wrapKey } from '../../../src/bank/key-wrap.js';
import { macEquals, messageMac } from '../../../src/bank/mac.js';
import { decryptPinBlock, PinBlockError } from '../../../src/bank/pin-block.js';

/**
 * The terminal master key of the lab (hexadecimal). It is printed in many places and so protects nothing:
 * a key vault refuses it outside the lab.
 */
export const labTerminalMasterKey = 'CA5D92598DCA48CE8A4C76361A9269E9';

/** The host's side of the keys: made at random for each sign-in, lost when the host stops. */
export class HostKeys {
  readonly #masterKey: Buffer;
  readonly #profile: Profile;
  readonly #keys = new Map<string, { pinKey: Buffer; macKey: Buffer }>();

  constructor(masterKeyHex: string, profile: Profile) {
    this.#masterKey = Buffer.from(masterKeyHex, 'hex');
    this.#profile = profile;
  }

  has(terminal: string): boolean {
    return this.#keys.has(terminal);
  }

  /** Forgets the keys of every terminal: each must sign in again. */
  forget(): void {
    this.#keys.clear();
  }

  /** Makes new keys for the terminal and returns what field 62 of the sign-in's answer holds. */
  renew(terminal: string, wrongCheckValue: boolean): string {
    const keys = { pinKey: randomBytes(16), macKey: randomBytes(16) };
    this.#keys.set(terminal, keys);
    const field = Buffer.from(
      encodeKeyDownload({
        pinKey: wrapKey(this.#masterKey, keys.pinKey),
        macKey: wrapKey(this.#masterKey, keys.macKey),
      }),
      'hex',
    );
    if (wrongCheckValue) {
      field[19] = (field[19] ?? 0) ^ 0xff;
    }
    return field.toString('hex').toUpperCase();
  }

  mac(terminal: string, covered: Buffer): Buffer {
    return messageMac(this.#profile.mac, this.#keysOf(terminal).macKey, covered);
  }

  verifies(terminal: string, covered: Buffer, macHex: string | undefined): boolean {
    return macHex !== undefined && macEquals(this.mac(terminal, covered), Buffer.from(macHex, 'hex'));
  }

  /** Returns the PIN as ASCII digits, or undefined when the block holds none. */
  pin(terminal: string, blockHex: string | undefined, pan: string): Buffer | undefined {
    try {
      return decryptPinBlock(this.#profile.pinBlockFormat, {
        block: Buffer.from(blockHex ?? '', 'hex'),
        pan,
        key: this.#keysOf(terminal).pinKey,
      });
    } catch (error) {
      if (error instanceof PinBlockError) {
        return undefined;
      }
      throw error;
    }
  }

  #keysOf(terminal: string): { pinKey: Buffer; macKey: Buffer } {
    const keys = this.#keys.get(terminal);
    if (keys === undefined) {
      throw new Error('this terminal has not signed in');
    }
    return keys;
  }
}
