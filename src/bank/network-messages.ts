import type { BankTrace } from './bank.js';
import type { IsoMessage } from './iso8583/message.js';
import type { Profile } from './iso8583/profile.js';
import type { EncryptedKey, WorkingKeys } from './key-vault.js';
import { profileMessage, usesField60 } from './profile-message.js';
import type { TerminalIdentity } from './terminal.js';
import { batchNumber, localDate, localTime } from './terminal-time.js';

/** Network management codes: field 60.3 of UnionPay (double-length keys, echo), field 70 of ISO 8583:1987. */
const codes = {
  signOn: { field60: '003', field70: '001' },
  echo: { field60: '301', field70: '301' },
} as const;
const checkValueSize = 4;

/** Returns the request to sign in and be given the day's working keys (0800). */
export function signOnMessage(profile: Profile, terminal: TerminalIdentity, trace: BankTrace): IsoMessage {
  return networkMessage(profile, terminal, trace, codes.signOn);
}

/** Returns the request that asks whether the other end is there (0800). */
export function echoMessage(profile: Profile, terminal: TerminalIdentity, trace: BankTrace): IsoMessage {
  return networkMessage(profile, terminal, trace, codes.echo);
}

/**
 * Returns the working keys of a sign-in's answer: field 62 is the PIN key and the MAC key, each enciphered
 * under the terminal master key and followed by 4 bytes of check value; 8-byte keys make 24 bytes, 16-byte
 * keys 40, and a track key may follow. Undefined when it is not so.
 */
export function workingKeysOf(answer: IsoMessage): WorkingKeys | undefined {
  const text = answer.fields[62] ?? '';
  if (!/^([0-9A-F]{48}|[0-9A-F]{80}|[0-9A-F]{120})$/i.test(text)) {
    return undefined;
  }
  const bytes = Buffer.from(text, 'hex');
  const keySize = bytes.length === 24 ? 8 : 16;
  const keyAt = (offset: number): EncryptedKey => ({
    cipher: bytes.subarray(offset, offset + keySize),
    checkValue: bytes.subarray(offset + keySize, offset + keySize + checkValueSize),
  });
  return { pinKey: keyAt(0), macKey: keyAt(keySize + checkValueSize) };
}

function networkMessage(
  profile: Profile,
  terminal: TerminalIdentity,
  { stan, transmittedAt }: BankTrace,
  code: { field60: string; field70: string },
): IsoMessage {
  const mti = '0800';
  return profileMessage(profile, mti, {
    11: String(stan).padStart(6, '0'),
    12: localTime(transmittedAt, terminal),
    13: localDate(transmittedAt, terminal),
    32: terminal.acquirerId,
    41: terminal.terminalId,
    42: terminal.merchantId,
    ...(usesField60(profile, mti)
      ? { 60: `00${batchNumber(transmittedAt, terminal)}${code.field60}` }
      : { 70: code.field70 }),
  });
}
