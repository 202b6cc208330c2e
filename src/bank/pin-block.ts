import { CryptographyError, decryptBlocks, encryptBlocks, xor } from './block-cipher.js';

/** PIN block formats of ISO 9564-1:2017, 9.3 (0, 3: 8 bytes, triple DES) and 9.4 (4: 16 bytes, AES). */
export type PinBlockFormat = 0 | 3 | 4;

/** Returns `size` unpredictable bytes, e.g. `randomBytes` of node:crypto. */
export type RandomBytes = (size: number) => Buffer;

/** What is wrong with a PIN, a card number or a block; never the thing itself. */
export type PinBlockProblem =
  | 'pin-length'
  | 'pin-digit'
  | 'pan'
  | 'block-length'
  | 'control'
  | 'filler'
  | 'key-length';

/** A PIN that cannot be put into a block, or a block that holds none. */
export class PinBlockError extends Error {
  override readonly name = 'PinBlockError';
  readonly problem: PinBlockProblem;

  constructor(problem: PinBlockProblem) {
    super(`PIN block: ${problem}`);
    this.problem = problem;
  }
}

/**
 * Returns the clear 8-byte block of format 0 (9.3.2) or 3 (9.3.5, with random filler A–F).
 * The PIN is 4–12 ASCII digits and is not wiped here: it belongs to the caller; so does the block returned.
 * @param pan the whole card number with its check digit, 13–19 digits.
 * @throws PinBlockError pin-length, pin-digit, pan.
 */
export function encodePinBlock(
  format: 0 | 3,
  pin: Buffer,
  pan: Buffer | string,
  random: RandomBytes,
): Buffer {
  const panField = encodePanField(pan);
  const pinField = encodePinField(format, pin, format === 3 ? letterFiller(random) : () => 0xf);
  try {
    return xor(pinField, panField);
  } finally {
    pinField.fill(0);
    panField.fill(0);
  }
}

/**
 * Returns the PIN, ASCII digits, of a clear block of format 0 or 3; the caller must wipe it. A card number
 * other than the one it was made with shows as a wrong filler or digit, or gives another PIN.
 * @throws PinBlockError block-length, control, pin-length, pin-digit, filler, pan.
 */
export function decodePinBlock(format: 0 | 3, block: Buffer, pan: Buffer | string): Buffer {
  if (block.length !== 8) {
    throw new PinBlockError('block-length');
  }
  const panField = encodePanField(pan);
  const pinField = xor(block, panField);
  panField.fill(0);
  try {
    return decodePinField(format, pinField);
  } finally {
    pinField.fill(0);
  }
}

/**
 * Returns the PAN field of formats 0 and 3, 8 bytes: four zeros and the 12 rightmost digits before the check
 * digit. @throws PinBlockError pan.
 */
export function encodePanField(pan: Buffer | string): Buffer {
  const digits = panDigits(pan, 13).slice(-13, -1);
  // Buffer.from would leave it in the pool that all buffers share.
  const field = Buffer.alloc(8);
  field.write(digits, 2, 'hex');
  return field;
}

/**
 * Returns the 16-byte PIN field of format 4 (9.4.2.2): control 4, length, digits, filler A, 8 random bytes.
 * @throws PinBlockError pin-length, pin-digit.
 */
export function encodePinField4(pin: Buffer, random: RandomBytes): Buffer {
  const salt = randomBytesOf(random, 8);
  const digits = encodePinField(4, pin, () => 0xa);
  const field = Buffer.concat([digits, salt]);
  digits.fill(0);
  return field;
}

/**
 * Returns the PIN of a clear 16-byte PIN field of format 4; the caller must wipe it.
 * @throws PinBlockError block-length, control, pin-length, pin-digit, filler.
 */
export function decodePinField4(field: Buffer): Buffer {
  if (field.length !== 16) {
    throw new PinBlockError('block-length');
  }
  return decodePinField(4, field.subarray(0, 8));
}

/**
 * Returns the 16-byte PAN field of format 4 (9.4.2.3): the card number's length less 12, its digits, zeros.
 * A number of fewer than 12 digits is filled with zeros from the left and has length digit 0.
 * @throws PinBlockError pan.
 */
export function encodePanField4(pan: Buffer | string): Buffer {
  const digits = panDigits(pan, 1).padStart(12, '0');
  const field = Buffer.alloc(16);
  field.write(`${digits.length - 12}${digits}`.padEnd(32, '0'), 'hex');
  return field;
}

/**
 * Returns the enciphered PIN block: formats 0 and 3 under a 16- or 24-byte triple DES key (8 bytes, single
 * DES, is taken because some hosts still hand it out); format 4 under AES, enciphered before and after the
 * PAN field is added (9.4.2.4). Every clear temporary is wiped; the PIN stays the caller's.
 * @throws PinBlockError pin-length, pin-digit, pan, key-length.
 */
export function encryptPinBlock(
  format: PinBlockFormat,
  { pin, pan, key, random }: { pin: Buffer; pan: Buffer | string; key: Buffer; random: RandomBytes },
): Buffer {
  mustFit(format, key);
  const clear = format === 4 ? encodePinField4(pin, random) : encodePinBlock(format, pin, pan, random);
  try {
    if (format !== 4) {
      return encryptBlocks('des', key, clear);
    }
    const panField = encodePanField4(pan);
    const mixed = xor(encryptBlocks('aes', key, clear), panField);
    panField.fill(0);
    return encryptBlocks('aes', key, mixed);
  } finally {
    clear.fill(0);
  }
}

/**
 * Returns the PIN of an enciphered block, ASCII digits; the caller must wipe it.
 * @throws PinBlockError block-length, control, pin-length, pin-digit, filler, pan, key-length.
 */
export function decryptPinBlock(
  format: PinBlockFormat,
  { block, pan, key }: { block: Buffer; pan: Buffer | string; key: Buffer },
): Buffer {
  mustFit(format, key);
  if (block.length !== (format === 4 ? 16 : 8)) {
    throw new PinBlockError('block-length');
  }
  const clear =
    format === 4
      ? decryptBlocks('aes', key, xor(decryptBlocks('aes', key, block), encodePanField4(pan)))
      : decryptBlocks('des', key, block);
  try {
    return format === 4 ? decodePinField4(clear) : decodePinBlock(format, clear, pan);
  } finally {
    clear.fill(0);
  }
}

function mustFit(format: PinBlockFormat, key: Buffer): void {
  const sizes = format === 4 ? [16, 24, 32] : [8, 16, 24];
  if (!sizes.includes(key.length)) {
    throw new PinBlockError('key-length');
  }
}

/** A card number is no PIN, so a string is no harm; but it is kept in no error. */
function panDigits(pan: Buffer | string, atLeast: number): string {
  const digits = typeof pan === 'string' ? pan : pan.toString('latin1');
  if (!/^\d{1,19}$/.test(digits) || digits.length < atLeast) {
    throw new PinBlockError('pan');
  }
  return digits;
}

/** Writes control, length, digits and filler, a nibble each, into 8 bytes. */
function encodePinField(format: PinBlockFormat, pin: Buffer, filler: () => number): Buffer {
  if (pin.length < 4 || pin.length > 12) {
    throw new PinBlockError('pin-length');
  }
  if (!pin.every((character) => character >= 0x30 && character <= 0x39)) {
    throw new PinBlockError('pin-digit');
  }
  const field = Buffer.alloc(8);
  field[0] = (format << 4) | pin.length;
  for (let i = 0; i < 14; i += 1) {
    const nibble = i < pin.length ? (pin[i] ?? 0) & 0x0f : filler();
    const at = 1 + (i >> 1);
    field[at] = (field[at] ?? 0) | (i % 2 === 0 ? nibble << 4 : nibble);
  }
  return field;
}

/** Reads what `encodePinField` wrote. A PIN half read is wiped before the error leaves. */
function decodePinField(format: PinBlockFormat, field: Buffer): Buffer {
  const first = field[0] ?? 0;
  if (first >> 4 !== format) {
    throw new PinBlockError('control');
  }
  const length = first & 0x0f;
  if (length < 4 || length > 12) {
    throw new PinBlockError('pin-length');
  }
  const pin = Buffer.alloc(length);
  try {
    for (let i = 0; i < 14; i += 1) {
      const byte = field[1 + (i >> 1)] ?? 0;
      const nibble = i % 2 === 0 ? byte >> 4 : byte & 0x0f;
      if (i < length) {
        mustBe(nibble <= 9, 'pin-digit');
        pin[i] = 0x30 | nibble;
      } else {
        mustBe(isFiller(format, nibble), 'filler');
      }
    }
  } catch (error) {
    pin.fill(0);
    throw error;
  }
  return pin;
}

function mustBe(right: boolean, problem: PinBlockProblem): void {
  if (!right) {
    throw new PinBlockError(problem);
  }
}

function isFiller(format: PinBlockFormat, nibble: number): boolean {
  switch (format) {
    case 0:
      return nibble === 0xf;
    case 3:
      return nibble >= 0xa;
    case 4:
      return nibble === 0xa;
  }
}

/** Returns a source of nibbles A–F (ISO 9564-1, 9.3.5). Of 32 bits the remainder by 6 favours none by a hair. */
function letterFiller(random: RandomBytes): () => number {
  const pool = randomBytesOf(random, 40);
  let at = 0;
  return () => {
    const letter = 0xa + (pool.readUInt32BE(at) % 6);
    at += 4;
    return letter;
  };
}

/** A source that gives less than it is asked for would leave zeros where nobody expects them. */
function randomBytesOf(random: RandomBytes, size: number): Buffer {
  const bytes = random(size);
  if (bytes.length !== size) {
    throw new CryptographyError('the random source gave another number of bytes than it was asked for');
  }
  return bytes;
}
