import type { ReversalAnswer } from '../bank/bank.js';
import type { Payment } from './payment.js';
import { edge } from './payment.js';
import type { PaymentParts } from './payment-parts.js';
import { inMs } from './payment-parts.js';
import { backOffMs } from './payment-policy.js';
import { persist } from './persist.js';

/** What a reversal came to: the money is back, a person must look, or it will be tried again. */
export type Reversal = 'reversed' | 'refused' | 'not-yet' | 'lost';

/**
 * Sends the reversal of a payment that is `reversing` or in the operator's queue, and writes what it came
 * to. The try must have been counted and the next one planned before. Nothing is sent when that was too long
 * ago: this process may have been frozen, and another, or a person, may have ended the payment since.
 * @param plannedMs when the try was about to be written down, on the monotonic clock.
 */
export async function reversePurchase(
  parts: PaymentParts,
  payment: Payment & { readonly state: 'reversing' | 'needs-operator' },
  plannedMs: number,
): Promise<Reversal> {
  const { clock, policy, log } = parts;
  if (clock.monotonicMs() - plannedMs > policy.sendWithinMs) {
    log.warn({ paymentId: payment.id }, 'a reversal came too late to be sent, and is left to a worker');
    return 'not-yet';
  }
  if (payment.attempts === 0) {
    // No try was counted, because its line was down: it is due for the first worker that has the line.
    return 'not-yet';
  }
  const answer = await sendReversal(parts, payment);
  switch (answer.outcome) {
    case 'acknowledged': {
      const path = [
        payment.state === 'reversing' ? edge('reversing', 'reversed') : edge('needs-operator', 'reversed'),
      ] as const;
      const changed = await persist(parts, {
        payment,
        path,
        reason: `the bank acknowledged the reversal with ${answer.responseCode}`,
      });
      return changed === 'lost' ? 'lost' : 'reversed';
    }
    case 'refused':
      return callOperator(
        parts,
        payment,
        `the bank refused the reversal with ${answer.responseCode}`,
        undefined,
      );
    case 'unknown':
    case 'not-sent':
      if (payment.state === 'reversing' && payment.attempts >= parts.policy.triesBeforeOperator) {
        // Tries go on from there.
        return callOperator(parts, payment, 'the bank did not answer any reversal', payment.nextAttemptAt);
      }
      return answer.outcome === 'not-sent' ? soonAgain(parts, payment) : 'not-yet';
  }
}

/** Asks the bank to undo the payment's purchase. Sending it again is safe. */
export async function sendReversal(parts: PaymentParts, payment: Payment): Promise<ReversalAnswer> {
  const { bank, bankCard } = parts;
  return bank.reverse({
    original: payment.trace,
    card: await bankCard(payment.cardId),
    amount: payment.amount,
    authorisationCode: payment.authorisationCode,
    attempt: Math.max(0, payment.attempts - 1),
  });
}

/** Nothing left, so there is no answer to leave time for: the next try need not wait for the lease to end. */
async function soonAgain(parts: PaymentParts, payment: Payment): Promise<Reversal> {
  const { store, policy, clock } = parts;
  const nextAttemptAt = inMs(parts, backOffMs(policy, payment.attempts));
  const changed = await store.postpone(payment, { nextAttemptAt, at: clock.now() });
  return changed === 'lost' ? 'lost' : 'not-yet';
}

async function callOperator(
  parts: PaymentParts,
  payment: Payment & { readonly state: 'reversing' | 'needs-operator' },
  reason: string,
  nextAttemptAt: Date | undefined,
): Promise<Reversal> {
  parts.log.error({ paymentId: payment.id, reason }, 'a payment needs an operator');
  const at = parts.clock.now();
  const changed =
    payment.state === 'reversing'
      ? await persist(parts, {
          payment,
          path: [edge('reversing', 'needs-operator')],
          reason,
          operatorSince: at,
          nextAttemptAt,
        })
      : await parts.store.postpone(payment, { nextAttemptAt, at });
  if (changed === 'lost') {
    return 'lost';
  }
  return nextAttemptAt === undefined ? 'refused' : 'not-yet';
}
