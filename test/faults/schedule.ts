import type { Cut } from '../support/cutting-proxy.js';

/** What the bank does to one request, as its simulator takes it. */
export type BankFault = {
  readonly fault: string;
  readonly delayMs?: number;
  readonly code?: string;
  readonly times?: number;
};
/** What the carrier does to one request, as its simulator takes it. */
export type CarrierFault = { readonly fault: string; readonly delayMs?: number; readonly times?: number };

export type PlannedPayment = {
  /** 0 or 1: the process that takes it. */
  readonly node: number;
  readonly atMs: number;
  readonly service: string;
  readonly amountMinor: number;
  readonly wrongPin?: boolean;
  readonly purchase?: BankFault | undefined;
  readonly reversal?: BankFault | undefined;
  readonly order?: CarrierFault | undefined;
  /** The prepared order that it pays, by a number; payments of one number are rivals for it. */
  readonly pays?: number | undefined;
};

export type PlannedEvent =
  /** The node's process kills itself at this point; the next one is started, and may have a kill of its own. */
  | { readonly what: 'kill'; readonly node: number; readonly point: number }
  /** It stands still at this point for a while. `replaced`: another process of the same node takes over. */
  | {
      readonly what: 'freeze';
      readonly node: number;
      readonly point: number;
      readonly forMs: number;
      readonly replaced: boolean;
      /** It stands still for longer than an order may be on its way: others take it for never sent. */
      readonly beyondGrace?: boolean;
    }
  /** The line to the database is cut around the COMMIT that passes after so many others. */
  | { readonly what: 'cut'; readonly after: number; readonly cut: Cut }
  | { readonly what: 'database-away' | 'bank-away'; readonly atMs: number; readonly forMs: number }
  /** The database server itself is killed when so many more COMMITs have reached it, and started again later. */
  | { readonly what: 'database-killed'; readonly after: number; readonly forMs: number }
  /** It writes nothing for a while; it takes no new connection; somebody holds the rows that all payments need. */
  | {
      readonly what: 'database-read-only' | 'database-full' | 'database-held';
      readonly atMs: number;
      readonly forMs: number;
    }
  | { readonly what: 'deadlock'; readonly atMs: number }
  /** The node's wall clock is so far from the others' from then on. */
  | { readonly what: 'clock'; readonly node: number; readonly atMs: number; readonly shiftMs: number }
  | { readonly what: 'look-up'; readonly fault: CarrierFault };

/** Everything that happens on one run, but for what the machine makes of it. */
export type Schedule = {
  readonly name: string;
  readonly payments: readonly PlannedPayment[];
  readonly events: readonly PlannedEvent[];
};

/** Returns numbers 0 ≤ x < 1 that the seed alone decides (mulberry32). */
function randomOf(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const bankFaults: readonly BankFault[] = [
  { fault: 'request-lost' },
  { fault: 'no-answer' },
  { fault: 'late-answer', delayMs: 380 },
  { fault: 'late-answer', delayMs: 700 },
  { fault: 'late-request', delayMs: 150 },
  { fault: 'late-request', delayMs: 450 },
  { fault: 'duplicate-answer' },
  { fault: 'wrong-stan' },
  { fault: 'wrong-amount' },
  { fault: 'bad-mac' },
  { fault: 'garbage' },
  { fault: 'half-frame' },
  { fault: 'drop-before' },
  { fault: 'drop-after' },
  { fault: 'respond', code: '51' },
  { fault: 'approve-as', code: '11' },
  { fault: 'approve-as', code: 'A4' },
  { fault: 'approve-as', code: 'Z9' },
  { fault: 'approve-as', code: '09' },
  { fault: 'partly' },
  { fault: 'no-authorisation' },
  { fault: 'blank-authorisation' },
];
export const reversalFaults: readonly BankFault[] = [
  { fault: 'request-lost' },
  { fault: 'no-answer', times: 2 },
  { fault: 'late-answer', delayMs: 380 },
  { fault: 'duplicate-answer' },
  { fault: 'drop-before' },
  { fault: 'drop-after' },
  { fault: 'bad-mac' },
  { fault: 'respond', code: '96' },
  { fault: 'respond', code: 'Z9' },
  { fault: 'respond', code: '09' },
  { fault: 'approve-as', code: '22' },
];
/** The reversal overtakes its purchase: the bank does not find it, and does it afterwards. */
export const overtaken: { readonly purchase: BankFault; readonly reversal: BankFault } = {
  purchase: { fault: 'late-request', delayMs: 700 },
  reversal: { fault: 'overtakes' },
};
/** The bank finds nothing for any reversal, also of the last one, and does the purchase after that: only its approval tells. */
export const neverFound: typeof overtaken = {
  purchase: { fault: 'late-request', delayMs: 3_000 },
  reversal: { fault: 'overtakes', times: 99 },
};
export const carrierFaults: readonly CarrierFault[] = [
  { fault: 'refuse' },
  { fault: 'accept-no-answer' },
  { fault: 'no-answer' },
  { fault: 'error-500' },
  { fault: 'slow', delayMs: 120 },
  { fault: 'slow', delayMs: 450 },
  { fault: 'answer-twice' },
  { fault: 'garbage' },
];
const lookUpFaults: readonly CarrierFault[] = [
  { fault: 'no-answer' },
  { fault: 'error-500', times: 3 },
  { fault: 'garbage', times: 2 },
  { fault: 'slow', delayMs: 300, times: 2 },
];

/** Returns the schedule of a seed: some payments on two nodes, and what befalls them. */
export function scheduleOf(seed: number): Schedule {
  const random = randomOf(seed);
  const chance = (probability: number): boolean => random() < probability;
  const upTo = (most: number): number => Math.floor(random() * most);
  const oneOf = <T>(all: readonly T[]): T => all[upTo(all.length)] as T;
  const payments = Array.from({ length: 2 + upTo(4) }, (_, index): PlannedPayment => {
    const purchase = chance(0.45) ? oneOf(bankFaults) : undefined;
    return {
      node: upTo(2),
      atMs: upTo(400),
      service: chance(0.5) ? 'recharge' : 'bill',
      amountMinor: 10_000 + (seed % 89) * 100 + index,
      wrongPin: chance(0.06),
      purchase,
      reversal: chance(0.3) ? oneOf(reversalFaults) : undefined,
      order: chance(0.35) ? oneOf(carrierFaults) : undefined,
      ...(chance(0.05) && overtaken),
    };
  });
  const events: PlannedEvent[] = [];
  for (const node of [0, 1]) {
    if (chance(0.35)) {
      events.push({ what: 'kill', node, point: 1 + upTo(45) });
      if (chance(0.35)) {
        events.push({ what: 'kill', node, point: 1 + upTo(20) });
      }
    } else if (chance(0.15)) {
      events.push({ what: 'freeze', node, point: 1 + upTo(40), forMs: 2_000, replaced: chance(0.6) });
    }
  }
  if (chance(0.3)) {
    events.push({ what: 'cut', after: upTo(10), cut: oneOf(['before-commit', 'after-commit']) });
  }
  if (chance(0.1)) {
    events.push({ what: 'database-away', atMs: upTo(500), forMs: 50 + upTo(400) });
  }
  if (chance(0.1)) {
    events.push({ what: 'bank-away', atMs: upTo(500), forMs: 50 + upTo(500) });
  }
  if (chance(0.1)) {
    events.push({ what: 'deadlock', atMs: upTo(300) });
  }
  if (chance(0.15)) {
    events.push({ what: 'look-up', fault: oneOf(lookUpFaults) });
  }
  if (chance(0.15)) {
    // An hour back, a little back, or into the next day.
    const shiftMs = oneOf([-3_600_000, -2_000, 86_400_000]);
    events.push({ what: 'clock', node: upTo(2), atMs: upTo(400), shiftMs });
  }
  if (chance(0.4)) {
    payments.push(...rivalsFor(payments, random));
  }
  return { name: `seed ${seed}`, payments, events };
}

/** Makes one of the payments pay a prepared order, and returns others that want to pay it too. */
function rivalsFor(payments: PlannedPayment[], random: () => number): readonly PlannedPayment[] {
  const index = Math.floor(random() * payments.length);
  const first = payments[index];
  if (first === undefined) {
    return [];
  }
  payments[index] = { ...first, pays: index };
  const { service, amountMinor, atMs } = first;
  const rival = (laterMs: number): PlannedPayment => ({
    ...{ node: random() < 0.5 ? 0 : 1, atMs: atMs + laterMs, service, amountMinor, pays: index },
  });
  // Together with the first; soon after it; and after it has failed, when it does.
  return [rival(Math.floor(random() * 20)), rival(Math.floor(random() * 300)), rival(700)];
}
