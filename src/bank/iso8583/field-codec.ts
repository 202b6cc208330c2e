import { gbkDecode, gbkEncode } from './gbk.js';
import { IsoError } from './iso-error.js';
import type { FieldContent, FieldEncoding, FieldRule } from './profile.js';

const printable = /^[\x20-\x7e]*$/;

/** Text in GBK fields may hold control characters: hosts write receipts there, and `describe` escapes them. */
const contents: Record<FieldContent, RegExp> = {
  n: /^\d*$/,
  xn: /^[CD]\d*$/,
  an: /^[A-Za-z0-9 ]*$/,
  ans: printable,
  z: /^[\d=]*$/,
  b: /^(?:[0-9A-F]{2})*$/,
};

/** Returns the value's size in the unit of the field's length rule: digits, encoded characters or bytes. */
export function sizeOf(rule: FieldRule, value: string): number {
  if (rule.content === 'b') {
    return value.length / 2;
  }
  return rule.encoding === 'gbk' ? (gbkEncode(value)?.length ?? 0) : value.length;
}

/** Throws IsoError unless the value is of the field's kind; its size is checked apart. */
export function mustHold(rule: FieldRule, value: string, path: string): void {
  const right = rule.encoding === 'gbk' ? gbkEncode(value) !== undefined : contents[rule.content].test(value);
  if (!right) {
    throw new IsoError(path, `is not ${rule.content}${rule.encoding === 'gbk' ? ' in GBK' : ''}`);
  }
}

/** Returns how many bytes a value of this size takes on the wire, its length prefix not counted. */
export function wireSize(rule: FieldRule, size: number): number {
  switch (rule.encoding) {
    case 'bcd-left':
    case 'bcd-right':
      return (size + 1) >> 1;
    case 'hex':
      return size * 2;
    case 'ascii':
    case 'gbk':
    case 'raw':
      return size;
  }
}

/** Returns the bytes of a value that `mustHold` has passed. */
export function encodeValue(rule: FieldRule, value: string): Buffer {
  switch (rule.encoding) {
    case 'bcd-left':
      return packed(value, 'left');
    case 'bcd-right':
      return packed(value, 'right');
    case 'ascii':
    case 'hex':
      return Buffer.from(value, 'latin1');
    case 'gbk':
      return gbkEncode(value) ?? Buffer.alloc(0);
    case 'raw':
      return Buffer.from(value, 'hex');
  }
}

/**
 * Returns the value of these bytes.
 * @param size digits, characters or bytes, as the length rule or the prefix says.
 * @throws IsoError when the bytes are not of the field's kind.
 */
export function decodeValue(rule: FieldRule, bytes: Buffer, size: number, path: string): string {
  const value = read(rule.encoding, bytes, size, path);
  mustHold(rule, value, path);
  return value;
}

/** Returns decimal digits (and "=") two a byte; an odd count is filled with a zero after or before. */
export function packed(digits: string, side: 'left' | 'right'): Buffer {
  const odd = digits.length % 2 === 1;
  const even = odd ? (side === 'left' ? `${digits}0` : `0${digits}`) : digits;
  return Buffer.from(even.replaceAll('=', 'D'), 'hex');
}

/**
 * Returns `size` packed digits. The fill of an odd count is a zero, or F behind, as some hosts write it.
 * @throws IsoError for a nibble that is no digit ("D" is "=", which `mustHold` lets pass in track data only).
 */
export function unpacked(bytes: Buffer, size: number, side: 'left' | 'right', path: string): string {
  const nibbles = bytes.toString('hex');
  const odd = size % 2 === 1;
  const fill = odd ? nibbles.charAt(side === 'left' ? size : 0) : '0';
  if (fill !== '0' && !(fill === 'f' && side === 'left')) {
    throw new IsoError(path, 'has digits where its fill should be');
  }
  const digits = odd && side === 'right' ? nibbles.slice(1) : nibbles.slice(0, size);
  return digits.replaceAll('d', '=');
}

function read(encoding: FieldEncoding, bytes: Buffer, size: number, path: string): string {
  switch (encoding) {
    case 'bcd-left':
      return unpacked(bytes, size, 'left', path);
    case 'bcd-right':
      return unpacked(bytes, size, 'right', path);
    case 'ascii':
      return bytes.toString('latin1');
    case 'hex':
      // Both cases are read; a message has upper case only, so that equal values are equal strings.
      return bytes.toString('latin1').toUpperCase();
    case 'gbk': {
      const text = gbkDecode(bytes);
      if (text === undefined) {
        throw new IsoError(path, 'is not ans in GBK');
      }
      return text;
    }
    case 'raw':
      return bytes.toString('hex').toUpperCase();
  }
}
