import type { DeclineReason } from '../decline-reason.js';

/**
 * What a response code (ISO 8583 field 39) means to us.
 * - `approved`: done as asked, but for the amount, which an answer may name another (10, partial approval).
 * - `undecided`: not the end ("wait", "the issuer answered too late" or "did not answer"): what was asked may be done.
 * - `captureCard`: the bank wants the card withdrawn; over the phone that is a decline.
 * - `hostFault`: nothing about the card: the bank, the terminal or the keys are wrong, and someone must act.
 *   `signInAgain` says that a new sign-in is the remedy.
 */
export type ResponseMeaning =
  | { readonly class: 'approved' }
  | { readonly class: 'undecided' }
  | { readonly class: 'declined'; readonly reason: DeclineReason }
  | { readonly class: 'retryPin' }
  | { readonly class: 'captureCard'; readonly reason: DeclineReason }
  | { readonly class: 'tryAgainLater' }
  | { readonly class: 'hostFault'; readonly signInAgain: boolean };

/** The response codes of the UnionPay-style profile, as public descriptions of it list them. */
export const responseCodes = [
  ...(['00', '01', '03', '04', '05', '07', '08', '09', '10', '11', '12', '13', '14', '15', '16'] as const),
  ...(['22', '25', '30', '33', '34', '38', '40', '41', '43', '51', '54', '55', '57', '58', '61'] as const),
  ...(['62', '63', '64', '65', '68', '75', '77', '90', '91', '92', '94', '96', '97', '98', '99'] as const),
  ...(['A0', 'A2', 'A4', 'A5', 'A6'] as const),
] as const;
type ResponseCode = (typeof responseCodes)[number];

const approved: ResponseMeaning = { class: 'approved' };
const declined = (reason: DeclineReason): ResponseMeaning => ({ class: 'declined', reason });
const capture: ResponseMeaning = { class: 'captureCard', reason: 'card-blocked' };
const later: ResponseMeaning = { class: 'tryAgainLater' };
const ourFault: ResponseMeaning = { class: 'hostFault', signInAgain: false };
const signInAgain: ResponseMeaning = { class: 'hostFault', signInAgain: true };

/** The one table: a code that is listed and has no meaning here does not compile. */
const meanings = {
  '00': approved,
  '01': declined('contact-bank'), // refer to the issuer
  '03': ourFault, // merchant not known
  '04': capture, // capture card
  '05': declined('contact-bank'), // do not honour
  '07': capture, // capture card, special conditions
  '08': approved, // honour with identification
  '09': { class: 'undecided' }, // request in progress
  '10': approved, // for a partial amount
  '11': approved, // very important person
  '12': declined('not-permitted'), // invalid transaction
  '13': declined('invalid-amount'),
  '14': declined('card-not-usable'), // no such card
  '15': declined('card-not-usable'), // no such issuer
  '16': approved, // update track 3
  '22': later, // suspected malfunction
  '25': declined('contact-bank'), // original not found
  '30': ourFault, // format error
  '33': declined('expired-card'), // expired, capture
  '34': capture, // suspected fraud
  '38': declined('pin-tries-exceeded'),
  '40': declined('not-permitted'), // function not supported
  '41': capture, // lost card
  '43': capture, // stolen card
  '51': declined('insufficient-funds'),
  '54': declined('expired-card'),
  '55': { class: 'retryPin' },
  '57': declined('not-permitted'), // not permitted to the cardholder
  '58': declined('not-permitted'), // not permitted to the terminal
  '61': declined('amount-limit'),
  '62': declined('card-not-usable'), // restricted card
  '63': ourFault, // security violation
  '64': declined('invalid-amount'), // differs from the original amount
  '65': declined('count-limit'),
  '68': { class: 'undecided' }, // the issuer answered too late: it may have debited
  '75': declined('pin-tries-exceeded'),
  '77': signInAgain, // not signed in today
  '90': later, // day-end processing
  '91': later, // issuer or switch inoperative
  '92': later, // no route to the issuer
  '94': ourFault, // duplicate trace number
  '96': later, // system malfunction
  '97': ourFault, // terminal not known
  '98': { class: 'undecided' }, // no answer from the issuer: it may have debited
  '99': signInAgain, // PIN block does not decrypt: the PIN keys differ
  A0: signInAgain, // MAC does not verify: the MAC keys differ
  A2: approved, // confirm with the issuer
  A4: approved,
  A5: approved,
  A6: approved,
} as const satisfies Record<ResponseCode, ResponseMeaning>;

/** Returns what a response code means, or undefined for a code that the table does not list. */
export function meaningOf(code: string): ResponseMeaning | undefined {
  return isResponseCode(code) ? meanings[code] : undefined;
}

/** The class of a response code in figures; `unknown`: it is not in the table. */
export type ResponseClass = ResponseMeaning['class'] | 'unknown';

/** Returns the class of a response code. */
export function responseClassOf(code: string): ResponseClass {
  return meaningOf(code)?.class ?? 'unknown';
}

/** True for the codes of an approval, of whatever amount. */
export function isApproval(code: string): boolean {
  return meaningOf(code)?.class === 'approved';
}

/** The codes that mean that nothing was done, for certain. */
export type RefusalMeaning = Exclude<ResponseMeaning, { class: 'approved' | 'undecided' | 'retryPin' }>;

/** Returns why the caller's transaction was refused. */
export function declineReasonOf(meaning: RefusalMeaning): DeclineReason {
  switch (meaning.class) {
    case 'declined':
    case 'captureCard':
      return meaning.reason;
    case 'tryAgainLater':
    case 'hostFault':
      return 'try-later';
  }
}

/**
 * What the answer to a reversal means.
 * - `given-back`: the bank has given the money back, now or before (22).
 * - `no-original` (25), `nothing-to-reverse` (12): the bank has nothing to give back. That settles a reversal only
 *   while no approval of the original is known.
 * - `undecided`: the bank did not do it, or its code has no known meaning; the reversal is sent again.
 * - `refused`: the bank will not do it.
 */
export type ReversalMeaning = 'given-back' | 'no-original' | 'nothing-to-reverse' | 'undecided' | 'refused';

const reversalMeanings: Readonly<Record<string, ReversalMeaning>> = {
  '12': 'nothing-to-reverse',
  '22': 'given-back',
  '25': 'no-original',
};

/** True when the bank acknowledged a reversal only because it has nothing to give back. */
export function foundNothing(reversalCode: string): boolean {
  return ['no-original', 'nothing-to-reverse'].includes(reversalMeaningOf(reversalCode));
}

/** Returns what the response code of a reversal's answer means. */
export function reversalMeaningOf(code: string): ReversalMeaning {
  if (Object.hasOwn(reversalMeanings, code)) {
    return reversalMeanings[code] ?? 'undecided';
  }
  switch (meaningOf(code)?.class) {
    case 'approved':
      return 'given-back';
    case undefined:
    case 'undecided':
    case 'tryAgainLater':
    case 'hostFault':
      return 'undecided';
    case 'declined':
    case 'captureCard':
    case 'retryPin':
      return 'refused';
  }
}

function isResponseCode(code: string): code is ResponseCode {
  return Object.hasOwn(meanings, code);
}
