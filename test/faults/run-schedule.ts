import { statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuidV7 } from 'uuid';
import { systemClock } from '../../src/clock.js';
import { happen } from './happen.js';
import { type Lane, wrongPinsAllowed } from './lane.js';
import type { Nodes } from './nodes.js';
import type { WatchedOrders } from './orders.js';
import { prepareOrders, watchOrders, wrongOrders } from './orders.js';
import { payCommand } from './pay-command.js';
import type { PayerProcess, Reached, Told } from './payer-process.js';
import type { PlannedEvent, PlannedPayment, Schedule } from './schedule.js';
import { phoneOf } from './simulators.js';
import type { Break, ToldPayment } from './verdict.js';
import { audited, paidTooEarly, tooManyWrongPins } from './verdict.js';

/** What a run showed. */
export type Outcome = {
  readonly schedule: Schedule;
  readonly breaks: readonly Break[];
  readonly told: readonly Told[];
  /** Each doom that was met, in order. */
  readonly reached: readonly Reached[];
  readonly cuts: number;
  readonly deadlocks: number;
  /** The points that each node's last process passed. */
  readonly points: readonly (readonly string[])[];
};

type Doomed = Extract<PlannedEvent, { what: 'kill' | 'freeze' }>;

/** What waits for ever is found by any patience; a machine that is busy needs a long one. */
const callerPatienceMs = 60_000;
const usualSettleMs = 120_000;
/** No run takes so long, unless something waits for ever. */
const longestMs = 400_000;
/** A request that the bank was late with has come so long after its delay. */
const lateMs = 50;
/** While a process may stand still, nobody takes a long silence for an answer: as the real times have it. */
const patientGraceMs = 5_000;
const usualGraceMs = 700;

/** Runs a schedule in a lane and judges what it left. The lane is healed at the end, and the nodes live. */
export async function runSchedule(
  lane: Lane,
  nodes: Nodes,
  schedule: Schedule,
  settleMs: number = usualSettleMs,
): Promise<Outcome> {
  const run = new Run(lane, nodes, schedule, settleMs);
  const over = new AbortController();
  const late = pause(longestMs, undefined, { signal: over.signal }).then(
    () => run.abandon(),
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([run.outcome(), late]);
  } finally {
    over.abort();
  }
}

class Run {
  readonly #lane: Lane;
  readonly #nodes: Nodes;
  readonly #schedule: Schedule;
  readonly #settleMs: number;
  readonly #payments: ToldPayment[] = [];
  readonly #breaks: Break[] = [];
  readonly #reached: Reached[] = [];
  readonly #dooms: readonly Doomed[][];
  /** Processes that were frozen, and then replaced: they are ended with the run. */
  readonly #woken = new Set<PayerProcess>();
  readonly #restarts = new Set<Promise<void>>();
  #isOver = false;
  #points: readonly (readonly string[])[] = [];
  #deadlocks = 0;
  #bankJournalBytes = 0;
  #orders: ReadonlyMap<number, string> = new Map();
  #watchedOrders: WatchedOrders | undefined;

  constructor(lane: Lane, nodes: Nodes, schedule: Schedule, settleMs: number) {
    this.#lane = lane;
    this.#nodes = nodes;
    this.#schedule = schedule;
    this.#settleMs = settleMs;
    const dooms = schedule.events.filter((event) => event.what === 'kill' || event.what === 'freeze');
    this.#dooms = [0, 1].map((node) => dooms.filter((doom) => doom.node === node));
  }

  async outcome(): Promise<Outcome> {
    const { payments } = this.#schedule;
    const cutsBefore = this.#lane.proxy.cuts;
    await this.#prepare();
    const { database } = this.#lane;
    this.#orders = await prepareOrders(database, payments);
    const orders = [...this.#orders.values()];
    this.#watchedOrders = watchOrders(database, orders);
    try {
      await this.#happen();
    } finally {
      this.#breaks.push(...(await this.#watchedOrders.stop()));
    }
    await this.#lane.heal();
    const found = [
      ...(await audited(this.#lane, this.#payments)),
      ...(await wrongOrders(database, orders)),
      ...tooManyWrongPins(this.#lane.journals.bank, this.#bankJournalBytes, wrongPinsAllowed),
    ];
    return this.#outcomeWith(found, this.#lane.proxy.cuts - cutsBefore);
  }

  /** Ends a run that hangs: nothing is judged but that. Its processes must be ended afterwards. */
  async abandon(): Promise<Outcome> {
    this.#isOver = true;
    await this.#watchedOrders?.stop();
    await this.#lane.heal();
    return this.#outcomeWith([{ invariant: 'alive', what: `the run was not over after ${longestMs} ms` }], 0);
  }

  #outcomeWith(found: readonly Break[], cuts: number): Outcome {
    return {
      schedule: this.#schedule,
      breaks: [...this.#breaks, ...found],
      told: this.#payments.map(({ told }) => told),
      reached: this.#reached,
      cuts,
      deadlocks: this.#deadlocks,
      points: this.#points,
    };
  }

  /** Lets the payments be made and the events happen, until all has come to rest. */
  async #happen(): Promise<void> {
    const { payments, events } = this.#schedule;
    await Promise.all([
      ...payments.map((payment, index) => this.#pay(payment, index)),
      ...events.map((event) => happen(this.#lane, this.#nodes, event)),
    ]);
    await this.#settle();
    for (const process of this.#nodes.all()) {
      this.#deadlocks += process.deadlocks;
      process.deadlocks = 0;
      process.send({ do: 'clock', shiftMs: 0 });
    }
  }

  async #prepare(): Promise<void> {
    await this.#nodes.ready();
    await this.#lane.forgetPins();
    this.#bankJournalBytes = statSync(this.#lane.journals.bank).size;
    const mayFreeze = this.#schedule.events.some(
      (event) => event.what === 'freeze' && event.beyondGrace !== true,
    );
    this.#nodes.all().forEach((process, node) => {
      const doom = this.#dooms[node]?.shift();
      const armed = { point: doom?.point ?? 0, doom: doom?.what ?? ('kill' as const) };
      process.arm(armed, mayFreeze ? patientGraceMs : usualGraceMs);
      this.#watch(node, process, doom);
    });
    await this.#scriptFaults();
  }

  async #scriptFaults(): Promise<void> {
    const bank = this.#schedule.payments.flatMap(({ amountMinor, purchase, reversal }) => [
      ...(purchase === undefined ? [] : [{ ...purchase, match: { kind: 'purchase', amountMinor } }]),
      ...(reversal === undefined ? [] : [{ ...reversal, match: { kind: 'reversal', amountMinor } }]),
    ]);
    if (bank.length > 0) {
      await this.#lane.bankControl('POST', '/faults', bank);
    }
    for (const [index, { order }] of this.#schedule.payments.entries()) {
      if (order !== undefined) {
        const fault = { ...order, operation: 'order', phone: phoneOf(index) };
        await this.#lane.carrierControl('POST', '/control/faults', fault);
      }
    }
  }

  /** Follows a process to its doom, or to the end of the run. */
  #watch(node: number, process: PayerProcess, doom: Doomed | undefined): void {
    const watch = async (): Promise<void> => {
      const met = (await Promise.race([process.doomed, process.ended])) ?? undefined;
      if (met !== undefined) {
        this.#reached.push(met);
        if (doom?.what === 'freeze') {
          return this.#freeze(node, process, doom);
        }
        await process.ended;
      }
      if (!this.#isOver) {
        const restart = this.#afterDeath(node, process, met).finally(() => this.#restarts.delete(restart));
        this.#restarts.add(restart);
        await restart;
      }
    };
    watch().catch((error: unknown) => {
      this.#breaks.push({ invariant: 'alive', what: `the run itself failed: ${String(error)}` });
    });
  }

  async #afterDeath(node: number, process: PayerProcess, met: Reached | undefined): Promise<void> {
    if (met === undefined) {
      this.#breaks.push({ invariant: 'alive', what: `the process of node ${node} ended by itself` });
    }
    this.#deadlocks += process.deadlocks;
    this.#breaks.push(...(await paidTooEarly(this.#lane, this.#payments)));
    const next = this.#dooms[node]?.shift();
    const armed = { point: next?.point ?? 0, doom: next?.what ?? ('kill' as const) };
    this.#watch(node, this.#nodes.start(node, armed), next);
  }

  async #freeze(
    node: number,
    process: PayerProcess,
    { forMs, replaced }: Extract<Doomed, { what: 'freeze' }>,
  ): Promise<void> {
    if (replaced) {
      this.#woken.add(process);
      this.#watch(node, this.#nodes.start(node), undefined);
    }
    await pause(forMs);
    process.wake();
  }

  async #pay(planned: PlannedPayment, index: number): Promise<void> {
    await pause(planned.atMs);
    const process = await this.#usable(planned.node);
    const callId = uuidV7();
    const payment: ToldPayment = {
      ...{ callId, told: undefined },
      isHeard: () => process.heard.get(callId) === true,
      isOver: () => payment.told !== 'paid' || process.heard.has(callId) || process.hasEnded,
    };
    this.#payments.push(payment);
    const orderId = planned.pays === undefined ? undefined : this.#orders.get(planned.pays);
    const told = process.pay(payCommand(this.#lane.cardIds, { planned, index, callId, orderId }));
    const late = new AbortController();
    const patience = pause(callerPatienceMs, 'late' as const, { signal: late.signal }).catch(() => undefined);
    const heard = await Promise.race([told, patience]);
    late.abort();
    if (heard === 'late') {
      this.#breaks.push({ invariant: 'alive', what: `a caller was told nothing for ${callerPatienceMs} ms` });
      return;
    }
    payment.told = heard;
    if (heard === 'paid') {
      this.#breaks.push(...(await paidTooEarly(this.#lane, [payment])));
    }
  }

  /** Returns the node's process once it can take payments, whichever incarnation that is. */
  async #usable(node: number): Promise<PayerProcess> {
    const endMs = systemClock.monotonicMs() + usualSettleMs;
    for (;;) {
      const process = this.#nodes.at(node);
      try {
        await process.ready;
        return process;
      } catch (error) {
        if (systemClock.monotonicMs() > endMs) {
          throw new Error('a process does not come up again', { cause: error });
        }
        await pause(10);
      }
    }
  }

  /** Resolves when every payment has come to rest and every node has a process that is not about to die. */
  async #settle(): Promise<void> {
    const delays = this.#schedule.payments
      .flatMap(({ purchase, reversal }) => [purchase, reversal])
      .flatMap((fault) => fault?.delayMs ?? []);
    if (delays.length > 0) {
      await pause(Math.max(...delays) + lateMs);
    }
    const endMs = systemClock.monotonicMs() + this.#settleMs;
    while (systemClock.monotonicMs() < endMs && !(await this.#isAtRest())) {
      await pause(40);
    }
    const points = this.#nodes.all().map((process) => process.points());
    for (const process of this.#nodes.all()) {
      process.send({ do: 'arm', point: 0, doom: 'kill', graceMs: usualGraceMs });
    }
    this.#points = await Promise.all(points);
    while (this.#restarts.size > 0) {
      await Promise.all(this.#restarts);
    }
    this.#isOver = true;
    await this.#nodes.ready();
    await Promise.all([...this.#woken].map((process) => process.kill()));
  }

  async #isAtRest(): Promise<boolean> {
    const areUp = this.#nodes.all().every((process) => !process.hasEnded);
    if (!areUp || this.#restarts.size > 0 || !this.#payments.every(({ isOver }) => isOver())) {
      return false;
    }
    await Promise.all(
      this.#nodes.all().map((process) => Promise.race([process.ready, process.ended]).catch(() => undefined)),
    );
    return !(await this.#lane.hasUnfinished());
  }
}
