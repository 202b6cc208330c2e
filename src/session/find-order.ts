import type { OrderClosed, WorkOutcome } from '../dialogue/work.js';
import type { Order, OrderState } from '../payment/orders/order.js';
import { saleNamed } from '../services/service.js';
import { tryCode } from './enquiry-limits.js';
import type { Caller, OrderName, Services } from './services.js';

/** Why an order in this state cannot be paid; undefined: it can. */
const closedBecause = {
  open: undefined,
  paying: 'being-paid',
  paid: 'paid',
  cancelled: 'cancelled',
  expired: 'expired',
} as const satisfies Record<OrderState, OrderClosed | undefined>;

/** Returns the order with this name, whatever its state. */
export async function orderNamed(
  { orders }: Pick<Services, 'orders'>,
  name: OrderName,
): Promise<Order | undefined> {
  return 'id' in name ? orders.find(name.id) : orders.findByCode(name.code);
}

/** Returns what is to be paid under this name, or why nothing is. */
export async function performFindOrder(
  services: Pick<Services, 'orders' | 'catalogue'>,
  callerPhone: string | undefined,
  name: OrderName | undefined,
): Promise<WorkOutcome> {
  const order = name && (await orderNamed(services, name));
  if (order === undefined) {
    return { type: 'orderClosed', why: 'unknown' };
  }
  const { id: orderId, service, details, amount, state } = order;
  const why = closedBecause[state];
  if (why !== undefined) {
    return { type: 'orderClosed', why };
  }
  const sale = saleNamed(services.catalogue, service);
  if (sale.read(details).outcome === 'invalid') {
    // Prepared before the service's rules were what they are: nobody can be served with it.
    return { type: 'orderClosed', why: 'unknown' };
  }
  const purchase = sale.purchase({ details, amount, callerPhone });
  return { type: 'orderFound', order: { ...purchase, orderId } };
}

/**
 * Returns what is to be paid under a code that the caller keyed. Whoever keys a code may be guessing: one answer
 * for all under which nothing can be paid, be it unknown, paid, cancelled or expired.
 */
export async function findOrderByCode(
  services: Pick<Services, 'orders' | 'catalogue' | 'enquiries'>,
  { callerNumber }: Pick<Caller, 'callerNumber'>,
  code: string,
): Promise<WorkOutcome> {
  const tried = await tryCode(services.enquiries, callerNumber, async () => {
    const outcome = await performFindOrder(services, callerNumber, { code });
    return { outcome, isPayable: outcome.type === 'orderFound' };
  });
  if (tried === undefined) {
    return { type: 'unavailable' };
  }
  return tried.isPayable ? tried.outcome : { type: 'orderClosed', why: 'unknown' };
}

/** Returns why an order that could be paid a moment ago cannot be paid now. */
export async function whyClosed(
  { orders, log }: Pick<Services, 'orders' | 'log'>,
  orderId: string | undefined,
): Promise<OrderClosed> {
  try {
    const order = orderId === undefined ? undefined : await orders.find(orderId);
    return (order && closedBecause[order.state]) ?? 'unknown';
  } catch (error) {
    // Nothing was sent for it, which is what the caller must hear; the reason is a detail.
    log.error({ err: error }, 'an order could not be read');
    return 'unknown';
  }
}
