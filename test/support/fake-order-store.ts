import { randomInt } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import type { Clock } from '../../src/clock.js';
import type { OrderAfter } from '../../src/payment/consequences.js';
import type { NewOrder, Order, OrderState, OrderStore } from '../../src/payment/orders/order.js';
import { isSameOrder, stateAt } from '../../src/payment/orders/order.js';
import type { NewPayment } from '../../src/payment/payment-store.js';
import { FakeClock } from './fake-clock.js';

type StoredOrder = Omit<Order, 'state'> & {
  readonly state: Exclude<OrderState, 'expired'>;
  readonly idempotencyKey: string;
};

/** Orders in memory, held to the same contract as the real store. `FakePaymentStore` pays them. */
export class FakeOrderStore implements OrderStore {
  readonly #orders = new Map<string, StoredOrder>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #newCode: () => string;

  constructor(clock: Pick<Clock, 'now'> = new FakeClock(), newCode: () => string = randomCode) {
    this.#clock = clock;
    this.#newCode = newCode;
  }

  async prepare(order: NewOrder) {
    const known = [...this.#orders.values()].find(
      ({ createdBy, idempotencyKey }) =>
        createdBy === order.createdBy && idempotencyKey === order.idempotencyKey,
    );
    if (known !== undefined) {
      const shown = this.#shown(known);
      return isSameOrder(shown, order)
        ? ({ outcome: 'was-prepared', order: shown } as const)
        : ({ outcome: 'other-order' } as const);
    }
    for (let attempt = 1; attempt <= 20; attempt += 1) {
      const code = this.#newCode();
      if (![...this.#orders.values()].some((each) => each.code === code && this.#holdsCode(each))) {
        const made: StoredOrder = {
          ...order,
          ...{ id: uuidV7(), code, state: 'open', paymentId: undefined, createdAt: this.#clock.now() },
        };
        this.#orders.set(made.id, made);
        return { outcome: 'prepared', order: this.#shown(made) } as const;
      }
    }
    throw new Error('no free code for an order');
  }

  async find(id: string): Promise<Order | undefined> {
    const stored = this.#orders.get(id);
    return stored && this.#shown(stored);
  }

  async findByCode(code: string): Promise<Order | undefined> {
    const latest = [...this.#orders.values()].filter((order) => order.code === code).at(-1);
    return latest && this.#shown(latest);
  }

  async cancel(id: string): Promise<Order | undefined> {
    const stored = this.#orders.get(id);
    if (stored !== undefined && this.#shown(stored).state === 'open') {
      this.#orders.set(id, { ...stored, state: 'cancelled' });
    }
    return this.find(id);
  }

  /** What a store of payments does as one begins: false when the order cannot be paid with it. */
  take({ id, orderId, service, target, amount, at }: NewPayment): boolean {
    const order = orderId === undefined ? undefined : this.#orders.get(orderId);
    const isItsOwn =
      order?.service === service &&
      order.target === target &&
      order.amount.amountMinor === amount.amountMinor;
    if (order === undefined || !isItsOwn || stateAt(order.state, order.expiresAt, at) !== 'open') {
      return false;
    }
    this.#orders.set(order.id, { ...order, state: 'paying', paymentId: id });
    return true;
  }

  /** What a store of payments does as one ends. */
  move(payment: { readonly id: string; readonly orderId?: string | undefined }, to: OrderAfter): void {
    const order = payment.orderId === undefined ? undefined : this.#orders.get(payment.orderId);
    if (order?.state === 'paying' && order.paymentId === payment.id) {
      this.#orders.set(order.id, { ...order, state: to });
    }
  }

  #holdsCode(order: StoredOrder): boolean {
    return ['open', 'paying'].includes(this.#shown(order).state);
  }

  #shown({ idempotencyKey: _key, ...order }: StoredOrder): Order {
    return { ...order, state: stateAt(order.state, order.expiresAt, this.#clock.now()) };
  }
}

function randomCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0');
}
