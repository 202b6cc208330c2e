import { IsoError } from './iso8583/iso-error.js';
import type { IsoFields, IsoMessage } from './iso8583/message.js';
import { isoMessage } from './iso8583/message.js';
import type { MessageRule, Profile } from './iso8583/profile.js';

const macFields = new Set([64, 128]);

/**
 * Returns the profile's rule for messages of this type.
 * @throws IsoError when the profile has none.
 */
function messageRule(profile: Profile, mti: string): MessageRule {
  const rule = profile.messages.find((candidate) => candidate.mti === mti);
  if (rule === undefined) {
    throw new IsoError('mti', `has no message ${mti} in the profile`);
  }
  return rule;
}

/** True when the profile says type, batch and network management in field 60, as UnionPay does. */
export function usesField60(profile: Profile, mti: string): boolean {
  return messageRule(profile, mti).mandatory.includes(60);
}

/**
 * Returns a message with those of the values that the profile sends in messages of this type; undefined
 * values are left out.
 * @throws IsoError when a mandatory field has no value.
 */
export function profileMessage(profile: Profile, mti: string, values: IsoFields): IsoMessage {
  const { mandatory, optional } = messageRule(profile, mti);
  const fields: Record<number, string> = {};
  for (const number of [...mandatory, ...optional]) {
    const value = values[number];
    if (value !== undefined) {
      fields[number] = value;
    } else if (mandatory.includes(number) && !macFields.has(number)) {
      throw new IsoError(`field ${number}`, 'is mandatory and has no value');
    }
  }
  return isoMessage(mti, fields);
}
