/**
 * A second writer and reader of the UnionPay-style wire, for tests only. It shares no line with the codec of
 * the product, so that a mistake there is not made here again.
 */

/** How a field lies on the wire: kind, then its fixed size, or two or three dots and no size. */
const formats: Readonly<Record<number, string>> = {
  ...{ 2: 'n..', 3: 'n6', 4: 'n12', 7: 'n10', 11: 'n6', 12: 'n6', 13: 'n4', 14: 'n4', 15: 'n4' },
  ...{ 22: 'n3', 23: 'n3', 25: 'n2', 26: 'n2', 32: 'n..', 33: 'n..', 35: 'n..', 36: 'n...' },
  ...{ 37: 'a12', 38: 'a6', 39: 'a2', 41: 'a8', 42: 'a15', 43: 'a40', 44: 'a..', 46: 'a...', 47: 'a...' },
  ...{ 48: 'a...', 49: 'a3', 50: 'a3', 51: 'a3', 52: 'b8', 53: 'n16', 54: 'a...', 55: 'b...', 56: 'a...' },
  ...{ 57: 'a...', 58: 'a...', 59: 'a...', 60: 'n...', 61: 'n...', 62: 'b...', 63: 'a...', 64: 'b8' },
  ...{ 70: 'n3', 90: 'n42', 100: 'n..', 102: 'a..', 128: 'b8' },
};

/** Digits, Latin-1 text, or hexadecimal where the field is binary. A `Buffer` is written as it is. */
export type WireFields = Readonly<Record<number, string | Buffer | undefined>>;

export type WireMessage = {
  readonly mti: string;
  readonly fields: Readonly<Record<number, string>>;
  /** The 11 bytes before the message type. */
  readonly header: Buffer;
  /** The bytes that a MAC answers for: message type up to the field before it. */
  readonly covered: Buffer;
};

/** Returns the message type, bitmap and fields; with `mac` its 8 bytes go behind them. */
export function writeBody(mti: string, fields: WireFields, mac?: (covered: Buffer) => Buffer): Buffer {
  const given = Object.keys(fields)
    .map(Number)
    .filter((number) => fields[number] !== undefined)
    .sort((a, b) => a - b);
  const macField = (given.at(-1) ?? 0) > 64 ? 128 : 64;
  const numbers = mac === undefined ? given : [...given, macField];
  const long = numbers.some((number) => number > 64);
  const bitmap = Buffer.alloc(long ? 16 : 8);
  for (const number of long ? [1, ...numbers] : numbers) {
    const byte = Math.floor((number - 1) / 8);
    bitmap.writeUInt8(bitmap.readUInt8(byte) + (1 << (7 - ((number - 1) % 8))), byte);
  }
  const body = Buffer.concat([
    Buffer.from(mti, 'hex'),
    bitmap,
    ...given.map((number) => writeField(number, fields[number] ?? '')),
  ]);
  return mac === undefined ? body : Buffer.concat([body, mac(body)]);
}

/** Returns a frame: length, header, body. */
export function frameOf(header: Buffer, body: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(header.length + body.length);
  return Buffer.concat([length, header, body]);
}

/** Reads a frame without its length. @throws Error for what it does not know. */
export function readFrame(frame: Buffer): WireMessage {
  const header = frame.subarray(0, 11);
  const mti = frame.subarray(11, 13).toString('hex');
  const long = (frame.readUInt8(13) & 0x80) !== 0;
  const bitmap = frame.subarray(13, long ? 29 : 21);
  const fields: Record<number, string> = {};
  let at = 13 + bitmap.length;
  let covered = frame.subarray(11);
  for (let number = 2; number <= bitmap.length * 8; number += 1) {
    if ((bitmap.readUInt8(Math.floor((number - 1) / 8)) & (1 << (7 - ((number - 1) % 8)))) === 0) {
      continue;
    }
    if (number === 64 || number === 128) {
      covered = frame.subarray(11, at);
    }
    const { value, next } = readField(number, frame, at);
    fields[number] = value;
    at = next;
  }
  if (at !== frame.length) {
    throw new Error('the frame does not end with its last field');
  }
  return { mti, fields, header, covered };
}

/** Cuts what came so far into frames; a length of zero is a keep-alive and gives an empty frame. */
export function cutFrames(bytes: Buffer): { frames: Buffer[]; rest: Buffer } {
  const frames: Buffer[] = [];
  let rest = bytes;
  while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE()) {
    const size = rest.readUInt16BE();
    frames.push(rest.subarray(2, 2 + size));
    rest = rest.subarray(2 + size);
  }
  return { frames, rest };
}

function formatOf(number: number): { kind: string; dots: number; size: number } {
  const format = formats[number];
  if (format === undefined) {
    throw new Error(`this host does not know field ${number}`);
  }
  const dots = format.length - format.replaceAll('.', '').length;
  return { kind: format.charAt(0), dots, size: Number(format.slice(1).replaceAll('.', '') || '0') };
}

function writeField(number: number, value: string | Buffer): Buffer {
  if (Buffer.isBuffer(value)) {
    return value;
  }
  const { kind, dots } = formatOf(number);
  const count = kind === 'b' ? value.length / 2 : value.length;
  const length = dots === 0 ? '' : String(count).padStart(dots === 2 ? 2 : 4, '0');
  const content = kind === 'n' ? `${value}${'0'.repeat(value.length % 2)}` : value;
  return Buffer.concat([Buffer.from(length, 'hex'), Buffer.from(content, kind === 'a' ? 'latin1' : 'hex')]);
}

function readField(number: number, frame: Buffer, at: number): { value: string; next: number } {
  const { kind, dots, size } = formatOf(number);
  const prefix = dots === 0 ? 0 : dots - 1;
  const count = prefix === 0 ? size : Number(frame.subarray(at, at + prefix).toString('hex'));
  const from = at + prefix;
  const next = from + (kind === 'n' ? Math.ceil(count / 2) : count);
  const bytes = frame.subarray(from, next);
  if (kind === 'a') {
    return { value: bytes.toString('latin1'), next };
  }
  const hex = bytes.toString('hex').toUpperCase();
  return { value: kind === 'n' ? hex.slice(0, count) : hex, next };
}
