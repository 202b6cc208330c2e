/** The invariants that are checked here, by their numbers in docs; I10 and I11 are of calls, not of books. */
export const invariants = {
  I1: 'entries sum to zero per transaction and in total',
  I2: 'the ledger agrees with the payments',
  I3: 'each approval of the bank was delivered once and posted, or reversed',
  I4: 'nothing stays unfinished past its limit outside the operator’s queue',
  I5: 'only legal changes of state; an end is final',
  I6: 'one key, one effect',
  I7: 'no trace number names two payments',
  I8: 'per day: bank approved − reversed = ledger = providers accepted',
  I9: 'each end has one notice, and none contradicts it',
  I12: 'an order is paid once, and its state follows its payments',
} as const;
export type Invariant = keyof typeof invariants;

/** One place where an invariant does not hold. */
export type Break = {
  readonly invariant: Invariant;
  /** The payment, where one can be named. */
  readonly paymentId?: string | undefined;
  /** What is wrong, in words; no card data. */
  readonly what: string;
};
