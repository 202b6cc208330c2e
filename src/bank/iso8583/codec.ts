import { encodeValue, mustHold, packed, sizeOf } from './field-codec.js';
import { readFrame } from './frame-reader.js';
import { IsoError } from './iso-error.js';
import type { IsoMessage } from './message.js';
import type { FieldRule, Profile, WireHeader } from './profile.js';

/** Bytes of field 64 and 128. */
const macSize = 8;

export type EncodeOptions = {
  readonly header: WireHeader;
  /**
   * Returns the 8 bytes of the MAC over what it is given: the MTI up to the field before the MAC. What it is
   * given is its own, and holds a card number: it is for it to wipe.
   */
  readonly mac?: (covered: Buffer) => Buffer;
};

export type DecodedFrame = {
  readonly message: IsoMessage;
  readonly header: WireHeader;
  /** The bytes that field 64 or 128 answers for; without one, the whole message. */
  readonly macCovered: Buffer;
};

/**
 * Returns one whole frame: 2-byte length, header, MTI, bitmap, fields. With `mac` the
 * last field, 64 or (when a field above 64 is there) 128, is computed.
 * @throws IsoError when the message breaks the profile.
 */
export function encode(message: IsoMessage, profile: Profile, options: EncodeOptions): Buffer {
  const numbers = fieldNumbers(message, options.mac !== undefined);
  const parts = [encodeMti(message.mti, profile), encodeBitmap(numbers, profile)];
  const macField = options.mac === undefined ? undefined : numbers.at(-1);
  for (const number of numbers) {
    if (number !== macField) {
      parts.push(...encodeField(ruleOf(number, profile), message.fields[number] ?? '', number, profile));
    }
  }
  if (options.mac !== undefined && macField !== undefined) {
    const mac = options.mac(Buffer.concat(parts));
    if (mac.length !== macSize) {
      throw new IsoError(`field ${macField}`, `is not ${macSize} bytes`);
    }
    parts.push(...encodeField(ruleOf(macField, profile), upperHex(mac), macField, profile));
  }
  parts.unshift(encodeHeader(options.header, profile));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > profile.maxFrameLength) {
    throw new IsoError('frame', 'is longer than the profile allows');
  }
  const frame = Buffer.alloc(length + 2);
  let at = frame.writeUInt16BE(length);
  for (const part of parts) {
    at += part.copy(frame, at);
    // Field 2 is a card number, and small buffers share a pool that outlives them.
    part.fill(0);
  }
  return frame;
}

/**
 * Returns the message in a frame, which is given without its 2-byte length and must be used up to its last
 * byte. The MAC is not checked here: the key vault does that over `macCovered`.
 * @throws IsoError, without content, for whatever breaks the profile; `readFrame` reads what can be read.
 */
export function decode(frame: Buffer, profile: Profile): DecodedFrame {
  const { message, header, macCovered, problems } = readFrame(frame, profile);
  const [problem] = problems;
  if (problem !== undefined || macCovered === undefined) {
    throw problem ?? new IsoError('frame', 'cannot be read');
  }
  return { message, header, macCovered };
}

/** Returns the numbers of the fields to be sent in order, the MAC's with them. */
function fieldNumbers(message: IsoMessage, withMac: boolean): number[] {
  const numbers = Object.keys(message.fields)
    .map(Number)
    .filter((number) => message.fields[number] !== undefined)
    .sort((a, b) => a - b);
  const last = numbers.at(-1) ?? 0;
  if (withMac) {
    if (numbers.includes(64) || numbers.includes(128)) {
      throw new IsoError(
        `field ${numbers.includes(64) ? 64 : 128}`,
        'is given although it is to be computed',
      );
    }
    numbers.push(last > 64 ? 128 : 64);
  }
  mustEndWithMac(numbers);
  return numbers;
}

/** A MAC that is not the last field would leave what follows it open to change. */
function mustEndWithMac(numbers: readonly number[]): void {
  if (numbers.includes(64) && numbers.at(-1) !== 64) {
    throw new IsoError('field 64', 'is a MAC with fields behind it');
  }
}

function ruleOf(number: number, profile: Profile): FieldRule {
  const rule = profile.fields[number];
  if (rule === undefined) {
    throw new IsoError(`field ${number}`, 'is not in the profile');
  }
  return rule;
}

function encodeHeader({ tpdu, control }: WireHeader, profile: Profile): Buffer {
  if (profile.requestHeader.tpdu === undefined) {
    return Buffer.alloc(0);
  }
  if (!/^60[0-9A-F]{8}$/i.test(tpdu ?? '')) {
    throw new IsoError('tpdu', 'is not 60 and two addresses');
  }
  if (!/^\d{12}$/.test(control ?? '')) {
    throw new IsoError('header', 'is not 12 digits');
  }
  return Buffer.from(`${tpdu}${control}`, 'hex');
}

function encodeMti(mti: string, profile: Profile): Buffer {
  if (!/^\d{4}$/.test(mti)) {
    throw new IsoError('mti', 'is not 4 digits');
  }
  return profile.mtiEncoding === 'bcd' ? Buffer.from(mti, 'hex') : Buffer.from(mti, 'latin1');
}

function encodeBitmap(numbers: readonly number[], profile: Profile): Buffer {
  const bitmap = Buffer.alloc((numbers.at(-1) ?? 0) > 64 ? 16 : 8);
  for (const number of bitmap.length === 16 ? [1, ...numbers] : numbers) {
    if (!Number.isInteger(number) || number < 1 || number > 128 || number === 65) {
      throw new IsoError(`field ${number}`, 'cannot be in a message');
    }
    const at = (number - 1) >> 3;
    bitmap[at] = (bitmap[at] ?? 0) | (0x80 >> ((number - 1) & 7));
  }
  return profile.bitmapEncoding === 'raw' ? bitmap : Buffer.from(upperHex(bitmap), 'latin1');
}

function encodeField(rule: FieldRule, value: string, number: number, profile: Profile): Buffer[] {
  const path = `field ${number}`;
  mustHold(rule, value, path);
  const size = sizeOf(rule, value);
  if (rule.length.kind === 'fixed') {
    if (size !== rule.length.size) {
      throw new IsoError(`${path} length`, `is not ${rule.length.size}`);
    }
    return [encodeValue(rule, value)];
  }
  const { max, lengthDigits } = rule.length;
  if (size > max) {
    throw new IsoError(`${path} length`, `is above ${max}`);
  }
  const prefix = String(size).padStart(lengthDigits, '0');
  return [
    profile.lengthEncoding === 'bcd' ? packed(prefix, 'right') : Buffer.from(prefix, 'latin1'),
    encodeValue(rule, value),
  ];
}

function upperHex(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase();
}
