/** What is said of a payment and of an order, wherever one is paid: through the menus, or with an agent on the line. */
import { asCard, asMoney, asPhone, type Said, says, saysAll, saysOneOf } from '../prompt.js';
import type { CardChoice, OrderClosed, OrderToPay } from '../work.js';

/** What is paid, and whose phone is calling. */
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

/** Reads back what is to be paid and with which card, before it is confirmed. */
export function readsBack<C>(paid: (context: C) => Paid & { readonly card: CardChoice }): Said<C> {
  const values = (context: C) => what(paid(context));
  return saysAll(
    saysOneOf(
      { recharge: says('recharge.read-back', values), bill: says('bill.read-back', values) },
      (context: C) => paid(context).service,
    ),
    says('card.read-back', (context) => ({ card: asCard(paid(context).card) })),
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
