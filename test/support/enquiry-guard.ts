import type { EnquiryGuard, EnquiryLimits } from '../../src/session/enquiry-limits.js';
import type { AttemptScope, Attempts } from '../../src/wallet/attempts.js';

const usualLimits: EnquiryLimits = {
  ...{ perCaller: 30, withheld: 60, perPhone: 30 },
  ...{ codesPerCaller: 10, codesWithheld: 20, codesInAll: 1_000 },
  ...{ windowMs: 86_400_000, crowdWindowMs: 3_600_000 },
};

/** Returns the limits of a system that nobody has set otherwise, but for `limits`. */
export function enquiryGuard(
  attempts: Attempts,
  limits: Partial<EnquiryLimits> = {},
  onRefusal: (scope: AttemptScope) => void = () => undefined,
): EnquiryGuard {
  return { attempts, limits: { ...usualLimits, ...limits }, onRefusal };
}
