import type { MacAlgorithm } from '../mac.js';
import type { PinBlockFormat } from '../pin-block.js';
import { IsoError } from './iso-error.js';

/**
 * What a field may hold (ISO 8583:1987, attributes of data elements): n digits; xn a sign C or D and digits; an letters, digits and
 * spaces; ans any printable; z track data, digits and "="; b bytes.
 */
export type FieldContent = 'n' | 'xn' | 'an' | 'ans' | 'z' | 'b';

/** How many digits (n, xn, z), characters as encoded (an, ans) or bytes (b) a field has. */
export type FieldLength =
  | { readonly kind: 'fixed'; readonly size: number }
  /** A length of `lengthDigits` digits goes before the value. */
  | { readonly kind: 'variable'; readonly max: number; readonly lengthDigits: 2 | 3 };

/**
 * How a field lies on the wire. bcd-left and bcd-right are packed decimal, an odd digit count filled with a
 * zero behind or before; gbk is ASCII and two-byte Chinese; raw is bytes as they are; hex is bytes as two
 * ASCII characters each.
 */
export type FieldEncoding = 'bcd-left' | 'bcd-right' | 'ascii' | 'gbk' | 'raw' | 'hex';

/**
 * What `describe` shows: hidden nothing but the size (the default); pan first six and last four; text the
 * text with anything like a card number masked; open the value.
 */
export type FieldDisplay = 'hidden' | 'pan' | 'text' | 'open';

export type FieldRule = {
  readonly name: string;
  readonly content: FieldContent;
  readonly length: FieldLength;
  readonly encoding: FieldEncoding;
  readonly display: FieldDisplay;
};

/** A message of the profile and the fields it is sent with. */
export type MessageRule = {
  readonly name: string;
  readonly mti: string;
  readonly mandatory: readonly number[];
  readonly optional: readonly number[];
};

/** What precedes the message inside a frame; empty when the profile has no header. */
export type WireHeader = {
  /** 10 hexadecimal digits: "60", destination address, source address. */
  readonly tpdu?: string;
  /** 12 decimal digits. */
  readonly control?: string;
};

/** How one bank writes ISO 8583: everything the codec knows, as data. */
export type Profile = {
  readonly name: string;
  readonly title: string;
  /** The header of a request that we begin; an answer takes `answerHeader` of the request's. */
  readonly requestHeader: WireHeader;
  readonly mtiEncoding: 'bcd' | 'ascii';
  readonly bitmapEncoding: 'raw' | 'hex';
  readonly lengthEncoding: 'bcd' | 'ascii';
  /** The longest frame, without its 2-byte length, that is sent or accepted. */
  readonly maxFrameLength: number;
  readonly mac: MacAlgorithm;
  readonly pinBlockFormat: PinBlockFormat;
  readonly fields: Readonly<Partial<Record<number, FieldRule>>>;
  /** Fields that the profile has no use for, with their size: a host that sends one does not spoil its message. */
  readonly passedOver: Readonly<Partial<Record<number, FieldRule>>>;
  /**
   * Who gives field 37. `echoed`: we do, the host repeats it, and an answer that names another is another
   * request's. `assigned`: the host does, as UnionPay's hosts do; it is kept as the host's name for the
   * transaction, and nothing is matched by it.
   */
  readonly retrievalReference: 'echoed' | 'assigned';
  /**
   * What a refusal without a MAC is worth; an approval without one never counts. Hosts that cannot tell whose
   * key to use refuse without. `believed-and-reversed`: the money was not taken, and a reversal makes sure.
   */
  readonly unsignedRefusals: 'not-believed' | 'believed' | 'believed-and-reversed';
  readonly messages: readonly MessageRule[];
};

/** Returns the length rule of exactly `size`. */
export function fixed(size: number): FieldLength {
  return { kind: 'fixed', size };
}

/** Returns the length rule of at most `max`, said by two digits before the value. */
export function llvar(max: number): FieldLength {
  return { kind: 'variable', max, lengthDigits: 2 };
}

/** Returns the length rule of at most `max`, said by three digits before the value. */
export function lllvar(max: number): FieldLength {
  return { kind: 'variable', max, lengthDigits: 3 };
}

/** Returns the longest value that the rule allows. */
export function longest(length: FieldLength): number {
  return length.kind === 'fixed' ? length.size : length.max;
}

/**
 * Returns the header of the answer to a request with this header: TPDU addresses swapped, and its identifier that of
 * transactions, whatever the request's was.
 */
export function answerHeader(header: WireHeader): WireHeader {
  if (header.tpdu === undefined) {
    return header;
  }
  if (!/^6[0-9A-F]{9}$/i.test(header.tpdu)) {
    throw new IsoError('tpdu', 'is not 60 and two addresses');
  }
  const [destination, source] = [header.tpdu.slice(2, 6), header.tpdu.slice(6, 10)];
  return { ...header, tpdu: `60${source}${destination}` };
}
