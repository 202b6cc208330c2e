import { invariants } from '../../src/payment/audit/break.js';
import type { Outcome } from './run-schedule.js';
import { toldInvariants } from './verdict.js';

const meanings = { ...invariants, ...toldInvariants };

/** Counts what happened on many runs. */
export class Totals {
  readonly broken: Outcome[] = [];
  readonly #counts = new Map<string, number>();

  add(outcome: Outcome): void {
    this.#count('schedules', 1);
    this.#count('payments', outcome.told.length);
    this.#count('kills and freezes', outcome.reached.length);
    this.#count('cuts around a COMMIT', outcome.cuts);
    this.#count('deadlocks', outcome.deadlocks);
    for (const told of outcome.told) {
      this.#count(`heard “${told ?? 'nothing'}”`, 1);
    }
    if (outcome.breaks.length > 0) {
      this.broken.push(outcome);
    }
  }

  get lines(): readonly string[] {
    return [...this.#counts].map(([what, count]) => `${String(count).padStart(8)}  ${what}`);
  }

  #count(what: string, more: number): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + more);
  }
}

/** Says what a run broke, for a person who wants to see it again. */
export function describeBreaks({ schedule, breaks, reached }: Outcome): string {
  return [
    `BROKEN  ${schedule.name}`,
    ...breaks.map(
      ({ invariant, paymentId, what }) =>
        `  ${invariant} (${meanings[invariant]})  ${paymentId ?? 'no payment'}  ${what}`,
    ),
    ...reached.map(({ point, name }) => `  at point ${point}: ${name}`),
    `  ${JSON.stringify({ payments: schedule.payments, events: schedule.events })}`,
  ].join('\n');
}
