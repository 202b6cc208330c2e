import type { DeliveringPayment } from './deliver-order.js';
import { isOfOtherAmount, recordDelivery } from './deliver-order.js';
import type { Payment } from './payment.js';
import { edge } from './payment.js';
import type { PaymentParts } from './payment-parts.js';
import { inMs, ownerOf } from './payment-parts.js';
import { backOffMs } from './payment-policy.js';
import type { Path } from './payment-store.js';
import { needsBank } from './payment-store.js';
import { firstReversal, persist } from './persist.js';
import { checkReversed, isReversing, reversePurchase } from './reverse-purchase.js';
import { WorkLanes } from './work-lanes.js';
import { worker } from './worker.js';

/** How many payments one pass looks at. */
const batch = 500;
/** The lane of what needs no bank line; the others have the names of their terminals. */
const withoutBank = '';

/** Finishes the payments that nobody is working on any more: several may run at once on one database. */
export type Resolver = {
  /** Takes over at once what an earlier process of this node left, then works until stopped. */
  readonly start: () => Promise<void>;
  /** Resolves when the work in hand is done. */
  readonly stop: () => Promise<void>;
  /** Makes one pass over what is due; returns how many payments it worked on. */
  readonly resolveOnce: () => Promise<number>;
};

/** Returns the worker that resolves unresolved payments: it reverses, asks the provider, or calls a person. */
export function resolveUnresolved(parts: PaymentParts): Resolver {
  // When each order was first reported as never seen, on this process's monotonic clock: a step of the wall
  // clock, or a restart, must never shorten the grace.
  const neverSeenSinceMs = new Map<string, number>();
  let worked = 0;
  const lanes = new WorkLanes<Payment>(async (payment) => {
    if (await resolveOne(parts, payment, neverSeenSinceMs)) {
      worked += 1;
    }
  });
  /** Takes up what is due, and does not wait for it: a silent bank must not hold up what needs no bank. */
  const pass = async (stopping?: AbortSignal): Promise<void> => {
    const { store, clock, policy, bank, providers } = parts;
    const longestMs = Math.max(policy.backOffLongestMs, policy.bankLeaseMs, policy.providerLeaseMs);
    const due = await store.due({
      now: clock.now(),
      horizon: inMs(parts, 2 * longestMs),
      terminals: bank.reversibleTerminals,
      providers: providers.ids,
      strandedBefore: inMs(parts, -policy.strandedAfterMs),
      limit: batch,
    });
    if (stopping?.aborted === true) {
      return;
    }
    for (const [lane, payments] of inLanes(due)) {
      lanes.give(lane, payments, lane === withoutBank ? policy.lookUpsAtOnce : policy.reversalsAtOnce);
    }
  };

  const release = async (): Promise<boolean> => {
    try {
      const count = await parts.store.release(parts.node, ownerOf(parts), parts.clock.now());
      parts.log.info({ count }, 'took over what an earlier process left');
      return true;
    } catch (error) {
      parts.log.error({ err: error }, 'what an earlier process left could not be taken over yet');
      return false;
    }
  };

  let released = false;
  const passes = worker(
    async (stopping) => {
      if (!released) {
        released = await release();
      }
      await pass(stopping);
    },
    { pollMs: parts.policy.pollMs, wait: parts.wait, log: parts.log, name: 'unresolved payments' },
  );
  return {
    start: async () => {
      released = await release();
      passes.start();
    },
    stop: async () => {
      await passes.stop();
      lanes.forget();
      await lanes.idle();
    },
    resolveOnce: async () => {
      worked = 0;
      await pass();
      await lanes.idle();
      return worked;
    },
  };
}

/**
 * Groups by terminal what needs the bank. In each lane what was tried less comes first, so that what the bank does
 * not answer holds up nothing; among those the earlier purchase.
 */
function inLanes(payments: readonly Payment[]): ReadonlyMap<string, Payment[]> {
  const lanes = new Map<string, Payment[]>();
  for (const payment of payments) {
    const name = needsBank(payment.state) ? payment.trace.terminalId : withoutBank;
    const lane = lanes.get(name) ?? [];
    lane.push(payment);
    lanes.set(name, lane);
  }
  for (const lane of lanes.values()) {
    lane.sort(
      (a, b) => a.attempts - b.attempts || a.trace.transmittedAt.getTime() - b.trace.transmittedAt.getTime(),
    );
  }
  return lanes;
}

/** Claims the payment and takes its next step. Returns whether it was this worker's to do. */
async function resolveOne(
  parts: PaymentParts,
  due: Payment,
  neverSeenSinceMs: Map<string, number>,
): Promise<boolean> {
  const { store, log, clock, policy } = parts;
  try {
    if (!canTakeNextStep(parts, due)) {
      // A try from here is none: it stays due for the process that has the terminal, or knows the provider.
      await callOperatorWhenStranded(parts, due);
      return false;
    }
    const leaseMs = due.state === 'delivering' ? policy.askLeaseMs : policy.bankLeaseMs;
    const plannedMs = clock.monotonicMs();
    const payment = await store.claim(due, {
      owner: ownerOf(parts),
      until: inMs(parts, Math.max(leaseMs, backOffMs(policy, due.attempts + 1))),
      at: clock.now(),
    });
    if (payment === 'lost') {
      return false;
    }
    await step(parts, payment, plannedMs, neverSeenSinceMs);
    return true;
  } catch (error) {
    log.error({ err: error, paymentId: due.id }, 'a payment could not be resolved now');
    return true;
  }
}

/** A reversal needs the line of its purchase's terminal, and an order its own provider: no other can stand in. */
function canTakeNextStep({ bank, providers }: PaymentParts, { state, trace, provider }: Payment): boolean {
  return needsBank(state)
    ? bank.reversibleTerminals.includes(trace.terminalId)
    : state !== 'delivering' || providers.find(provider) !== undefined;
}

/** Tells a person of a payment whose next step no process could take for long: no number of tries would. */
async function callOperatorWhenStranded(parts: PaymentParts, due: Payment): Promise<void> {
  const { store, log, clock, policy } = parts;
  const { id, state, trace, provider, nextAttemptAt, operatorSince } = due;
  if (
    operatorSince === undefined &&
    nextAttemptAt !== undefined &&
    nextAttemptAt <= inMs(parts, -policy.strandedAfterMs)
  ) {
    if (state === 'delivering') {
      log.error({ paymentId: id, providerId: provider }, 'nobody knows the provider of a payment');
    } else {
      log.error({ paymentId: id, terminalId: trace.terminalId }, 'nobody can send the reversal of a payment');
    }
    const at = clock.now();
    await store.postpone(due, { nextAttemptAt, operatorSince: at, at });
  }
}

async function step(
  parts: PaymentParts,
  payment: Payment,
  plannedMs: number,
  neverSeenSinceMs: Map<string, number>,
): Promise<void> {
  const { state } = payment;
  switch (state) {
    case 'created':
      // Stored, and its process died before it could send.
      await persist(parts, {
        payment,
        path: [edge('created', 'authorising'), edge('authorising', 'declined')],
        reason: 'never sent',
        facts: { declineReason: 'not-sent' },
      });
      return;
    case 'authorising':
      return reverse(parts, payment, [edge('authorising', 'unknown'), edge('unknown', 'reversing')]);
    case 'unknown':
      return reverse(parts, payment, [edge('unknown', 'reversing')]);
    case 'authorised':
      return reverse(parts, payment, [edge('authorised', 'reversing')]);
    case 'delivering':
      return askProvider(parts, { ...payment, state }, neverSeenSinceMs);
    case 'reversing':
    case 'needs-operator':
    case 'late-reversing':
      await reversePurchase(parts, { ...payment, state }, plannedMs);
      return;
    case 'reversed':
      return checkReversed(parts, { ...payment, state });
    case 'completed':
    case 'declined':
    case 'late-reversed':
      return;
  }
}

async function reverse(parts: PaymentParts, payment: Payment, path: Path): Promise<void> {
  const plannedMs = parts.clock.monotonicMs();
  const reversing = await persist(parts, {
    payment,
    path,
    reason: 'its process left it unfinished',
    ...firstReversal(parts, payment),
  });
  await reverseNow(parts, reversing, plannedMs);
}

async function reverseNow(parts: PaymentParts, payment: Payment | 'lost', plannedMs: number): Promise<void> {
  if (payment !== 'lost' && isReversing(payment)) {
    await reversePurchase(parts, payment, plannedMs);
  }
}

/** Asks the payment's own provider what became of the order. It is never sent again from here. */
async function askProvider(
  parts: PaymentParts,
  payment: DeliveringPayment,
  neverSeenSinceMs: Map<string, number>,
): Promise<void> {
  const { providers, clock, policy, log } = parts;
  const provider = providers.find(payment.provider);
  if (provider === undefined) {
    return;
  }
  const answer = await provider.lookUp(payment.id);
  if (answer.outcome === 'never-seen') {
    const nowMs = clock.monotonicMs();
    const sinceMs = neverSeenSinceMs.get(payment.id) ?? nowMs;
    neverSeenSinceMs.set(payment.id, sinceMs);
    if (nowMs - sinceMs < policy.neverSeenGraceMs) {
      // It may still be on its way there.
      return;
    }
  }
  neverSeenSinceMs.delete(payment.id);
  if (answer.outcome === 'unknown') {
    if (payment.attempts >= policy.triesBeforeOperator && payment.operatorSince === undefined) {
      log.error({ paymentId: payment.id }, 'the provider does not say what became of an order');
      await callOperatorWhileTrying(parts, payment);
    }
    return;
  }
  if (isOfOtherAmount(payment, answer)) {
    log.error({ paymentId: payment.id }, 'the provider accepted another amount than was ordered');
    await callOperatorWhileTrying(parts, payment);
    return;
  }
  const plannedMs = clock.monotonicMs();
  await reverseNow(parts, await recordDelivery(parts, payment, answer), plannedMs);
}

/** A person must look; tries go on meanwhile, since the provider may put it right. */
async function callOperatorWhileTrying({ store, clock }: PaymentParts, payment: Payment): Promise<void> {
  if (payment.operatorSince === undefined) {
    const at = clock.now();
    await store.postpone(payment, { nextAttemptAt: payment.nextAttemptAt, operatorSince: at, at });
  }
}
