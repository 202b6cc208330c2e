import { orderAfter } from '../payment/consequences.js';
import type { OrderStore } from '../payment/orders/order.js';
import type { Edge, Payment } from '../payment/payment.js';
import { isTerminal } from '../payment/payment.js';
import type { PaymentStore } from '../payment/payment-store.js';
import type { Metrics } from './metrics.js';

type Figures = Pick<Metrics, 'paymentEntered' | 'paymentEnded' | 'orderEntered'>;

/**
 * Returns the store; the states that payments and their orders enter are counted. A write that is made again
 * after its answer was lost counts twice: these are figures, not books.
 */
export function countedPayments(store: PaymentStore, figures: Figures): PaymentStore {
  return {
    begin: async (payment) => {
      const begun = await store.begin(payment);
      if (begun !== 'order-closed') {
        figures.paymentEntered('authorising');
        if (begun.orderId !== undefined) {
          figures.orderEntered('paying');
        }
      }
      return begun;
    },
    change: async (change) => {
      const changed = await store.change(change);
      if (changed !== 'lost') {
        count(figures, changed, change.path);
      }
      return changed;
    },
    postpone: (payment, to) => store.postpone(payment, to),
    noteApproval: (payment, approval) => store.noteApproval(payment, approval),
    find: (id) => store.find(id),
    findByRrn: (rrn) => store.findByRrn(rrn),
    findByTrace: (trace, at) => store.findByTrace(trace, at),
    due: (query) => store.due(query),
    claim: (payment, claim) => store.claim(payment, claim),
    release: (node, owner, now) => store.release(node, owner, now),
    spent: (by, since, except) => store.spent(by, since, except),
    findSame: (same) => store.findSame(same),
    newsFor: (callerNumber) => store.newsFor(callerNumber),
    markHeard: (ids) => store.markHeard(ids),
    countTold: (ids, how) => store.countTold(ids, how),
  };
}

function count(figures: Figures, payment: Payment, path: readonly Edge[]): void {
  for (const { to } of path) {
    figures.paymentEntered(to);
    if (isTerminal(to)) {
      figures.paymentEnded(to, (payment.updatedAt.getTime() - payment.createdAt.getTime()) / 1000);
    }
  }
  const order = orderAfter(path);
  if (payment.orderId !== undefined && order !== undefined) {
    figures.orderEntered(order);
  }
}

/** Returns the store; orders that are prepared and cancelled are counted. */
export function countedOrders(
  orders: OrderStore,
  { orderEntered }: Pick<Figures, 'orderEntered'>,
): OrderStore {
  return {
    prepare: async (order) => {
      const answer = await orders.prepare(order);
      if (answer.outcome === 'prepared') {
        orderEntered('open');
      }
      return answer;
    },
    find: (id) => orders.find(id),
    findByCode: (code) => orders.findByCode(code),
    cancel: async (id) => {
      const order = await orders.cancel(id);
      if (order?.state === 'cancelled') {
        orderEntered('cancelled');
      }
      return order;
    },
  };
}
