import type { ReversalAnswer } from '../bank/bank.js';
import { foundNothing } from '../bank/response-code.js';
import type { Edge, Payment } from './payment.js';
import { edge, holdsApproval } from './payment.js';
import type { PaymentParts } from './payment-parts.js';
import { inMs } from './payment-parts.js';
import { backOffMs } from './payment-policy.js';
import { persist } from './persist.js';

/** What a reversal came to: the money is back, a person must look, or it will be tried again. */
export type Reversal = 'reversed' | 'refused' | 'not-yet' | 'lost';

/** A payment whose purchase is to be undone. */
export type ReversingPayment = Payment & { readonly state: keyof typeof acknowledged };

/** Where an acknowledged reversal leads. */
const acknowledged = {
  reversing: edge('reversing', 'reversed'),
  'needs-operator': edge('needs-operator', 'reversed'),
  'late-reversing': edge('late-reversing', 'late-reversed'),
} as const satisfies Record<string, Edge>;

/** True when the payment's next step is a reversal that was planned. */
export function isReversing(payment: Payment): payment is ReversingPayment {
  return Object.hasOwn(acknowledged, payment.state);
}

/** A reversal that ended before the bank had it. */
type NotMade = { readonly outcome: 'not-made' };

/** In words for the operator, what became of the last of many tries. */
const lastTry = {
  'no-answer': 'the bank did not answer',
  'line-lost': 'the line was lost before the bank answered',
  'bad-answer': 'the bank’s answer does not settle it',
  'no-original': 'the bank says that it has no such purchase (25), which it approved',
  'not-sent': 'the line was down, and nothing was sent',
  'not-made': 'its card could not be read, and nothing was sent',
} as const;

/**
 * Sends the reversal of a payment, and writes what it came to. The try must have been counted and the next one planned
 * before. Nothing is sent when that was too long ago: this process may have been frozen, and another, or a person, may
 * have ended the payment since.
 * @param plannedMs when the try was about to be written down, on the monotonic clock.
 */
export async function reversePurchase(
  parts: PaymentParts,
  payment: ReversingPayment,
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
  const answer = await makeReversal(parts, payment);
  switch (answer.outcome) {
    case 'acknowledged':
      return recordAcknowledged(parts, payment, answer.responseCode);
    case 'refused':
      return callOperator(
        parts,
        payment,
        `the bank refused the reversal with ${answer.responseCode}`,
        undefined,
      );
    case 'unsendable':
      // The same reversal would fail the same way: tries would not help, and the bank is not at fault.
      return callOperator(
        parts,
        payment,
        `the reversal breaks the bank’s profile and never left: ${answer.what}`,
        undefined,
      );
    case 'unknown':
    case 'not-sent':
    case 'not-made':
      return tryAgain(parts, payment, answer);
  }
}

async function recordAcknowledged(
  parts: PaymentParts,
  payment: ReversingPayment,
  reversalCode: string,
): Promise<Reversal> {
  const changed = await persist(parts, {
    payment,
    path: [acknowledged[payment.state]],
    reason: `the bank acknowledged the reversal with ${reversalCode}`,
    facts: { reversalCode },
    nextAttemptAt: foundNothing(reversalCode) ? checkAt(parts, payment) : undefined,
    // An approval that came while the bank searched in vain means that it has something to give back after all.
    unlessApproved: foundNothing(reversalCode),
  });
  return changed === 'lost' ? 'lost' : 'reversed';
}

/**
 * Returns when the bank can no longer come to do a purchase that its reversal may have overtaken; undefined when that
 * is past, or when a clock that stepped back cannot tell.
 */
function checkAt({ clock, policy }: PaymentParts, { trace }: Payment): Date | undefined {
  const now = clock.now();
  const at = new Date(trace.transmittedAt.getTime() + policy.overtakenGraceMs);
  return trace.transmittedAt <= now && now < at ? at : undefined;
}

/**
 * Makes the reversal of a payment once more that ended because the bank found nothing to give back: it may have come to
 * do the purchase since, and the approval may have been lost with a line or a process. Nothing changes but that the
 * bank gives back what it took.
 */
export async function checkReversed(
  parts: PaymentParts,
  payment: Payment & { readonly state: 'reversed' },
): Promise<void> {
  const { store, clock, log } = parts;
  const { id: paymentId, reversalCode } = payment;
  const nextAttemptAt = checkAt(parts, payment);
  if (nextAttemptAt === undefined && reversalCode !== undefined && foundNothing(reversalCode)) {
    const answer = await makeReversal(parts, payment);
    switch (answer.outcome) {
      case 'acknowledged':
        if (!foundNothing(answer.responseCode)) {
          log.error({ paymentId }, 'the bank did a purchase after its reversal, and has given it back now');
          parts.onAlarm?.('late-approval');
        }
        break;
      case 'refused':
      case 'unsendable':
        log.error({ paymentId, ...answer }, 'a payment that was reversed could not be checked at the bank');
        break;
      case 'unknown':
      case 'not-sent':
      case 'not-made':
        // The next try was planned when this one was claimed.
        return;
    }
  }
  await store.postpone(payment, { nextAttemptAt, at: clock.now() });
}

async function tryAgain(
  parts: PaymentParts,
  payment: ReversingPayment,
  answer: Extract<ReversalAnswer, { outcome: 'unknown' | 'not-sent' }> | NotMade,
): Promise<Reversal> {
  const why = answer.outcome === 'unknown' ? answer.why : answer.outcome;
  if (why === 'no-original') {
    parts.log.error({ paymentId: payment.id }, 'the bank does not find a purchase that it approved');
    parts.onAlarm?.('no-original');
  }
  if (payment.state === 'reversing' && payment.attempts >= parts.policy.triesBeforeOperator) {
    const reason = `no reversal was acknowledged in ${payment.attempts} tries; the last: ${lastTry[why]}`;
    // Tries go on from there.
    return callOperator(parts, payment, reason, payment.nextAttemptAt);
  }
  return answer.outcome === 'not-sent' ? soonAgain(parts, payment) : 'not-yet';
}

/** Asks the bank to undo the payment's purchase. Sending it again is safe. */
export async function sendReversal(parts: PaymentParts, payment: Payment): Promise<ReversalAnswer> {
  const { bank, bankCard } = parts;
  return bank.reverse({
    original: payment.trace,
    card: await bankCard(payment.cardId),
    amount: payment.amount,
    authorisationCode: payment.authorisationCode,
    isApproved: holdsApproval(payment),
    attempt: Math.max(0, payment.attempts - 1),
  });
}

/** As `sendReversal`; that the card cannot be read is a try that failed, of which a person must know in time. */
async function makeReversal(parts: PaymentParts, payment: Payment): Promise<ReversalAnswer | NotMade> {
  try {
    return await sendReversal(parts, payment);
  } catch (error) {
    parts.log.error({ err: error, paymentId: payment.id }, 'a reversal could not be made');
    return { outcome: 'not-made' };
  }
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
  payment: ReversingPayment,
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
