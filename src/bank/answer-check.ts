import type { IsoMessage } from './iso8583/message.js';
import { meaningOf } from './response-code.js';

/** Without these nobody can say what an answer is about, or what it says. */
const decisiveFields = [2, 3, 4, 11, 39, 41, 42, 49] as const;

/** Types of the answers to what a terminal sends: 0200; 0400 and 0401, which some hosts mirror; 0800. */
const answerTypes = new Set(['0210', '0410', '0411', '0810']);

/** What an answer must repeat as it was, where it has it; the amount is judged where its meaning is known. */
const repeatedFields = [2, 49] as const;

/** True for a message type that answers one of our requests; 0211, 0212, 0230 and 0250 do not. */
export function isAnswerType(mti: string): boolean {
  return answerTypes.has(mti);
}

/** Returns a field that decides what an answer means and could not be read, if there is one. */
export function unreadableDecisiveField(unreadable: ReadonlySet<number>): number | undefined {
  return decisiveFields.find((number) => unreadable.has(number));
}

/**
 * Returns the field in which an answer speaks of something else than was asked: another card, currency or kind of
 * transaction. Undefined when there is none. Of the processing code only the first two digits name the kind; a host
 * may put the account types that it chose behind them (ISO 8583:1987, 4.4.3).
 */
export function contradictedField(request: IsoMessage, answer: IsoMessage): number | undefined {
  const differs = (number: number): boolean => {
    const [asked, answered] = [request.fields[number], answer.fields[number]];
    return asked !== undefined && answered !== undefined && asked !== answered;
  };
  const [asked, answered] = [request.fields[3], answer.fields[3]];
  if (asked !== undefined && answered !== undefined && asked.slice(0, 2) !== answered.slice(0, 2)) {
    return 3;
  }
  return repeatedFields.find(differs);
}

/** True for a response code that says of a request that it was not done; an unknown code says nothing. */
export function isRefusal(responseCode: string | undefined): boolean {
  switch (responseCode === undefined ? undefined : meaningOf(responseCode)?.class) {
    case 'declined':
    case 'retryPin':
    case 'captureCard':
    case 'tryAgainLater':
    case 'hostFault':
      return true;
    case 'approved':
    case 'undecided':
    case undefined:
      return false;
  }
}
