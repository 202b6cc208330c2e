import type { Secret } from '../secret.js';
import type { Pan } from './bank.js';

/** A working key as a bank hands it over: enciphered under the terminal master key, with its check value. */
export type EncryptedKey = {
  readonly cipher: Buffer;
  /** The first bytes of the key's encipherment of zeros. */
  readonly checkValue: Buffer;
};

export type WorkingKeys = { readonly pinKey: EncryptedKey; readonly macKey: EncryptedKey };

/** Whether the keys were taken. When one is refused none is: the keys of before stay in use. */
export type KeyLoad =
  | { readonly outcome: 'loaded' }
  | {
      readonly outcome: 'refused';
      readonly key: 'pin' | 'mac';
      readonly why: 'wrong-check-value' | 'wrong-length' | 'well-known-key';
    };

/**
 * Where the keys of the bank line are: in a hardware module, or in this process. Keys go in enciphered and
 * none comes out.
 */
export interface KeyVault {
  /** Takes the working keys of a sign-in into use for the terminal. */
  loadWorkingKeys(keys: WorkingKeys, terminalId: string): KeyLoad;
  hasWorkingKeys(terminalId: string): boolean;
  /**
   * Opens (and so wipes) the PIN and returns its enciphered block.
   * @throws Error when the terminal has no keys or the PIN is none; the PIN is wiped then too.
   */
  pinBlock(terminalId: string, pin: Secret, pan: Pan): Buffer;
  /**
   * Returns the 8 bytes of field 64 (or 128) over `covered`.
   * @throws Error when the terminal has no keys.
   */
  mac(terminalId: string, covered: Buffer): Buffer;
  /** Compares in constant time; false when the terminal has no keys. */
  verifyMac(terminalId: string, covered: Buffer, mac: Buffer): boolean;
}
