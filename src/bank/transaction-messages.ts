import type { Currency, Money } from '../money.js';
import { money } from '../money.js';
import type { BankCard, BankTrace, ReversalRequest } from './bank.js';
import { IsoError } from './iso8583/iso-error.js';
import type { IsoFields, IsoMessage } from './iso8583/message.js';
import type { Profile } from './iso8583/profile.js';
import { profileMessage, usesField60 } from './profile-message.js';
import type { TerminalIdentity } from './terminal.js';
import { batchNumber, localDate, localTime, transmissionTime } from './terminal-time.js';

/** ISO 4217 numeric codes, field 49. */
const currencyNumbers = { CNY: '156' } as const satisfies Record<Currency, string>;

/** Field 22: card number keyed (01), PIN entered (1). */
const keyedWithPin = '011';
/** Field 25: an ordinary transaction. */
const ordinary = '00';
/** Field 26: the longest PIN that may be entered. */
const longestPin = '12';
/** Field 53: the PIN block is format 0 (2) under a double-length key (6). */
const pinSecurity = '2600000000000000';

/** Field 39: approved for a partial amount. */
const partialApproval = '10';

/** Who, when and with which card: what every transaction says. */
type Subject = { readonly trace: BankTrace; readonly card: BankCard };

/** Returns a balance enquiry (0200, 310000). `pinBlock` is enciphered. */
export function balanceMessage(
  profile: Profile,
  terminal: TerminalIdentity,
  subject: Subject,
  pinBlock: Buffer,
): IsoMessage {
  return profileMessage(profile, '0200', {
    ...commonFields(profile, '0200', terminal, subject, '01'),
    ...pinFields(pinBlock),
    3: '310000',
    49: currencyNumbers.CNY,
  });
}

/** Returns a purchase (0200, 000000). `pinBlock` is enciphered. */
export function purchaseMessage(
  profile: Profile,
  terminal: TerminalIdentity,
  subject: Subject & { readonly amount: Money },
  pinBlock: Buffer,
): IsoMessage {
  return profileMessage(profile, '0200', {
    ...commonFields(profile, '0200', terminal, subject, '22'),
    ...pinFields(pinBlock),
    ...amountFields(subject.amount),
    3: '000000',
  });
}

/**
 * Returns the reversal of a purchase, with the original's trace number. It is a 0401 when it repeats
 * another and the profile has such a message, otherwise a 0400. Its times 12 and 13 are the original's, which name
 * it; 7 is when the reversal itself is sent.
 * @param at when that is.
 */
export function reversalMessage(
  profile: Profile,
  terminal: TerminalIdentity,
  request: ReversalRequest,
  at: Date,
): IsoMessage {
  const { original, card, amount, attempt } = request;
  const hasRepeats = profile.messages.some(({ mti }) => mti === '0401');
  const mti = attempt > 0 && hasRepeats ? '0401' : '0400';
  return profileMessage(profile, mti, {
    ...commonFields(profile, mti, terminal, { trace: original, card }, '22'),
    ...amountFields(amount),
    ...originalFields(profile, mti, terminal, original),
    3: '000000',
    7: transmissionTime(at),
    38: authorisationField(profile, request),
    // Why: 98, no answer to the original in time; 06, the approved transaction cannot be completed.
    39: holdsApproval(request) ? '06' : '98',
  });
}

/** True when an approval of the purchase is known, so that the bank must have something to give back. */
export function holdsApproval({ authorisationCode, isApproved }: ReversalRequest): boolean {
  return isApproved === true || authorisationCode !== undefined;
}

/**
 * Returns field 38 as the approval had it; undefined when it had none. Rows of earlier versions lack the blanks
 * behind it, which a field of fixed length needs.
 */
function authorisationField(profile: Profile, { authorisationCode }: ReversalRequest): string | undefined {
  const length = profile.fields[38]?.length;
  return authorisationCode === undefined || authorisationCode === ''
    ? undefined
    : authorisationCode.padEnd(length?.kind === 'fixed' ? length.size : 0);
}

/**
 * Returns the balance in an answer's field 54: rows of account type (2), amount type (2), currency (3), sign
 * (1) and amount (12) (ISO 8583:1987, 4.4.17); the available balance (02) before the ledger balance (01).
 * Undefined when there is none that we can read.
 */
export function balanceIn(answer: IsoMessage): Money | undefined {
  const rows = (answer.fields[54] ?? '').match(/\d{4}.{3}[CD]\d{12}/g) ?? [];
  const inCny = rows.filter((row) => row.slice(4, 7) === currencyNumbers.CNY);
  const row =
    inCny.find((each) => each.slice(2, 4) === '02') ?? inCny.find((each) => each.slice(2, 4) === '01');
  if (row === undefined) {
    return undefined;
  }
  const amountMinor = Number(row.slice(8));
  return money(row[7] === 'D' && amountMinor !== 0 ? -amountMinor : amountMinor);
}

/**
 * True when the answer names the amount that was asked for, or none. A partial approval without an amount is of
 * another one.
 */
export function isForAmount(answer: IsoMessage, { amountMinor }: Money): boolean {
  const amount = answer.fields[4];
  return amount === undefined ? answer.fields[39] !== partialApproval : Number(amount) === amountMinor;
}

function commonFields(
  profile: Profile,
  mti: string,
  terminal: TerminalIdentity,
  { trace, card }: Subject,
  transactionType: string,
): IsoFields {
  const { transmittedAt } = trace;
  return {
    2: card.pan,
    7: transmissionTime(transmittedAt),
    11: stanField(trace),
    12: localTime(transmittedAt, terminal),
    13: localDate(transmittedAt, terminal),
    ...(card.expiry === undefined ? {} : { 14: card.expiry }),
    22: keyedWithPin,
    25: ordinary,
    32: terminal.acquirerId,
    // Where the host gives references, a request has none: ours would be a name that it never gave.
    ...(profile.retrievalReference === 'echoed' ? { 37: trace.rrn } : {}),
    41: terminal.terminalId,
    42: terminal.merchantId,
    ...(usesField60(profile, mti)
      ? { 60: `${transactionType}${trace.batchNumber ?? batchNumber(transmittedAt, terminal)}000` }
      : {}),
  };
}

function pinFields(pinBlock: Buffer): IsoFields {
  return { 26: longestPin, 52: pinBlock.toString('hex').toUpperCase(), 53: pinSecurity };
}

function amountFields({ amountMinor, currency }: Money): IsoFields {
  if (!Number.isSafeInteger(amountMinor) || amountMinor <= 0 || amountMinor > 999_999_999_999) {
    throw new IsoError('field 4', 'is no amount that a bank can take');
  }
  return { 4: String(amountMinor).padStart(12, '0'), 49: currencyNumbers[currency] };
}

/** Field 61 of UnionPay (batch, trace number, date) or field 90 of ISO 8583:1987, 4.4.26. */
function originalFields(
  profile: Profile,
  mti: string,
  terminal: TerminalIdentity,
  original: BankTrace,
): IsoFields {
  const { transmittedAt } = original;
  const stan = stanField(original);
  if (usesField60(profile, mti)) {
    return {
      61: `${original.batchNumber ?? batchNumber(transmittedAt, terminal)}${stan}${localDate(transmittedAt, terminal)}`,
    };
  }
  const acquirer = terminal.acquirerId.padStart(11, '0');
  return { 90: `0200${stan}${transmissionTime(transmittedAt)}${acquirer}${'0'.repeat(11)}` };
}

function stanField({ stan }: BankTrace): string {
  return String(stan).padStart(6, '0');
}
