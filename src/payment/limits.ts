import type { DeclineReason } from '../decline-reason.js';
import type { Payment } from './payment.js';
import type { PaymentParts } from './payment-parts.js';
import type { Spent } from './payment-store.js';

/**
 * Returns the limit that a stored payment breaks, or undefined. It is asked after the payment is stored, so
 * that of two payments begun at once at least the later one sees the other.
 */
export async function brokenLimit(
  { store, clock, policy }: Pick<PaymentParts, 'store' | 'clock' | 'policy'>,
  payment: Payment,
): Promise<DeclineReason | undefined> {
  const { limits, utcOffsetMinutes } = policy;
  const { amountMinor } = payment.amount;
  if (amountMinor > limits.perPaymentMinor) {
    return 'amount-limit';
  }
  const since = startOfDay(clock.now(), utcOffsetMinutes);
  const over = (spent: Spent, limit: { count: number; amountMinor: number }): DeclineReason | undefined => {
    if (spent.count + 1 > limit.count) {
      return 'count-limit';
    }
    return spent.amountMinor + amountMinor > limit.amountMinor ? 'amount-limit' : undefined;
  };
  const { card, caller } = await store.spent(payment, since, payment.id);
  const broken = over(card, limits.perCardDay);
  if (broken !== undefined || payment.callerNumber === '') {
    // Callers who withhold their number are many: they do not share one limit.
    return broken;
  }
  return over(caller, limits.perCallerDay);
}

/** Returns when the day of this instant began, for a place so many minutes east of UTC. */
function startOfDay(at: Date, utcOffsetMinutes: number): Date {
  const dayMs = 86_400_000;
  const offsetMs = utcOffsetMinutes * 60_000;
  return new Date(Math.floor((at.getTime() + offsetMs) / dayMs) * dayMs - offsetMs);
}
