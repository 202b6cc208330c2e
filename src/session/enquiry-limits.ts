import type { AttemptScope, Attempts, Counter } from '../wallet/attempts.js';

/** How often callers may ask for what they have not proven to be theirs. All intervals in milliseconds. */
export type EnquiryLimits = {
  /** Bills, balances and look-ups of phones: by one number, and by all together who withhold theirs. */
  readonly perCaller: number;
  readonly withheld: number;
  /** About one phone, by callers from others: a caller number can be forged. */
  readonly perPhone: number;
  /** Order codes under which nothing can be paid: by one number, by withheld numbers together, by all callers. */
  readonly codesPerCaller: number;
  readonly codesWithheld: number;
  readonly codesInAll: number;
  /** The window of a number and of a phone. */
  readonly windowMs: number;
  /** The window of withheld numbers together and of all callers. */
  readonly crowdWindowMs: number;
};

/** What the limits are kept with. */
export type EnquiryGuard = {
  readonly attempts: Attempts;
  readonly limits: EnquiryLimits;
  /** Called when something is not asked, because it was asked too often. */
  readonly onRefusal: (scope: AttemptScope) => void;
};

/** After so long a code that was tried and not settled does not count: its process died. */
const holdMs = 60_000;

/**
 * Counts an enquiry about a phone. Returns false when it was made too often already: then it is not made. `tells`:
 * it would tell something about the phone besides that it exists.
 */
export async function mayEnquire(
  { attempts, limits, onRefusal }: EnquiryGuard,
  callerNumber: string | undefined,
  { phone, tells }: { readonly phone: string; readonly tells: boolean },
): Promise<boolean> {
  const { perCaller, withheld, perPhone, windowMs } = limits;
  const caller = ofCaller(limits, 'enquiry-caller', callerNumber, { perCaller, withheld });
  const counters: Counter[] =
    tells && phone !== callerNumber
      ? [caller, { scope: 'enquiry-phone', subject: phone, limit: perPhone, windowMs, from: 'first' }]
      : [caller];
  const counts = await attempts.count([], counters);
  const over = counts.find(({ counted, limit }) => counted > limit);
  if (over !== undefined) {
    onRefusal(over.scope);
  }
  return over === undefined;
}

/**
 * Looks for an order under a code that the caller keyed, unless codes of no order were keyed too often. A code
 * under which `find` finds something to pay does not count. Returns undefined when it was not looked for.
 */
export async function tryCode<T extends { readonly isPayable: boolean }>(
  { attempts, limits, onRefusal }: EnquiryGuard,
  callerNumber: string | undefined,
  find: () => Promise<T>,
): Promise<T | undefined> {
  const { codesPerCaller: perCaller, codesWithheld: withheld, codesInAll, crowdWindowMs } = limits;
  const all: Counter = {
    ...{ scope: 'order-code-all', subject: 'all', limit: codesInAll, windowMs: crowdWindowMs, from: 'first' },
  };
  const caller = ofCaller(limits, 'order-code-caller', callerNumber, { perCaller, withheld });
  const result = await attempts.take([caller, all], holdMs);
  if (result.outcome !== 'taken') {
    onRefusal(result.counter.scope);
    return undefined;
  }
  const found = await find();
  await (found.isPayable ? attempts.giveBack(result.places) : attempts.count(result.places));
  return found;
}

function ofCaller(
  { windowMs, crowdWindowMs }: EnquiryLimits,
  scope: AttemptScope,
  callerNumber: string | undefined,
  { perCaller, withheld }: { readonly perCaller: number; readonly withheld: number },
): Counter {
  return callerNumber === undefined
    ? { scope, subject: 'withheld', limit: withheld, windowMs: crowdWindowMs, from: 'first' }
    : { scope, subject: callerNumber, limit: perCaller, windowMs, from: 'first' };
}
