import { IsoError } from './iso-error.js';

/** The parts of field 60 that Walletline reads and writes (UnionPay terminals, 60.1–60.3). */
export type TransactionType = {
  /** 60.1: 00 management, 01 balance, 22 purchase, 23 void, 25 refund. */
  readonly type: string;
  /** 60.2: number of the batch, 6 digits. */
  readonly batch: string;
  /** 60.3: 003 sign-in for double-length keys, 301 echo, 000 for transactions. */
  readonly network?: string | undefined;
};

/**
 * Returns field 60.
 * @throws IsoError when a part is not of its size.
 */
export function encodeField60({ type, batch, network = '' }: TransactionType): string {
  const value = `${type}${batch}${network}`;
  if (type.length !== 2 || batch.length !== 6 || !/^\d{8}(?:\d{3})?$/.test(value)) {
    throw new IsoError('field 60', 'is not 60.1 (2), 60.2 (6) and perhaps 60.3 (3)');
  }
  return value;
}

/**
 * Returns the first parts of field 60. Hosts send more than is listed, up to 19 digits: it is passed over.
 * @throws IsoError when there is not even a type and a batch.
 */
export function parseField60(value: string): TransactionType {
  const parts = /^(\d{2})(\d{6})(\d{3})?\d*$/.exec(value);
  if (parts === null) {
    throw new IsoError('field 60', 'does not begin with 60.1 and 60.2');
  }
  return { type: parts[1] ?? '', batch: parts[2] ?? '', network: parts[3] };
}

/** Field 61 of a void, refund or reversal: the message it is about. */
export type OriginalMessage = {
  readonly batch: string;
  readonly stan: string;
  /** MMDD of the original. */
  readonly date: string;
};

/** Returns field 61. @throws IsoError when a part is not of its size. */
export function encodeField61({ batch, stan, date }: OriginalMessage): string {
  const value = `${batch}${stan}${date}`;
  if (batch.length !== 6 || stan.length !== 6 || !/^\d{16}$/.test(value)) {
    throw new IsoError('field 61', 'is not 61.1 (6), 61.2 (6) and 61.3 (4)');
  }
  return value;
}

/** Returns the parts of field 61. @throws IsoError when they are not there. */
export function parseField61(value: string): OriginalMessage {
  const parts = /^(\d{6})(\d{6})(\d{4})\d*$/.exec(value);
  if (parts === null) {
    throw new IsoError('field 61', 'does not begin with 61.1, 61.2 and 61.3');
  }
  return { batch: parts[1] ?? '', stan: parts[2] ?? '', date: parts[3] ?? '' };
}

/** Field 90 (ISO 8583:1987, original data elements): what a reversal is about, 42 digits. */
export type OriginalDataElements = {
  readonly mti: string;
  readonly stan: string;
  /** MMDDhhmmss. */
  readonly transmittedAt: string;
  readonly acquirer: string;
  readonly forwarder: string;
};

/** Returns field 90. @throws IsoError when a part is too long or not digits. */
export function encodeField90(original: OriginalDataElements): string {
  const { mti, stan, transmittedAt, acquirer, forwarder } = original;
  const value = `${mti}${stan}${transmittedAt}${acquirer.padStart(11, '0')}${forwarder.padStart(11, '0')}`;
  const sized = mti.length === 4 && stan.length === 6 && transmittedAt.length === 10;
  if (!sized || acquirer.length > 11 || !/^\d{42}$/.test(value)) {
    throw new IsoError('field 90', 'is not MTI, trace number, time and two institutions');
  }
  return value;
}

/** Returns the parts of field 90, institutions with their leading zeros. @throws IsoError when it is none. */
export function parseField90(value: string): OriginalDataElements {
  const parts = /^(\d{4})(\d{6})(\d{10})(\d{11})(\d{11})$/.exec(value);
  if (parts === null) {
    throw new IsoError('field 90', 'is not 42 digits');
  }
  const [, mti = '', stan = '', transmittedAt = '', acquirer = '', forwarder = ''] = parts;
  return { mti, stan, transmittedAt, acquirer, forwarder };
}
