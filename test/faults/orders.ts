import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuidV7 } from 'uuid';
import type { Database } from '../../src/database/database.js';
import type { PlannedPayment } from './schedule.js';
import { phoneOf } from './simulators.js';
import type { Break } from './verdict.js';

const dayMs = 86_400_000;
const lookEveryMs = 40;
let codes = 0;

/** Prepares the orders that the payments are to pay. Returns their ids by the numbers of the plan. */
export async function prepareOrders(
  database: Database,
  payments: readonly PlannedPayment[],
): Promise<ReadonlyMap<number, string>> {
  const ids = new Map<number, string>();
  for (const { pays, service, amountMinor } of payments) {
    if (pays === undefined || ids.has(pays)) {
      continue;
    }
    const id = uuidV7();
    codes += 1;
    const code = String(codes % 1_000_000).padStart(6, '0');
    const now = new Date();
    await database('orders').insert({
      ...{ id, code, open_code: code, service, target: phoneOf(pays), amount_minor: amountMinor },
      ...{ currency: 'CNY', created_by: 'the harness', idempotency_key: id, state: 'open' },
      ...{ created_at: now, updated_at: now, expires_at: new Date(now.getTime() + 7 * dayMs) },
    });
    ids.set(pays, id);
  }
  return ids;
}

/** Numbers that the driver may give as text. */
type Seen = {
  readonly id: string;
  readonly state: string;
  readonly moving: unknown;
  readonly paid: unknown;
};

/**
 * Returns the orders that are not as their payments have them: at any moment one that is open has none that
 * could still take money, and one that is being paid, or is paid, has exactly one.
 */
export async function wrongOrders(database: Database, ids: readonly string[]): Promise<readonly Break[]> {
  if (ids.length === 0) {
    return [];
  }
  const [rows] = (await database.raw(
    `SELECT orders.id, orders.state, COUNT(payments.id) AS moving,
        COALESCE(SUM(payments.state = 'completed'), 0) AS paid
      FROM orders
      LEFT JOIN payments ON payments.order_id = orders.id AND payments.state NOT IN ('declined', 'reversed')
      WHERE orders.id IN (${ids.map(() => '?').join(', ')})
      GROUP BY orders.id, orders.state`,
    [...ids],
  )) as [Seen[]];
  return rows.flatMap(({ id, state, moving, paid }): Break[] => {
    const isRight =
      Number(moving) === (state === 'open' ? 0 : 1) && (state === 'paid') === (Number(paid) === 1);
    return isRight
      ? []
      : [
          {
            invariant: 'order',
            what: `order ${id} is ${state}; ${String(moving)} of its payments hold money or may, ${String(paid)} are completed`,
          },
        ];
  });
}

/** Orders that are looked at again and again; `stop` returns what was wrong with them at some moment. */
export type WatchedOrders = { readonly stop: () => Promise<readonly Break[]> };

export function watchOrders(database: Database, ids: readonly string[]): WatchedOrders {
  const stopped = new AbortController();
  const found = new Map<string, Break>();
  const look = async (): Promise<void> => {
    while (!stopped.signal.aborted && ids.length > 0) {
      try {
        for (const wrong of await wrongOrders(database, ids)) {
          found.set(wrong.what, wrong);
        }
      } catch {
        // The database is away, as planned: what is wrong for long is seen later.
      }
      await pause(lookEveryMs);
    }
  };
  const looking = look();
  return {
    stop: async () => {
      stopped.abort();
      await looking;
      return [...found.values()];
    },
  };
}
