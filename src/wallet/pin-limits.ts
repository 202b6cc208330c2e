import type { AttemptScope, Counter } from './attempts.js';

/** How many wrong PINs reach the bank. All intervals in milliseconds. */
export type PinLimits = {
  /** Wrong PINs of one card, whoever keys them: fewer than its issuer allows. */
  readonly perCard: number;
  /** How many of them phones may use up that the card is not bound to; the rest is left to its owner's phone. */
  readonly perCardFromStrangers: number;
  /** Wrong PINs that one number may key of cards that are not bound to it. */
  readonly perCaller: number;
  /** They are forgotten after so long without another. */
  readonly windowMs: number;
  /** Wrong PINs of all callers together who withhold their number. */
  readonly withheld: number;
  /** Wrong PINs of all cards with the same leading digits: by strangers, who are then refused… */
  readonly perPrefix: number;
  /** …and from phones with the card bound, which only alarms: owners are not shut out for others. */
  readonly perPrefixBound: number;
  /** The window of the three above. */
  readonly crowdWindowMs: number;
  /** After so long a try whose end is not known does not count any more. */
  readonly doubtMs: number;
  /** How long a call waits while others at the same card, or withheld ones, have every place. */
  readonly patienceMs: number;
};

/** Who keys a PIN. A number that is bound to the card was claimed, not proven. */
export type PinCaller =
  | { readonly kind: 'bound'; readonly number: string }
  | { readonly kind: 'stranger'; readonly number: string }
  | { readonly kind: 'withheld' };

/** So many leading digits are an issuer's range. */
const prefixDigits = 6;

/** The counters of one PIN try. */
export type PinCounters = {
  /** A place is taken in each before the bank is asked. */
  readonly taken: readonly Counter[];
  /** Only looked at before, so that callers do not wait for each other; strangers are refused when one is full. */
  readonly lookedAt: readonly Counter[];
  /** Counted too when the PIN was wrong. */
  readonly alsoCounted: readonly Counter[];
};

/** Returns the counters of a PIN that this caller keys for a card, named by `subject`. */
export function pinCounters(
  limits: PinLimits,
  { subject, pan, caller }: { readonly subject: string; readonly pan: string; readonly caller: PinCaller },
): PinCounters {
  const { windowMs, crowdWindowMs } = limits;
  const counter = (scope: AttemptScope, of: string, limit: number): Counter => ({
    ...{ scope, subject: of, limit, windowMs, from: 'last' },
  });
  const crowdCounter = (scope: AttemptScope, of: string, limit: number): Counter => ({
    ...{ scope, subject: of, limit, windowMs: crowdWindowMs, from: 'first' },
  });
  const prefix = pan.slice(0, prefixDigits);
  const card = counter('pin-card', subject, limits.perCard);
  if (caller.kind === 'bound') {
    return {
      taken: [card],
      lookedAt: [],
      alsoCounted: [
        counter('pin-caller', caller.number, limits.perCaller),
        crowdCounter('pin-prefix-bound', prefix, limits.perPrefixBound),
      ],
    };
  }
  const whoCalls =
    caller.kind === 'withheld'
      ? crowdCounter('pin-caller', 'withheld', limits.withheld)
      : counter('pin-caller', caller.number, limits.perCaller);
  const crowd = crowdCounter('pin-prefix', prefix, limits.perPrefix);
  return {
    taken: [card, counter('pin-card-stranger', subject, limits.perCardFromStrangers), whoCalls],
    lookedAt: [crowd],
    alsoCounted: [crowd],
  };
}
