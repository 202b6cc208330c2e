import type { BankMessageRecord } from './conversation.js';
import type { ResponseClass } from './response-code.js';
import { responseClassOf } from './response-code.js';

/** Where the figures of the bank lines go. */
export type BankFigures = {
  readonly bankAnswered: (code: string, responseClass: ResponseClass) => void;
  readonly bankAlarm: (kind: string) => void;
};

/** Results of answers that nobody waited for: they are counted as what they are, where they are handed on. */
const strays: readonly string[] = ['late', 'duplicate', 'unmatched'];
/** Results that say nothing of a response code, and that somebody must look at. */
const alarms: readonly string[] = ['bad-mac', 'unreadable'];

/** Counts an answer by its response code and class; a wrong MAC and a code that settles nothing are alarms. */
export function countMessage(figures: BankFigures, { direction, result }: BankMessageRecord): void {
  if (direction === 'sent' || result === 'request' || strays.includes(result)) {
    return;
  }
  if (alarms.includes(result)) {
    figures.bankAlarm(result);
    return;
  }
  const responseClass = responseClassOf(result);
  figures.bankAnswered(result === '' ? 'none' : result, responseClass);
  if (responseClass === 'unknown') {
    figures.bankAlarm('unknown-code');
  } else if (responseClass === 'undecided') {
    figures.bankAlarm('undecided');
  }
}
