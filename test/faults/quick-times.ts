import type { LineTiming } from '../../src/bank/line-timing.js';
import type { PaymentPolicy } from '../../src/payment/payment-policy.js';

/** How long the bank and the carrier are waited for in a run. */
export const answerTimeoutMs = 350;

/**
 * The product's times, some fifty times as short, and in the same order of length. A machine that is busy
 * must not make another run of them, so none is shorter than it need be.
 */
export const quickPolicy = {
  sendWithinMs: 900,
  bankLeaseMs: 1_600,
  providerLeaseMs: 1_950,
  askLeaseMs: 700,
  providerPatienceMs: 400,
  providerAskEveryMs: 50,
  neverSeenGraceMs: 700,
  overtakenGraceMs: 1_500,
  backOffFirstMs: 60,
  backOffLongestMs: 300,
  writeRetryMs: 60,
  pollMs: 80,
} as const satisfies Partial<PaymentPolicy>;

export const quickLine: Partial<LineTiming> = {
  connectTimeoutMs: 1_000,
  networkTimeoutMs: 1_000,
  frameTimeoutMs: 150,
  backOff: { firstMs: 20, longestMs: 150 },
  stableMs: 100,
};
