import type { BankFault, PlannedPayment, Schedule } from './schedule.js';
import { bankFaults, carrierFaults, reversalFaults } from './schedule.js';

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
];
