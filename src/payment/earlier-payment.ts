import type { Clock } from '../clock.js';
import type { PaymentStore, SamePayment } from './payment-store.js';

/** Returns when the same was begun a short while ago, by the clock of the place; undefined: it was not. */
export type FindEarlier = (
  same: Omit<SamePayment, 'since'>,
) => Promise<{ readonly hour: number; readonly minute: number } | undefined>;

/** @param windowMs how long a payment is remembered as "the same a short while ago"; 0: it never is. */
export function findEarlier(
  store: Pick<PaymentStore, 'findSame'>,
  { clock, windowMs, utcOffsetMinutes }: { clock: Clock; windowMs: number; utcOffsetMinutes: number },
): FindEarlier {
  return async (same) => {
    if (windowMs === 0) {
      return undefined;
    }
    const since = new Date(clock.now().getTime() - windowMs);
    const earlier = await store.findSame({ ...same, since });
    if (earlier === undefined) {
      return undefined;
    }
    const there = new Date(earlier.createdAt.getTime() + utcOffsetMinutes * 60_000);
    return { hour: there.getUTCHours(), minute: there.getUTCMinutes() };
  };
}
