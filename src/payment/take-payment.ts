import type { BankApproval, BankCard, PurchaseAnswer } from '../bank/bank.js';
import type { DeclineReason } from '../decline-reason.js';
import type { Money } from '../money.js';
import type { Details } from '../provider/provider.js';
import type { Secret } from '../secret.js';
import type { PinTry, ToldRefusal, Tried } from '../wallet/pin-door.js';
import type { UnprovenCard } from '../wallet/wallet.js';
import type { DeliveringPayment } from './deliver-order.js';
import { deliverOrder, recordDelivery } from './deliver-order.js';
import { brokenLimit } from './limits.js';
import { noteLateAnswer } from './note-late-answer.js';
import type { DeclinedBecause, Payment } from './payment.js';
import { edge, referenceOf } from './payment.js';
import type { PaymentParts } from './payment-parts.js';
import { inMs, ownerOf } from './payment-parts.js';
import type { Facts } from './payment-store.js';
import { firstReversal, persist } from './persist.js';
import { isReversing, reversePurchase, sendReversal } from './reverse-purchase.js';

export type PaymentRequest = {
  readonly callId: string;
  readonly callerNumber: string;
  readonly service: string;
  /** Whom or what it is for, as the service says of its details. */
  readonly subject: string;
  readonly details: Details;
  readonly amount: Money;
  readonly cardId: string;
  /** The order that is paid: service, phone and amount must be its own. */
  readonly orderId?: string | undefined;
  readonly card: BankCard;
  /** The card as it was keyed, when nobody has proven it by a PIN before. */
  readonly unproven?: UnprovenCard | undefined;
  /** Consumed, whatever happens. */
  readonly pin: Secret;
};

/** What a caller may truthfully be told. `reference` is the last six digits of the RRN. */
export type PaymentResult =
  | { readonly outcome: 'paid'; readonly reference: string }
  /**
   * Not paid, nothing was taken: `declined`, or `wrong-pin`, after which another PIN, which is another payment,
   * may be tried while tries are left.
   */
  | ToldRefusal
  /** Not paid; what the bank may have taken is being given back. */
  | { readonly outcome: 'returning'; readonly reference: string }
  /** Not known yet; a worker finds out, and the caller is told. */
  | { readonly outcome: 'unresolved'; readonly reference: string }
  /** Nothing was sent, nothing was taken. */
  | { readonly outcome: 'unavailable' }
  /** The order cannot be paid: it is over, or another payment of it is on its way. Nothing was sent. */
  | { readonly outcome: 'order-closed' };

export type TakePayment = (request: PaymentRequest) => Promise<PaymentResult>;

/**
 * Returns the one way to take a payment. Everything is stored before it is sent; a payment once begun is
 * finished whatever the caller does, here or by `resolveUnresolved`. It never rejects for anything that the
 * bank, the provider or the database does.
 */
export function takePayment(parts: PaymentParts): TakePayment {
  return async (request) => {
    try {
      return await take(parts, request);
    } finally {
      request.pin.wipe();
    }
  };
}

async function take(parts: PaymentParts, request: PaymentRequest): Promise<PaymentResult> {
  const { callId, cardId, card, unproven, callerNumber, pin } = request;
  let reserved: Awaited<ReturnType<PaymentParts['pins']['reserve']>>;
  try {
    const asked = { cardId, card, unproven, callerNumber, pin };
    reserved = await parts.pins.reserve({ ...asked, keepsCard: true });
  } catch (error) {
    parts.log.error({ err: error, callId }, 'a PIN could not be reserved a try');
    return { outcome: 'unavailable' };
  }
  if ('outcome' in reserved) {
    return { outcome: 'declined', reason: reserved.reason };
  }
  try {
    return await takeWith(parts, request, reserved);
  } finally {
    await reserved.release();
  }
}

async function takeWith(
  parts: PaymentParts,
  request: PaymentRequest,
  pinTry: PinTry,
): Promise<PaymentResult> {
  const { clock, log, policy } = parts;
  const beganMs = clock.monotonicMs();
  const providerId = parts.providerOf(request);
  if (parts.providers.find(providerId) === undefined) {
    log.error(
      { providerId, service: request.service },
      'nothing is sold of a provider that is not configured',
    );
    return { outcome: 'unavailable' };
  }
  let payment: Payment;
  let limit: DeclineReason | undefined;
  try {
    const begun = await begin(parts, request, { provider: providerId, pinTry });
    if (begun === 'order-closed') {
      return { outcome: 'order-closed' };
    }
    payment = begun;
    limit = await brokenLimit(parts, payment);
  } catch (error) {
    // What may be stored was never sent: a worker will reverse it, and the bank will have had nothing.
    log.error({ err: error, callId: request.callId }, 'a payment could not be begun');
    return { outcome: 'unavailable' };
  }
  if (limit !== undefined) {
    await decline(parts, payment, limit, undefined);
    return { outcome: 'declined', reason: limit };
  }
  if (clock.monotonicMs() - beganMs > policy.sendWithinMs) {
    await decline(parts, payment, 'not-sent', undefined);
    return { outcome: 'unavailable' };
  }
  const tried = await pinTry.purchase({ trace: payment.trace, amount: payment.amount });
  return afterBank(parts, payment, tried);
}

async function begin(
  parts: PaymentParts,
  request: PaymentRequest,
  { provider, pinTry }: { readonly provider: string; readonly pinTry: PinTry },
): Promise<Payment | 'order-closed'> {
  const trace = await parts.bank.nextTrace();
  return parts.store.begin({
    id: parts.newId(),
    callId: request.callId,
    callerNumber: request.callerNumber,
    service: request.service,
    target: request.subject,
    details: request.details,
    amount: request.amount,
    cardId: pinTry.cardId,
    orderId: request.orderId,
    bank: parts.bankName,
    provider,
    trace,
    owner: ownerOf(parts),
    leaseUntil: inMs(parts, parts.policy.bankLeaseMs),
    at: parts.clock.now(),
  });
}

async function afterBank(
  parts: PaymentParts,
  payment: Payment,
  { answer, told }: Tried<PurchaseAnswer>,
): Promise<PaymentResult> {
  switch (answer.outcome) {
    case 'declined':
      await decline(parts, payment, answer.reason, answer.responseCode);
      return told ?? { outcome: 'declined', reason: answer.reason };
    case 'wrong-pin':
      await decline(parts, payment, 'wrong-pin', answer.responseCode);
      return told ?? { outcome: 'declined', reason: 'try-later' };
    case 'not-sent':
      await decline(parts, payment, 'not-sent', undefined);
      return { outcome: 'unavailable' };
    case 'unknown': {
      const plannedMs = parts.clock.monotonicMs();
      const reversing = await orUnresolved(parts, payment, () =>
        persist(parts, {
          payment,
          path: [edge('authorising', 'unknown'), edge('unknown', 'reversing')],
          reason: `the bank's answer is not known: ${answer.why}`,
          facts: factsOf(parts, answer),
          ...firstReversal(parts, payment),
        }),
      );
      return reversing === undefined ? unresolved(payment) : giveBack(parts, reversing, plannedMs);
    }
    case 'approved': {
      const { authorisationCode, responseCode } = answer;
      // Before the write: who stands still while it is answered must not take it for just made.
      const leasedAtMs = parts.clock.monotonicMs();
      const delivering = await orUnresolved(parts, payment, () =>
        persist(parts, {
          payment,
          path: [edge('authorising', 'authorised'), edge('authorised', 'delivering')],
          facts: { authorisationCode, bankResponseCode: responseCode, approvedAt: parts.clock.now() },
          nextAttemptAt: inMs(parts, parts.policy.providerLeaseMs),
        }),
      );
      if (delivering === undefined) {
        // Another has taken it over, or it could not be stored: never deliver. A worker that reversed it
        // before the bank approved it would not know of this approval, so it is undone from here as well.
        parts.background.run(undoApproval(parts, payment, answer));
        return currentResult(parts, payment);
      }
      return deliver(parts, delivering as DeliveringPayment, leasedAtMs);
    }
  }
}

/** Returns what an answer that does not settle a purchase says of it all the same. */
function factsOf({ clock }: PaymentParts, answer: Extract<PurchaseAnswer, { outcome: 'unknown' }>): Facts {
  switch (answer.why) {
    case 'other-amount': {
      const { authorisationCode, responseCode } = answer;
      return { authorisationCode, bankResponseCode: responseCode, approvedAt: clock.now() };
    }
    case 'unknown-code':
    case 'undecided':
      return { bankResponseCode: answer.responseCode };
    case 'no-answer':
    case 'line-lost':
    case 'bad-answer':
      return {};
  }
}

/** Writes down the approval of a payment that another has, so that no worker believes it was never made; and undoes it. */
async function undoApproval(
  parts: PaymentParts,
  payment: Payment,
  { authorisationCode, responseCode }: BankApproval,
): Promise<void> {
  const receivedAt = parts.clock.now();
  const { rrn, terminalId, stan } = payment.trace;
  const answer = { rrn, terminalId, stan, approved: true, responseCode, authorisationCode, receivedAt };
  try {
    await noteLateAnswer(parts)(answer);
  } finally {
    await sendReversal(parts, { ...payment, authorisationCode, approvedAt: receivedAt });
  }
}

async function deliver(
  parts: PaymentParts,
  payment: DeliveringPayment,
  leasedAtMs: number,
): Promise<PaymentResult> {
  const answer = await orUnresolved(parts, payment, () => deliverOrder(parts, payment, leasedAtMs));
  if (answer === undefined || answer.outcome === 'unknown') {
    // The lease outlasts the caller's patience by little: a worker goes on asking.
    return unresolved(payment);
  }
  const answeredMs = parts.clock.monotonicMs();
  const recorded = await orUnresolved(parts, payment, () => recordDelivery(parts, payment, answer));
  if (recorded === undefined) {
    return currentResult(parts, payment);
  }
  return recorded.state === 'reversing' ? giveBack(parts, recorded, answeredMs) : resultOf(recorded);
}

/** Sends the reversal at once, behind the caller: that the money is back they hear on their next call. */
function giveBack(parts: PaymentParts, payment: Payment, plannedMs: number): PaymentResult {
  if (isReversing(payment)) {
    parts.background.run(reversePurchase(parts, payment, plannedMs));
  }
  return resultOf(payment);
}

/** Ends a payment of which nothing was taken. What cannot be written now is left to a worker. */
async function decline(
  parts: PaymentParts,
  payment: Payment,
  because: DeclinedBecause,
  responseCode: string | undefined,
): Promise<void> {
  await orUnresolved(parts, payment, () =>
    persist(parts, {
      payment,
      path: [edge('authorising', 'declined')],
      reason: because,
      facts: { declineReason: because, bankResponseCode: responseCode },
    }),
  );
}

/** Returns what was done, or undefined when another holds the payment or it could not be done at all. */
async function orUnresolved<T>(
  { log }: PaymentParts,
  payment: Payment,
  act: () => Promise<T | 'lost'>,
): Promise<T | undefined> {
  try {
    const result = await act();
    if (result === 'lost') {
      log.warn({ paymentId: payment.id }, 'a worker has taken this payment over');
      return undefined;
    }
    return result;
  } catch (error) {
    log.error({ err: error, paymentId: payment.id }, 'a payment is left to a worker');
    return undefined;
  }
}

async function currentResult(parts: PaymentParts, payment: Payment): Promise<PaymentResult> {
  const stored = await orUnresolved(parts, payment, () => parts.store.find(payment.id));
  return stored === undefined ? unresolved(payment) : resultOf(stored);
}

function resultOf(payment: Payment): PaymentResult {
  const reference = referenceOf(payment);
  switch (payment.state) {
    case 'completed':
      return { outcome: 'paid', reference };
    case 'unknown':
    case 'reversing':
    case 'reversed':
    case 'needs-operator':
    case 'late-reversing':
    case 'late-reversed':
      return { outcome: 'returning', reference };
    case 'declined':
      return { outcome: 'unavailable' };
    case 'created':
    case 'authorising':
    case 'authorised':
    case 'delivering':
      return { outcome: 'unresolved', reference };
  }
}

function unresolved(payment: Payment): PaymentResult {
  return { outcome: 'unresolved', reference: referenceOf(payment) };
}
