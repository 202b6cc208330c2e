/** One message to or from the bank, as it may be kept: masked, without a PIN block or a clear card number. */
export type BankMessageRecord = {
  readonly at: Date;
  readonly terminalId: string;
  readonly stan?: number | undefined;
  readonly rrn?: string | undefined;
  readonly direction: 'sent' | 'received';
  readonly mti: string;
  /** What the masked printer says of the message; empty when there was none. */
  readonly description: string;
  /**
   * For what was received its response code, or: bad-mac, unreadable, late, duplicate, unmatched, and request for
   * what the bank asks us. For what was sent: sent, the code of our answer to the bank, or no-answer, line-lost,
   * bad-answer when that is what became of it.
   */
  readonly result: string;
  /** From the request to this, in milliseconds; undefined for what was sent. */
  readonly durationMs?: number | undefined;
};

/** An answer that nobody waits for: it came too late, twice, or names no request of this line. */
export type StrayAnswer = {
  readonly why: 'late' | 'duplicate' | 'unmatched';
  /** False when its MAC is wrong or missing: then it proves nothing. */
  readonly authentic: boolean;
  /** What it answers, by its message class. */
  readonly answers: 'transaction' | 'reversal' | 'other';
  readonly terminalId: string;
  readonly stan: number | undefined;
  /** The RRN of the request that it answers, as far as that is known: host and restart may have lost it. */
  readonly rrn: string | undefined;
  readonly responseCode: string | undefined;
  /** The card (field 2) that it speaks of, and the amount in the smallest unit (field 4), where it names them. */
  readonly pan: string | undefined;
  readonly amountMinor: number | undefined;
  /** Field 38 as it came. */
  readonly authorisationCode: string | undefined;
  readonly receivedAt: Date;
};
