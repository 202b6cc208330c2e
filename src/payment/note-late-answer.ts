import { foundNothing } from '../bank/response-code.js';
import type { Payment } from './payment.js';
import { edge, holdsApproval } from './payment.js';
import type { PaymentParts } from './payment-parts.js';

/** An answer of the bank to a purchase that nobody waits for any more. */
export type LateAnswer = {
  /** Field 37: the payment's own, or one that the host has assigned. */
  readonly rrn: string | undefined;
  readonly terminalId: string;
  readonly stan: number | undefined;
  /** The card and the amount that it speaks of, where it names them: a trace number comes again the next day. */
  readonly pan?: string | undefined;
  readonly amountMinor?: number | undefined;
  readonly approved: boolean;
  readonly responseCode: string;
  /** Field 38 as it came. */
  readonly authorisationCode: string | undefined;
  readonly receivedAt: Date;
};

type LateParts = Pick<PaymentParts, 'store' | 'log' | 'onAlarm' | 'bankCard'>;

/** Others change the payment meanwhile only so often. */
const maxTries = 10;

/**
 * Returns what to do with late answers of the bank. A payment whose answer was not known in time is being reversed,
 * which undoes a late approval too; it is never delivered. That the bank approved it is written down, because then no
 * reversal may end with "there is no such purchase". A payment that has ended so, or as declined, is reversed once more.
 */
export function noteLateAnswer(parts: LateParts): (late: LateAnswer) => Promise<void> {
  const { log } = parts;
  return async (late) => {
    for (let tried = 1; tried <= maxTries; tried += 1) {
      const payment = await paymentOf(parts, late);
      if (payment === undefined) {
        const { rrn, responseCode } = late;
        log.warn({ rrn, responseCode }, 'a late answer of the bank names no payment');
        return;
      }
      const noted = late.approved ? await noteApproval(parts, payment, late) : payment;
      if (noted !== 'lost') {
        const { id: paymentId, state } = payment;
        log.info({ paymentId, state, responseCode: late.responseCode }, 'a late answer of the bank');
        return;
      }
    }
    log.error({ rrn: late.rrn }, 'a late approval of the bank could not be written down');
  };
}

/** A host that assigns field 37 names a payment by its trace number alone. */
async function paymentOf(parts: LateParts, late: LateAnswer): Promise<Payment | undefined> {
  const { rrn, terminalId, stan, receivedAt } = late;
  const named = rrn === undefined || rrn === '' ? undefined : await parts.store.findByRrn(rrn);
  if (named !== undefined || stan === undefined) {
    return named;
  }
  const sent = await parts.store.findByTrace({ terminalId, stan }, receivedAt);
  const ofCard = await sentWithCard(parts, sent, late.pan);
  // A partial approval names an amount that none was sent with.
  return ofCard.find(({ amount }) => amount.amountMinor === late.amountMinor) ?? ofCard[0];
}

/** Returns those that were sent with this card; all of them when the answer names none. */
async function sentWithCard(
  { bankCard }: LateParts,
  sent: readonly Payment[],
  pan: string | undefined,
): Promise<readonly Payment[]> {
  if (pan === undefined) {
    return sent;
  }
  const cards = await Promise.all(sent.map(async ({ cardId }) => bankCard(cardId)));
  return sent.filter((_, index) => cards[index]?.pan === pan);
}

/** Returns the payment as it is then; 'lost' when another has changed it meanwhile. */
async function noteApproval(
  { store, log, onAlarm }: LateParts,
  payment: Payment,
  { responseCode, authorisationCode, receivedAt: approvedAt }: LateAnswer,
): Promise<Payment | 'lost'> {
  const approval = { approvedAt, authorisationCode, bankResponseCode: responseCode };
  const { state } = payment;
  switch (state) {
    case 'created':
    case 'authorising':
    case 'unknown':
    case 'reversing':
    case 'needs-operator':
      return holdsApproval(payment) ? payment : store.noteApproval(payment, approval);
    case 'authorised':
    case 'delivering':
    case 'completed':
    case 'late-reversing':
    case 'late-reversed':
      return payment;
    case 'declined':
    case 'reversed': {
      if (state === 'reversed' && gaveBack(payment)) {
        return payment;
      }
      const changed = await store.change({
        payment,
        path: [
          state === 'declined' ? edge('declined', 'late-reversing') : edge('reversed', 'late-reversing'),
        ],
        at: approvedAt,
        reason: `the bank approved it with ${responseCode} after it had ended as ${state}`,
        facts: approval,
        attempts: 0,
        nextAttemptAt: approvedAt,
        operatorSince: approvedAt,
      });
      if (changed !== 'lost') {
        log.error(
          { paymentId: payment.id, state, responseCode },
          'the bank approved a payment after it had ended: it is reversed once more',
        );
        onAlarm?.('late-approval');
      }
      return changed;
    }
  }
}

/** True when the bank had the purchase and has given it back: a late approval of it is old news. */
function gaveBack(payment: Payment): boolean {
  return (
    holdsApproval(payment) || (payment.reversalCode !== undefined && !foundNothing(payment.reversalCode))
  );
}
