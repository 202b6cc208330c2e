/** What is said of a purchase and of an order, wherever one is paid: through the menus, or with an agent on the line. */
import { says } from '../prompt.js';
import type { Purchase } from '../purchase.js';
import { asCard, type Said, saysAll, saysGiven, saysOneOf } from '../said.js';
import type { CardChoice, OrderClosed } from '../work.js';

/** Says what the caller is asked to pay, before anything is asked of them. */
export function announcesOrder<C>(purchase: (context: C) => Purchase): Said<C> {
  return saysGiven((context) => purchase(context).words.announced);
}

/** Reads back what is to be paid and with which card, before it is confirmed. */
export function readsBack<C>(
  paid: (context: C) => { readonly purchase: Purchase; readonly card: CardChoice },
): Said<C> {
  return saysAll(
    saysGiven((context: C) => paid(context).purchase.words.readBack),
    says('card.read-back', (context: C) => ({ card: asCard(paid(context).card) })),
  );
}

/** Says why an order cannot be paid. */
export function saysWhyClosed<C>(why: (context: C) => OrderClosed): Said<C> {
  return saysOneOf<C, OrderClosed>(
    {
      unknown: says('order.unknown'),
      paid: says('order.paid'),
      'being-paid': says('order.being-paid'),
      cancelled: says('order.cancelled'),
      expired: says('order.expired'),
    },
    why,
  );
}
