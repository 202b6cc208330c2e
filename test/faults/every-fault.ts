import type { BankFault, PlannedPayment, Schedule } from './schedule.js';
import { bankFaults, carrierFaults, neverFound, overtaken, reversalFaults } from './schedule.js';

type Faults = Pick<PlannedPayment, 'purchase' | 'reversal' | 'order'>;

/** One payment for each of these faults, one after the other begun, in turns on both nodes. */
function each(name: string, all: readonly Faults[]): Schedule {
  const payments = all.map(
    (faults, index): PlannedPayment => ({
      node: index % 2,
      atMs: index * 30,
      service: index % 2 === 0 ? 'recharge' : 'bill',
      amountMinor: 20_000 + index,
      ...faults,
    }),
  );
  return { name, payments, events: [] };
}

/** Late answers would be lost with the line. */
function cutsLine({ fault }: BankFault): boolean {
  return /^(garbage|half-frame|drop-)/.test(fault);
}

/** A prepared order that payments on both nodes want to pay, begun at these moments. */
type Race = Faults & { readonly atMs: readonly number[] };

/** One order for each race; what goes wrong befalls whichever of its payments comes first. */
function races(name: string, all: readonly Race[]): Schedule {
  const payments = all.flatMap(({ atMs, ...faults }, race) => {
    const pays = all.slice(0, race).reduce((sum, before) => sum + before.atMs.length, 0);
    return atMs.map(
      (at, index): PlannedPayment => ({
        ...{ node: index % 2, atMs: at, service: 'recharge', amountMinor: 30_000 + race, pays },
        ...(index === 0 && faults),
      }),
    );
  });
  return { name, payments, events: [] };
}

/** Every way in which the first of several payments of one order can end, and not end for long. */
export const rivalsForOrders: Schedule = races('rivals for orders', [
  { atMs: [0, 0, 5, 10] },
  { atMs: [0, 0, 400, 800], purchase: { fault: 'respond', code: '51' } },
  { atMs: [0, 10, 200, 400, 900], purchase: { fault: 'no-answer' } },
  {
    ...{ atMs: [0, 10, 500, 700, 1_200], purchase: { fault: 'no-answer' } },
    reversal: { fault: 'no-answer', times: 2 },
  },
  {
    ...{ atMs: [0, 100, 300, 500, 900, 1_500], order: { fault: 'refuse' } },
    reversal: { fault: 'no-answer', times: 2 },
  },
  { atMs: [0, 200, 500, 1_000], order: { fault: 'accept-no-answer' } },
  { atMs: [0, 200, 500, 1_000], order: { fault: 'slow', delayMs: 450 } },
]);

/** So many calls stand at the PIN question of one card on two processes, and key wrong PINs in the same instant. */
export const guessesAtOnce: Schedule = {
  name: 'wrong PINs of one card at once',
  payments: Array.from({ length: 48 }, (_, index) => ({
    ...{ node: index % 2, atMs: 0, service: 'recharge', amountMinor: 60_000 + index, wrongPin: true },
  })),
  events: [],
};

/** Everything that the simulators of bank and carrier can do wrong, once each, and a payment without a fault. */
export const everyFault: readonly Schedule[] = [
  each('every fault of a purchase that leaves the line up', [
    {},
    ...bankFaults.filter((fault) => !cutsLine(fault)).map((purchase) => ({ purchase })),
  ]),
  each('every fault of a purchase that cuts the line', [
    {},
    ...bankFaults.filter(cutsLine).map((purchase) => ({ purchase })),
  ]),
  each('every fault of an order', [{}, ...carrierFaults.map((order) => ({ order }))]),
  each(
    'every fault of a reversal',
    reversalFaults.map((reversal) => ({ purchase: { fault: 'no-answer' }, reversal })),
  ),
  {
    name: 'refusals that carry the trace number of the next payment',
    payments: Array.from({ length: 8 }, (_, index) => ({
      ...{ node: 0, atMs: 0, service: 'recharge', amountMinor: 50_000 + index },
      ...(index % 2 === 0 && { wrongPin: true, purchase: { fault: 'wrong-stan' } }),
    })),
    events: [],
  },
  each('an answer that comes late, and a reversal', [
    // Before the time is up; while the reversal is on its way; after it was acknowledged; after it was refused.
    { purchase: { fault: 'late-answer', delayMs: 200 } },
    { purchase: { fault: 'late-answer', delayMs: 500 }, reversal: { fault: 'late-answer', delayMs: 300 } },
    { purchase: { fault: 'late-answer', delayMs: 700 } },
    { purchase: { fault: 'late-answer', delayMs: 600 }, reversal: { fault: 'respond', code: '40' } },
    { purchase: { fault: 'no-answer' }, reversal: { fault: 'respond', code: '40' } },
  ]),
  each('a reversal that overtakes its purchase, and one of each way to approve', [
    overtaken,
    {},
    overtaken,
    { purchase: { fault: 'no-authorisation' }, order: { fault: 'refuse' } },
    { purchase: { fault: 'blank-authorisation' }, order: { fault: 'refuse' } },
    { purchase: { fault: 'approve-as', code: '08' }, order: { fault: 'refuse' } },
    { purchase: { fault: 'partly' }, reversal: { fault: 'no-answer', times: 2 } },
  ]),
  each('a purchase that comes when no reversal of it is sent any more', [neverFound, {}, neverFound]),
  rivalsForOrders,
  guessesAtOnce,
];
