import type { IsoMessage } from './iso8583/message.js';
import { isoMessage } from './iso8583/message.js';
import type { Profile } from './iso8583/profile.js';
import type { TerminalIdentity } from './terminal.js';

/** What the answer to a host's request repeats. */
const echoed = [7, 11, 12, 13, 24, 32, 33, 37, 42, 60, 70] as const;

/** Codes of field 60.3 or 70 that a terminal can say yes to: sign-on, which it is, and echo. */
const agreed = new Set(['001', '301']);
/** Field 39: done; invalid transaction. */
const [done, notDone] = ['00', '12'] as const;

/** True for network management that the host asks: 0800, 0801, or 0820. */
export function isHostRequest({ mti }: IsoMessage): boolean {
  return /^08[02]\d$/.test(mti);
}

/**
 * Returns the answer to network management that the host asks. An echo is answered as done; what would change the
 * terminal's state is not, because the terminal signs in by itself and takes no orders that are not signed.
 */
export function answerToHost(
  profile: Profile,
  terminal: Pick<TerminalIdentity, 'terminalId'>,
  request: IsoMessage,
): IsoMessage {
  const { fields } = request;
  const values: Record<number, string> = {};
  for (const number of echoed) {
    const value = fields[number];
    if (value !== undefined && profile.fields[number] !== undefined) {
      values[number] = value;
    }
  }
  const code = fields[70] ?? fields[60]?.slice(8, 11);
  const isAgreed = code === undefined || code === '' || agreed.has(code);
  return isoMessage(`${request.mti.slice(0, 2)}${Number(request.mti[2]) + 1}0`, {
    ...values,
    39: isAgreed ? done : notDone,
    41: fields[41] ?? terminal.terminalId,
  });
}
