import type { Money } from '../money.js';
import type { Payment } from './payment.js';
import { isTerminal, referenceOf, toldByState } from './payment.js';
import type { PaymentStore } from './payment-store.js';

/** One payment whose end the caller has not heard. */
type PaymentNews = {
  readonly service: string;
  readonly phone: string;
  readonly amount: Money;
  readonly outcome: 'paid' | 'returned' | 'being-returned' | 'not-known-yet';
  readonly reference: string;
};

/** What callers are told of earlier payments. */
export type News = {
  /** Returns the caller's payments whose end they have not heard, oldest first. */
  readonly newsFor: (callerNumber: string) => Promise<readonly PaymentNews[]>;
  /**
   * The caller has heard this, in the call that paid or on a later one. What was not final is told again until
   * it is. At most one write.
   */
  readonly markHeard: (
    callerNumber: string,
    heard: readonly Pick<PaymentNews, 'reference' | 'outcome'>[],
  ) => Promise<void>;
};

/** Returns the news of the store's payments. A payment that was declined is none: nothing was taken. */
export function paymentNews(store: PaymentStore): News {
  return {
    newsFor: async (callerNumber) => (await store.newsFor(callerNumber)).flatMap(toNews),
    markHeard: async (callerNumber, heard) => {
      const told = (await store.newsFor(callerNumber)).filter(
        (payment) =>
          isTerminal(payment.state) &&
          toNews(payment).some((news) =>
            heard.some(({ reference, outcome }) => reference === news.reference && outcome === news.outcome),
          ),
      );
      if (told.length > 0) {
        await store.markHeard(told.map(({ id }) => id));
      }
    },
  };
}

function toNews(payment: Payment): PaymentNews[] {
  const outcome = toldByState[payment.state];
  if (outcome === 'not-paid') {
    return [];
  }
  const { service, target, amount } = payment;
  return [{ service, phone: target, amount, outcome, reference: referenceOf(payment) }];
}
