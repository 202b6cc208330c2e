import { decodeValue, unpacked, wireSize } from './field-codec.js';
import { IsoError } from './iso-error.js';
import { type IsoMessage, isoMessage } from './message.js';
import type { FieldRule, Profile, WireHeader } from './profile.js';
import { WireReader } from './wire-reader.js';

/** As much of a frame as could be read. */
export type FrameReading = {
  /** The message with every field whose value was read; its type is empty when even that was not. */
  readonly message: IsoMessage;
  readonly header: WireHeader;
  /** What field 64 or 128 answers for; undefined when fields stand behind the MAC, open to change. */
  readonly macCovered: Buffer | undefined;
  /** Fields that are there, and whose value breaks the profile. */
  readonly unreadable: ReadonlySet<number>;
  /** False when reading had to stop before the end of the frame. */
  readonly complete: boolean;
  /** Whatever breaks the profile, in the order of the frame; it holds no content. */
  readonly problems: readonly IsoError[];
};

/** TPDU identifiers are 60 to 6F: 60 for transactions, 68 for network management, others by the network. */
const believableTpdu = /^6/;
/** ISO 8583:1987 types have version 0 and a class from 1 to 8. */
const believableMti = /^0[1-8]\d\d$/;

/**
 * Reads a frame, given without its 2-byte length, as far as it can be read. A value that breaks the profile,
 * or a field that the profile passes over, costs that field only; reading ends where the place of the next
 * field cannot be known. Never throws for content.
 */
export function readFrame(frame: Buffer, profile: Profile): FrameReading {
  const reading = new Reading(frame, profile);
  reading.read();
  return reading.result();
}

/**
 * True when a frame begins like a message. If it does not, the stream is out of step, and what follows
 * cannot be trusted to be a frame either.
 */
export function beginsLikeMessage({ message, header }: FrameReading): boolean {
  return believableMti.test(message.mti) && (header.tpdu === undefined || believableTpdu.test(header.tpdu));
}

class Reading {
  readonly #frame: Buffer;
  readonly #profile: Profile;
  readonly #reader: WireReader;
  readonly #problems: IsoError[] = [];
  readonly #unreadable = new Set<number>();
  readonly #fields: Record<number, string> = {};
  #header: WireHeader = {};
  #mti = '';
  #covered: Buffer | undefined;
  #complete = false;

  constructor(frame: Buffer, profile: Profile) {
    this.#frame = frame;
    this.#profile = profile;
    this.#reader = new WireReader(frame);
  }

  result(): FrameReading {
    return {
      message: isoMessage(this.#mti, this.#fields),
      header: this.#header,
      macCovered: this.#covered,
      unreadable: this.#unreadable,
      complete: this.#complete,
      problems: this.#problems,
    };
  }

  read(): void {
    try {
      if (this.#frame.length > this.#profile.maxFrameLength) {
        throw new IsoError('frame', 'is longer than the profile allows');
      }
      this.#readHeader();
      const start = this.#reader.offset;
      this.#readMti();
      const end = this.#readFields(this.#readBitmap());
      if (this.#reader.left > 0) {
        throw new IsoError('frame', 'goes on after its last field');
      }
      this.#covered = end === undefined ? undefined : this.#frame.subarray(start, end);
      this.#complete = true;
    } catch (error) {
      this.#note(error);
    }
  }

  /** Keeps what breaks the profile; anything else is a fault of ours. */
  #note(error: unknown): void {
    if (!(error instanceof IsoError)) {
      throw error;
    }
    this.#problems.push(error);
  }

  #readHeader(): void {
    if (this.#profile.requestHeader.tpdu === undefined) {
      return;
    }
    const tpdu = upperHex(this.#reader.take(5, 'tpdu'));
    this.#header = { tpdu };
    if (!tpdu.startsWith('60')) {
      this.#problems.push(new IsoError('tpdu', 'is not 60 and two addresses'));
    }
    const control = upperHex(this.#reader.take(6, 'header'));
    this.#header = { tpdu, control };
    if (!/^\d{12}$/.test(control)) {
      this.#problems.push(new IsoError('header', 'is not 12 digits'));
    }
  }

  #readMti(): void {
    const mti =
      this.#profile.mtiEncoding === 'bcd'
        ? this.#reader.take(2, 'mti').toString('hex')
        : this.#reader.take(4, 'mti').toString('latin1');
    if (!/^\d{4}$/.test(mti)) {
      throw new IsoError('mti', 'is not 4 digits');
    }
    this.#mti = mti;
  }

  #readBitmap(): number[] {
    const primary = this.#readHalfBitmap();
    const second = ((primary[0] ?? 0) & 0x80) !== 0;
    const bitmap = second ? Buffer.concat([primary, this.#readHalfBitmap()]) : primary;
    const numbers: number[] = [];
    for (let number = 2; number <= bitmap.length * 8; number += 1) {
      if (((bitmap[(number - 1) >> 3] ?? 0) & (0x80 >> ((number - 1) & 7))) !== 0) {
        numbers.push(number);
      }
    }
    return numbers;
  }

  #readHalfBitmap(): Buffer {
    if (this.#profile.bitmapEncoding === 'raw') {
      return this.#reader.take(8, 'bitmap');
    }
    const text = this.#reader.take(16, 'bitmap').toString('latin1');
    if (!/^[0-9A-Fa-f]{16}$/.test(text)) {
      throw new IsoError('bitmap', 'is not hexadecimal');
    }
    return Buffer.from(text, 'hex');
  }

  /** Returns where the bytes end that a MAC answers for; undefined when fields stand behind a MAC in field 64. */
  #readFields(numbers: readonly number[]): number | undefined {
    const open = numbers.includes(64) && numbers.at(-1) !== 64;
    if (open) {
      this.#problems.push(new IsoError('field 64', 'is a MAC with fields behind it'));
    }
    let end = this.#frame.length;
    for (const number of numbers) {
      if (number === 64 || number === 128) {
        end = this.#reader.offset;
      }
      this.#readField(number);
    }
    return open ? undefined : end;
  }

  #readField(number: number): void {
    const path = `field ${number}`;
    const rule = this.#ruleOf(number);
    const size =
      rule.length.kind === 'fixed' ? rule.length.size : this.#readLength(rule.length, `${path} length`);
    const bytes = this.#reader.take(wireSize(rule, size), path);
    if (this.#profile.fields[number] === undefined) {
      this.#unreadable.add(number);
      return;
    }
    try {
      this.#fields[number] = decodeValue(rule, bytes, size, path);
    } catch (error) {
      this.#note(error);
      this.#unreadable.add(number);
    }
  }

  /** Returns the profile's rule, or the size of a field that the profile passes over. */
  #ruleOf(number: number): FieldRule {
    const rule = this.#profile.fields[number];
    if (rule !== undefined) {
      return rule;
    }
    const problem = new IsoError(`field ${number}`, 'is not in the profile');
    const passedOver = this.#profile.passedOver[number];
    if (passedOver === undefined) {
      throw problem;
    }
    this.#problems.push(problem);
    return passedOver;
  }

  #readLength({ max, lengthDigits }: { max: number; lengthDigits: 2 | 3 }, path: string): number {
    const text =
      this.#profile.lengthEncoding === 'bcd'
        ? unpacked(this.#reader.take((lengthDigits + 1) >> 1, path), lengthDigits, 'right', path)
        : this.#reader.take(lengthDigits, path).toString('latin1');
    if (!/^\d+$/.test(text)) {
      throw new IsoError(path, 'is not decimal');
    }
    const size = Number(text);
    if (size > max) {
      // More than the table allows is still a field with an end: the frame bounds it.
      this.#problems.push(new IsoError(path, `is above ${max}`));
    }
    return size;
  }
}

function upperHex(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase();
}
