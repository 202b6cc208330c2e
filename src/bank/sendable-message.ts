import { mustHold, sizeOf } from './iso8583/field-codec.js';
import { IsoError } from './iso8583/iso-error.js';
import { type IsoMessage, isoMessage } from './iso8583/message.js';
import { longest, type Profile } from './iso8583/profile.js';

/** A message that can be encoded, and what had to be left out of it. */
export type SendableMessage = { readonly message: IsoMessage; readonly leftOut: readonly number[] };

/**
 * Returns the message without those of its optional fields that the profile cannot carry: a reversal must leave,
 * whatever an earlier answer, or a row of an earlier version, put into it.
 * @throws IsoError when a mandatory field cannot be carried.
 */
export function sendableMessage(profile: Profile, message: IsoMessage): SendableMessage {
  const mandatory = profile.messages.find(({ mti }) => mti === message.mti)?.mandatory ?? [];
  const fields: Record<number, string> = {};
  const leftOut: number[] = [];
  for (const [key, value] of Object.entries(message.fields)) {
    const number = Number(key);
    const fault = value === undefined ? undefined : faultOf(profile, number, value);
    if (fault === undefined) {
      fields[number] = value ?? '';
    } else if (mandatory.includes(number)) {
      throw fault;
    } else {
      leftOut.push(number);
    }
  }
  return { message: isoMessage(message.mti, fields), leftOut };
}

/** Returns why the profile cannot carry this value, or undefined when it can. */
function faultOf(profile: Profile, number: number, value: string): IsoError | undefined {
  const path = `field ${number}`;
  const rule = profile.fields[number];
  if (rule === undefined) {
    return new IsoError(path, 'is not in the profile');
  }
  try {
    mustHold(rule, value, path);
  } catch (error) {
    if (error instanceof IsoError) {
      return error;
    }
    throw error;
  }
  const size = sizeOf(rule, value);
  const isRight = rule.length.kind === 'fixed' ? size === rule.length.size : size <= rule.length.max;
  return isRight ? undefined : new IsoError(`${path} length`, `does not fit ${longest(rule.length)}`);
}
