import type { BankTrace } from './bank.js';
import { IsoError } from './iso8583/iso-error.js';
import { parseKeyDownload } from './iso8583/key-download.js';
import type { IsoMessage } from './iso8583/message.js';
import type { Profile } from './iso8583/profile.js';
import type { WorkingKeys } from './key-vault.js';
import { profileMessage, usesField60 } from './profile-message.js';
import type { TerminalIdentity } from './terminal.js';
import { batchNumber, localDate, localTime, transmissionTime } from './terminal-time.js';

/** Network management codes: field 60.3 of UnionPay (double-length keys, echo), field 70 of ISO 8583:1987. */
const codes = {
  signOn: { field60: '003', field70: '001' },
  echo: { field60: '301', field70: '301' },
} as const;

/** Returns the request to sign in and be given the day's working keys (0800). */
export function signOnMessage(profile: Profile, terminal: TerminalIdentity, trace: BankTrace): IsoMessage {
  return networkMessage(profile, terminal, trace, codes.signOn);
}

/** Returns the request that asks whether the other end is there (0800). */
export function echoMessage(profile: Profile, terminal: TerminalIdentity, trace: BankTrace): IsoMessage {
  return networkMessage(profile, terminal, trace, codes.echo);
}

/** Returns the working keys in a sign-in's answer, or undefined when it has none that can be read. */
export function workingKeysOf(answer: IsoMessage): WorkingKeys | undefined {
  try {
    return parseKeyDownload(answer.fields[62] ?? '');
  } catch (error) {
    if (error instanceof IsoError) {
      return undefined;
    }
    throw error;
  }
}

/** Returns the batch that the bank puts the terminal into (60.2 of a sign-in's answer), where it names one. */
export function batchIn(profile: Profile, { fields }: IsoMessage): string | undefined {
  const batch = usesField60(profile, '0800') ? /^\d{2}(\d{6})/.exec(fields[60] ?? '')?.[1] : undefined;
  return batch === '000000' ? undefined : batch;
}

function networkMessage(
  profile: Profile,
  terminal: TerminalIdentity,
  trace: BankTrace,
  code: { field60: string; field70: string },
): IsoMessage {
  const mti = '0800';
  const { stan, transmittedAt } = trace;
  return profileMessage(profile, mti, {
    7: transmissionTime(transmittedAt),
    11: String(stan).padStart(6, '0'),
    12: localTime(transmittedAt, terminal),
    13: localDate(transmittedAt, terminal),
    32: terminal.acquirerId,
    41: terminal.terminalId,
    42: terminal.merchantId,
    ...(usesField60(profile, mti)
      ? { 60: `00${trace.batchNumber ?? batchNumber(transmittedAt, terminal)}${code.field60}` }
      : { 70: code.field70 }),
  });
}
