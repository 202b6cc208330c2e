import { type NumberPlan, parsePhoneNumber } from '../../phone-number.js';

/**
 * Returns the number of a caller as it is written within (phone-number.ts), or undefined when it is withheld or is
 * no telephone number. Nothing else of what a stranger wrote into a SIP header gets in here.
 */
export function readCallerNumber(text: string, plan: NumberPlan): string | undefined {
  return parsePhoneNumber(text, plan);
}

/** Returns the number that was dialled, or an empty text when it is none. */
export function readServiceNumber(text: string): string {
  return /^\+?[\d*#]{1,20}$/.test(text) ? text : '';
}
