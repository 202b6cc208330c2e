/** What is said of an order, wherever one is paid: through the menus, or while an agent stays on the line. */
import { asCard, asMoney, asPhone, type Said, says, saysOneOf } from '../prompt.js';
import type { CardChoice, OrderClosed, OrderToPay } from '../work.js';

/** What an order pays, and whose phone is calling. */
type Paid = Pick<OrderToPay, 'service' | 'phone' | 'amount'> & { readonly callerPhone: string | undefined };

const what = ({ amount, phone, callerPhone }: Paid) => ({
  amount: asMoney(amount),
  phone: asPhone(phone, callerPhone),
});

/** Says what the caller is asked to pay, before anything is asked of them. */
export function announcesOrder<C>(paid: (context: C) => Paid): Said<C> {
  const values = (context: C) => what(paid(context));
  return saysOneOf(
    { recharge: says('order.recharge', values), bill: says('order.bill', values) },
    (context: C) => paid(context).service,
  );
}

/** Asks whether the order is to be paid: what it is, with which card, and the keys. */
export function asksToPayOrder<C>(paid: (context: C) => Paid & { readonly card: CardChoice }): Said<C> {
  const values = (context: C) => ({ ...what(paid(context)), card: asCard(paid(context).card) });
  return saysOneOf(
    { recharge: says('order.confirm-recharge', values), bill: says('order.confirm-bill', values) },
    (context: C) => paid(context).service,
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
