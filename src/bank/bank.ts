import type { DeclineReason } from '../decline-reason.js';
import type { Money } from '../money.js';
import type { Secret } from '../secret.js';

/** A card number with its check digit, 13–19 digits. Never logged, stored in clear, or spoken. */
export type Pan = string & { readonly __brand: 'Pan' };

/** What a bank is told of a card. `expiry` is YYMM, absent when the caller keyed the number. */
export type BankCard = { readonly pan: Pan; readonly expiry?: string | undefined };

/** Numbers that name one message for ever; taken and stored before anything is sent. */
export type BankTrace = {
  readonly terminalId: string;
  /** System trace audit number (field 11), 1–999999, unique per terminal and day. */
  readonly stan: number;
  /** Retrieval reference number (field 37), 12 characters, unique for ever. */
  readonly rrn: string;
  /** When the message was made; fields 12 and 13, and part of a reversal's original data. */
  readonly transmittedAt: Date;
  /** Field 60.2, 6 digits, when the bank gave the terminal a batch at its sign-in. */
  readonly batchNumber?: string | undefined;
};

/** An answer that nobody can wait for: what was asked may or may not have been done. */
export type BankUnknown = {
  readonly outcome: 'unknown';
  readonly why: 'no-answer' | 'line-lost' | 'bad-answer';
};

/** The bank's code is in no table, or says that this is not its last word: what was asked may have been done. */
export type BankUndecided = {
  readonly outcome: 'unknown';
  readonly why: 'unknown-code' | 'undecided';
  readonly responseCode: string;
};

/** Nothing has left: the line is down. Nothing can have been taken. */
export type BankNotSent = { readonly outcome: 'not-sent' };

/** The bank took money for a purchase. Kept with the payment: its reversal repeats it. */
export type BankApproval = {
  /** Field 38 as it came, blanks included; undefined when the bank gave none. */
  readonly authorisationCode: string | undefined;
  readonly responseCode: string;
};

/** The bank approved another amount than was asked for: to be reversed, never delivered. */
type OtherAmount = BankApproval & { readonly outcome: 'unknown'; readonly why: 'other-amount' };

export type BankRefusal =
  | { readonly outcome: 'declined'; readonly reason: DeclineReason; readonly responseCode: string }
  | { readonly outcome: 'wrong-pin'; readonly responseCode: string };

export type BalanceAnswer =
  | { readonly outcome: 'approved'; readonly balance: Money; readonly responseCode: string }
  | BankRefusal
  | BankUndecided
  | BankUnknown
  | BankNotSent;

export type PurchaseAnswer =
  | (BankApproval & { readonly outcome: 'approved' })
  | OtherAmount
  | BankRefusal
  | BankUndecided
  | BankUnknown
  | BankNotSent;

export type ReversalAnswer =
  /**
   * The bank has given it back; or it has nothing to give back (25, 12), which is believed only while no approval
   * of the purchase is known.
   */
  | { readonly outcome: 'acknowledged'; readonly responseCode: string }
  /** The bank says no: a person must look. */
  | { readonly outcome: 'refused'; readonly responseCode: string }
  /** It breaks the bank's profile. Nothing left, and the same reversal never will: a person must look. */
  | { readonly outcome: 'unsendable'; readonly what: string }
  | { readonly outcome: 'unknown'; readonly why: 'no-original'; readonly responseCode: string }
  | BankUnknown
  | BankNotSent;

export type PurchaseRequest = {
  readonly trace: BankTrace;
  readonly card: BankCard;
  readonly pin: Secret;
  readonly amount: Money;
};

/** What is needed to undo a purchase, kept with the payment; the PIN is not part of it. */
export type ReversalRequest = {
  readonly original: BankTrace;
  readonly card: BankCard;
  readonly amount: Money;
  /** Field 38 of the approval as it came, when it had one. */
  readonly authorisationCode?: string | undefined;
  /** True when an approval of the purchase is known, with a field 38 or without. */
  readonly isApproved?: boolean | undefined;
  /** How often this reversal was sent before. */
  readonly attempt: number;
};

/** The card's bank. No method rejects for anything the bank or the line does. */
export interface Bank {
  /** True while a transaction could be sent now: signed on and the line is up. */
  readonly available: boolean;
  /**
   * The terminals whose reversals could be sent now: this process speaks for them and their line is up. A
   * reversal leaves over the terminal of its original, so what is not listed is another process's to send, or
   * has to wait.
   */
  readonly reversibleTerminals: readonly string[];
  /** Returns numbers never given before, for the terminal that will send. */
  nextTrace(): Promise<BankTrace>;
  /** Asks for the card's available balance. Consumes the PIN. */
  balance(request: { trace: BankTrace; card: BankCard; pin: Secret }): Promise<BalanceAnswer>;
  /** Takes the amount from the card. Consumes the PIN. */
  purchase(request: PurchaseRequest): Promise<PurchaseAnswer>;
  /** Undoes a purchase; safe to send again until it is acknowledged or refused. */
  reverse(request: ReversalRequest): Promise<ReversalAnswer>;
}

/** All that can be asked of a bank without a PIN: what asks with one goes through the wallet's door for PINs. */
export type BankWithoutPin = Omit<Bank, 'balance' | 'purchase'>;
