import { randomInt } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import type { Clock } from '../../clock.js';
import type { Database } from '../../database/database.js';
import { isDuplicateKey } from '../../database/database-error.js';
import { safeInteger } from '../../database/safe-integer.js';
import { CommitUnknown, inTransaction } from '../../database/transaction.js';
import type { Currency } from '../../money.js';
import { money } from '../../money.js';
import { readDetails } from '../stored-details.js';
import type { NewOrder, Order, OrderState, OrderStore } from './order.js';
import { isSameOrder, stateAt } from './order.js';

type StoredState = Exclude<OrderState, 'expired'>;

type OrderRow = {
  id: string;
  code: string;
  open_code: string | null;
  service: string;
  target: string;
  /** NULL in an order of the version before, which knew phones only. */
  details: unknown;
  amount_minor: unknown;
  currency: string;
  reference: string | null;
  note: string | null;
  created_by: string;
  idempotency_key: string;
  state: string;
  payment_id: string | null;
  created_at: Date;
  expires_at: Date;
  updated_at: Date;
};

type Prepared = Awaited<ReturnType<OrderStore['prepare']>>;

/** How many codes are tried: with half of all codes taken, one in a million orders finds none. */
const codeTries = 20;

export type OrderStoreOptions = {
  /** Returns six random digits. An order's code is no secret, but must not be guessed from another's. */
  readonly newCode?: () => string;
  readonly newId?: () => string;
};

/** Orders in MySQL. UNIQUE keys decide between preparers, conditional UPDATEs between everybody else. */
export class MysqlOrderStore implements OrderStore {
  readonly #database: Database;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #newCode: () => string;
  readonly #newId: () => string;
  /** What is being prepared in this process, by whom and under which key. */
  readonly #preparing = new Map<string, Promise<Prepared>>();

  constructor(
    database: Database,
    clock: Pick<Clock, 'now'>,
    { newCode = randomCode, newId = uuidV7 }: OrderStoreOptions = {},
  ) {
    this.#database = database;
    this.#clock = clock;
    this.#newCode = newCode;
    this.#newId = newId;
  }

  async prepare(order: NewOrder): Promise<Prepared> {
    const key = JSON.stringify([order.createdBy, order.idempotencyKey]);
    const running = this.#preparing.get(key);
    if (running !== undefined) {
      return this.#share(running, order);
    }
    const prepared = this.#prepare(order).finally(() => this.#preparing.delete(key));
    this.#preparing.set(key, prepared);
    return prepared;
  }

  /** Waits for the rival here that came first: an impatient preparer does not take every connection. */
  async #share(running: Promise<Prepared>, order: NewOrder): Promise<Prepared> {
    const prepared = await running;
    if (prepared.outcome !== 'other-order' && isSameOrder(prepared.order, order)) {
      return { outcome: 'was-prepared', order: prepared.order };
    }
    return this.#prepare(order);
  }

  async #prepare(order: NewOrder): Promise<Prepared> {
    for (let attempt = 1; attempt <= codeTries; attempt += 1) {
      // Before anything is written: most often a preparer who asks again asks for what is there.
      const known = await this.#known(order);
      if (known !== undefined) {
        return known;
      }
      const code = this.#newCode();
      await this.#freeExpired(code);
      const row = await this.#insert(order, code);
      if (row !== undefined) {
        return { outcome: 'prepared', order: this.#toOrder(row) };
      }
    }
    const known = await this.#known(order);
    if (known === undefined) {
      throw new Error(`no free code for an order in ${codeTries} tries`);
    }
    return known;
  }

  async find(id: string): Promise<Order | undefined> {
    return this.#first({ id });
  }

  async findByCode(code: string): Promise<Order | undefined> {
    const row = await this.#database('orders')
      .where({ code })
      // One that can be paid comes first, whatever the clocks of the nodes that prepared them said.
      .orderByRaw('open_code IS NULL, created_at DESC, id DESC')
      .first<OrderRow | undefined>('*');
    return row && this.#toOrder(row);
  }

  async cancel(id: string): Promise<Order | undefined> {
    const now = this.#clock.now();
    await this.#database('orders')
      .where({ id, state: 'open' })
      .where('expires_at', '>', now)
      .update({ state: 'cancelled', open_code: null, updated_at: now });
    return this.find(id);
  }

  /** Returns what the preparer's key was used for, or undefined when it is new. */
  async #known(order: NewOrder): Promise<Prepared | undefined> {
    const { createdBy: created_by, idempotencyKey: idempotency_key } = order;
    const known = await this.#first({ created_by, idempotency_key });
    if (known === undefined) {
      return undefined;
    }
    return isSameOrder(known, order) ? { outcome: 'was-prepared', order: known } : { outcome: 'other-order' };
  }

  /**
   * Returns the row, or undefined when the code or the key was taken meanwhile, or when it is not known whether
   * it was written: then the key tells.
   */
  async #insert(order: NewOrder, code: string): Promise<OrderRow | undefined> {
    const row = this.#toRow(order, code);
    try {
      // A transaction of its own: the server may pick one of many rivals for the same key as a deadlock's victim.
      await inTransaction(this.#database, async (transaction) => {
        await transaction('orders').insert(row);
      });
      return row;
    } catch (error) {
      if (isDuplicateKey(error) || error instanceof CommitUnknown) {
        return undefined;
      }
      throw error;
    }
  }

  /**
   * Lets go of a code whose order was not paid in time. It is found by a read that locks nothing: everybody
   * locks the row of an order before its codes, so none waits in a circle.
   */
  async #freeExpired(code: string): Promise<void> {
    const now = this.#clock.now();
    const expired = await this.#database('orders')
      .where({ open_code: code, state: 'open' })
      .where('expires_at', '<=', now)
      .first<{ id: string } | undefined>('id');
    if (expired !== undefined) {
      await this.#database('orders')
        .where({ id: expired.id, state: 'open' })
        .where('expires_at', '<=', now)
        .update({ open_code: null, updated_at: now });
    }
  }

  #toRow(order: NewOrder, code: string): OrderRow {
    const now = this.#clock.now();
    return {
      id: this.#newId(),
      code,
      open_code: code,
      service: order.service,
      target: order.target,
      details: JSON.stringify(order.details),
      amount_minor: order.amount.amountMinor,
      currency: order.amount.currency,
      reference: order.reference ?? null,
      note: order.note ?? null,
      created_by: order.createdBy,
      idempotency_key: order.idempotencyKey,
      state: 'open',
      payment_id: null,
      created_at: now,
      expires_at: order.expiresAt,
      updated_at: now,
    };
  }

  #toOrder(row: OrderRow): Order {
    return {
      id: row.id,
      code: row.code,
      service: row.service,
      target: row.target,
      details: readDetails(row),
      amount: money(safeInteger(row.amount_minor), row.currency as Currency),
      reference: row.reference ?? undefined,
      note: row.note ?? undefined,
      createdBy: row.created_by,
      state: stateAt(row.state as StoredState, row.expires_at, this.#clock.now()),
      paymentId: row.payment_id ?? undefined,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    };
  }

  async #first(
    where: { id: string } | { created_by: string; idempotency_key: string },
  ): Promise<Order | undefined> {
    const row = await this.#database('orders').where(where).first<OrderRow | undefined>('*');
    return row && this.#toOrder(row);
  }
}

function randomCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0');
}
