import type { Payment } from './payment.js';
import type { PaymentParts } from './payment-parts.js';
import { inMs } from './payment-parts.js';
import { backOffMs } from './payment-policy.js';
import type { Change } from './payment-store.js';

/**
 * Makes a change durable, trying again for a while when the database fails: something has been sent, so
 * giving up at once would leave to a worker what is known here. Making the same change twice is one change.
 * @throws the last fault when it never succeeded.
 */
export async function persist(
  { store, clock, wait, policy, log }: PaymentParts,
  change: Omit<Change, 'at'>,
): Promise<Payment | 'lost'> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.change({ ...change, at: clock.now() });
    } catch (error) {
      if (attempt >= policy.writeTries) {
        throw error;
      }
      log.warn({ err: error, paymentId: change.payment.id, attempt }, 'a payment could not be written');
      await wait(policy.writeRetryMs);
    }
  }
}

/**
 * What a change into `reversing` carries: the first reversal is counted before it is sent. Where it cannot be
 * sent now no try is counted, and it is due for the first process that can.
 */
export function firstReversal(
  parts: PaymentParts,
  { trace }: Pick<Payment, 'trace'>,
): Pick<Change, 'attempts' | 'nextAttemptAt'> {
  if (!parts.bank.reversibleTerminals.includes(trace.terminalId)) {
    return { attempts: 0, nextAttemptAt: parts.clock.now() };
  }
  const pauseMs = Math.max(parts.policy.bankLeaseMs, backOffMs(parts.policy, 1));
  return { attempts: 1, nextAttemptAt: inMs(parts, pauseMs) };
}
