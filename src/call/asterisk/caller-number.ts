/**
 * Returns the digits of a caller's number as Asterisk gives it, without its `+`, or undefined when it is
 * withheld or is no telephone number (ITU-T E.164: at most 15 digits). Nothing else of what a stranger
 * wrote into a SIP header gets in here.
 */
export function readCallerNumber(text: string): string | undefined {
  return /^\+?(\d{1,15})$/.exec(text)?.[1];
}

/** Returns the number that was dialled, or an empty text when it is none. */
export function readServiceNumber(text: string): string {
  return /^\+?[\d*#]{1,20}$/.test(text) ? text : '';
}
