import type { Clock } from '../clock.js';
import type { Money } from '../money.js';
import type { Details } from '../provider/provider.js';
import type { Payment } from './payment.js';
import { isTerminal, referenceOf, toldByState } from './payment.js';
import type { DueNews, PaymentStore } from './payment-store.js';

/** One payment whose end the caller has not heard. */
type PaymentNews = {
  readonly service: string;
  readonly details: Details;
  readonly amount: Money;
  readonly outcome: 'paid' | 'returned' | 'being-returned' | 'not-known-yet';
  readonly reference: string;
};

/** What a caller has proved beside a number, which anybody can claim. */
export type Proof = {
  /** Cards whose PIN the bank has found right in this call. */
  readonly cardIds: readonly string[];
  /** True when one of them is bound to the number. */
  readonly ownsNumber: boolean;
};

const dayMs = 86_400_000;
/** Without proof an end is told in calls of so many days, then it stands in the history only. */
const daysToldUnproved = 3;
/** What nobody has called for is not told for ever. */
const longestDueMs = 30 * dayMs;

/** What callers are told of earlier payments. */
export type News = {
  /**
   * Returns the caller's payments whose end they have not heard, those told least first, then the oldest. A payment
   * of another call that still goes on is none: whoever makes it hears of it there.
   */
  readonly newsFor: (callerNumber: string, callId: string) => Promise<readonly PaymentNews[]>;
  /**
   * The caller has heard this to its end, in the call that paid or on a later one. It is used up when the caller
   * has proved to be who paid; otherwise it is told again, on three days at most. What was not final is told again until it
   * is. At most two writes.
   */
  readonly markHeard: (
    callerNumber: string,
    heard: readonly Pick<PaymentNews, 'reference' | 'outcome'>[],
    proof: Proof,
  ) => Promise<void>;
};

/** Returns the news of the store's payments. A payment that was declined is none: nothing was taken. */
export function paymentNews(store: PaymentStore, clock: Clock): News {
  return {
    newsFor: async (callerNumber, callId) => {
      const since = clock.now().getTime() - longestDueMs;
      return (await store.newsFor(callerNumber))
        .filter((due) => !due.isCallOpen || due.callId === callId)
        .filter(({ createdAt }) => createdAt.getTime() >= since)
        .toSorted((one, other) => one.timesTold - other.timesTold)
        .flatMap(toNews);
    },
    markHeard: async (callerNumber, heard, proof) => {
      const told = (await store.newsFor(callerNumber)).filter(
        (payment) =>
          isTerminal(payment.state) &&
          toNews(payment).some((news) =>
            heard.some(({ reference, outcome }) => reference === news.reference && outcome === news.outcome),
          ),
      );
      const isProved = ({ cardId }: DueNews) => proof.ownsNumber || proof.cardIds.includes(cardId);
      const proved = told.filter(isProved).map(({ id }) => id);
      const others = told.filter((payment) => !isProved(payment)).map(({ id }) => id);
      if (proved.length > 0) {
        await store.markHeard(proved);
      }
      if (others.length > 0) {
        const at = clock.now();
        const countedBefore = new Date(at.getTime() - dayMs);
        await store.countTold(others, { at, countedBefore, times: daysToldUnproved });
      }
    },
  };
}

function toNews(payment: Payment): PaymentNews[] {
  const outcome = toldByState[payment.state];
  if (outcome === 'not-paid') {
    return [];
  }
  const { service, details, amount } = payment;
  return [{ service, details, amount, outcome, reference: referenceOf(payment) }];
}
