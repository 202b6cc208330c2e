/** How much may be paid, before the bank is asked. Amounts in minor units. */
type PaymentLimits = {
  readonly perPaymentMinor: number;
  readonly perCallerDay: { readonly count: number; readonly amountMinor: number };
  readonly perCardDay: { readonly count: number; readonly amountMinor: number };
};

/** How long payments wait, how often they try, and how much they may take. All intervals in milliseconds. */
export type PaymentPolicy = {
  /** Nothing is sent when more than this passed since it was stored: the process may have been frozen. */
  readonly sendWithinMs: number;
  /** How long a payment is left alone while its process talks to the bank, or to a provider. */
  readonly bankLeaseMs: number;
  readonly providerLeaseMs: number;
  /** The same while a worker asks the provider once. */
  readonly askLeaseMs: number;
  /** How long a caller waits for a provider that does not answer, and how often it is asked meanwhile. */
  readonly providerPatienceMs: number;
  readonly providerAskEveryMs: number;
  /** How long a provider must go on saying that it never saw an order before the payment is reversed. */
  readonly neverSeenGraceMs: number;
  /** Pause after the first try of a worker; it doubles up to the longest. */
  readonly backOffFirstMs: number;
  readonly backOffLongestMs: number;
  /** After so many tries a person must look; tries go on. */
  readonly triesBeforeOperator: number;
  /**
   * How long after a purchase was sent the bank may still come to do it. A reversal that found nothing before then is
   * made once more.
   */
  readonly overtakenGraceMs: number;
  /** A person must look, too, when for so long no process could send a reversal that is due. */
  readonly strandedAfterMs: number;
  /** How often a write that failed after something was sent is tried, and the pause between. */
  readonly writeTries: number;
  readonly writeRetryMs: number;
  /** How many reversals of one terminal, and how many look-ups, a process has on their way at once. */
  readonly reversalsAtOnce: number;
  readonly lookUpsAtOnce: number;
  /** How often a worker looks for work. */
  readonly pollMs: number;
  readonly limits: PaymentLimits;
  /** Where the day of the limits begins, in minutes east of UTC. */
  readonly utcOffsetMinutes: number;
};

const defaults = {
  sendWithinMs: 5_000,
  providerPatienceMs: 20_000,
  providerAskEveryMs: 1_000,
  neverSeenGraceMs: 60_000,
  backOffFirstMs: 2_000,
  backOffLongestMs: 300_000,
  triesBeforeOperator: 10,
  overtakenGraceMs: 120_000,
  strandedAfterMs: 900_000,
  writeTries: 5,
  writeRetryMs: 500,
  // Together less than a line takes: there must be room for callers.
  reversalsAtOnce: 40,
  lookUpsAtOnce: 16,
  pollMs: 1_000,
  limits: {
    perPaymentMinor: 500_000,
    perCallerDay: { count: 1_000, amountMinor: 5_000_000 },
    perCardDay: { count: 1_000, amountMinor: 5_000_000 },
  },
  utcOffsetMinutes: 480,
} as const;

/** What a lease adds for the writes around an exchange. */
const marginMs = 5_000;

/**
 * Returns a policy whose leases outlast the time-outs of the bank and the slowest provider; anything can be set
 * otherwise.
 */
export function paymentPolicy(
  timeouts: { readonly bankAnswerTimeoutMs: number; readonly providerTimeoutMs: number },
  chosen: Partial<PaymentPolicy> = {},
): PaymentPolicy {
  const base = { ...defaults, ...chosen };
  const { bankAnswerTimeoutMs, providerTimeoutMs } = timeouts;
  return {
    bankLeaseMs: base.sendWithinMs + bankAnswerTimeoutMs + marginMs,
    askLeaseMs: providerTimeoutMs + marginMs,
    providerLeaseMs:
      base.sendWithinMs + Math.max(base.providerPatienceMs, providerTimeoutMs) + providerTimeoutMs + marginMs,
    ...base,
  };
}

/** Returns the pause after a worker's try number `attempt` (the first is 1). */
export function backOffMs(
  { backOffFirstMs, backOffLongestMs }: Pick<PaymentPolicy, 'backOffFirstMs' | 'backOffLongestMs'>,
  attempt: number,
): number {
  return Math.min(backOffLongestMs, backOffFirstMs * 2 ** Math.min(30, Math.max(0, attempt - 1)));
}
