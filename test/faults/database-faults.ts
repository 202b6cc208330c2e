import type { PlannedEvent, PlannedPayment, Schedule } from './schedule.js';
import { scheduleOf } from './schedule.js';

/** Payments on both nodes, begun one after the other, some of which have other misfortunes. */
function payments(count: number, everyMs: number): PlannedPayment[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ node: index % 2, atMs: index * everyMs, amountMinor: 40_000 + index },
    service: index % 2 === 0 ? 'recharge' : 'bill',
    ...(index % 5 === 1 && { purchase: { fault: 'no-answer' } }),
    ...(index % 5 === 3 && { order: { fault: 'accept-no-answer' } }),
    ...(index % 5 === 4 && { order: { fault: 'refuse' } }),
  }));
}

const kill = (after: number): Schedule => ({
  name: `the database is killed at COMMIT ${after + 1}`,
  payments: payments(6, 40),
  events: [{ what: 'database-killed', after, forMs: 300 }],
});

/** What a database server can do to payments: it needs a lane with a server of its own. */
export const everyDatabaseFault: readonly Schedule[] = [
  ...[2, 7, 13].map(kill),
  {
    name: 'the database writes nothing for a while',
    payments: payments(12, 80),
    events: [{ what: 'database-read-only', atMs: 200, forMs: 900 }],
  },
  {
    name: 'the database takes no connection for a while',
    payments: payments(12, 80),
    events: [{ what: 'database-full', atMs: 200, forMs: 900 }],
  },
  {
    // More than a pool holds, all waiting for the same rows: those behind them wait for a connection.
    name: 'every connection of a process waits',
    payments: payments(40, 5).map((payment) => ({ ...payment, node: 0 })),
    events: [{ what: 'database-held', atMs: 60, forMs: 6_500 }],
  },
];

/** Returns the schedule of a seed with one fault of the database server besides. */
export function databaseScheduleOf(seed: number): Schedule {
  const { name, payments: planned, events } = scheduleOf(seed);
  const atMs = (seed * 37) % 400;
  const faults: readonly PlannedEvent[] = [
    { what: 'database-killed', after: (seed * 7) % 20, forMs: (seed * 31) % 900 },
    { what: 'database-read-only', atMs, forMs: 200 + ((seed * 53) % 900) },
    { what: 'database-full', atMs, forMs: 200 + ((seed * 53) % 900) },
    { what: 'database-held', atMs, forMs: 500 + ((seed * 101) % 3_500) },
  ];
  const fault = faults[seed % faults.length];
  return {
    name: `${name}, with the database server’s faults`,
    payments: planned,
    events: fault === undefined ? events : [...events, fault],
  };
}
