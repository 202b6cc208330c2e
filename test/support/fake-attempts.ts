import type { Clock } from '../../src/clock.js';
import type { CounterState } from '../../src/wallet/attempt-counter.js';
import {
  current,
  forgiving,
  roomIn,
  unused,
  withCount,
  withoutPlace,
  withPlace,
} from '../../src/wallet/attempt-counter.js';
import type { AttemptScope, Attempts, Count, Counter, Place, TakeResult } from '../../src/wallet/attempts.js';

type Key = Pick<Counter, 'scope' | 'subject'>;

/** Counters in memory, held to the same contract as those in MySQL. */
export class FakeAttempts implements Attempts {
  readonly #states = new Map<string, CounterState>();
  readonly #clock: Clock;
  /** Set, every method rejects with it. */
  fault: Error | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async take(counters: readonly Counter[], holdMs: number): Promise<TakeResult> {
    this.#mayFail();
    for (const counter of counters) {
      const room = roomIn(this.#state(counter), counter.limit);
      if (room !== 'room') {
        return { outcome: room, counter };
      }
    }
    const places = counters.map((counter) => {
      const state = this.#state(counter);
      this.#set(counter, withPlace(state, this.#clock.now(), holdMs));
      return { ...counter, epoch: state.epoch, countedBefore: state.counted };
    });
    return { outcome: 'taken', places };
  }

  async count(places: readonly Place[], others: readonly Counter[] = []): Promise<readonly Count[]> {
    this.#mayFail();
    return [...places, ...others].map((each) => {
      const state = this.#state(each);
      const freed = 'epoch' in each ? withoutPlace(state, each as Place) : state;
      const next = withCount(freed, each, this.#clock.now());
      this.#set(each, next);
      const { scope, subject, limit, windowMs, from } = each;
      return { scope, subject, limit, windowMs, from, counted: next.counted };
    });
  }

  async giveBack(places: readonly Place[], forgiven: readonly AttemptScope[] = []): Promise<void> {
    this.#mayFail();
    for (const place of places) {
      const state = withoutPlace(this.#state(place), place);
      this.#set(place, forgiven.includes(place.scope) ? forgiving(state, place) : state);
    }
  }

  async counted(counters: readonly Key[]): Promise<readonly number[]> {
    this.#mayFail();
    return counters.map((counter) => this.#state(counter).counted);
  }

  async prune(): Promise<number> {
    this.#mayFail();
    const over = [...this.#states].filter(
      ([, { windowEndsAt, pendingUntil = windowEndsAt }]) =>
        Math.max(windowEndsAt.getTime(), pendingUntil.getTime()) < this.#clock.now().getTime() - 3_600_000,
    );
    for (const [name] of over) {
      this.#states.delete(name);
    }
    return over.length;
  }

  #state({ scope, subject }: Key): CounterState {
    const now = this.#clock.now();
    return current(this.#states.get(`${scope}/${subject}`) ?? unused(now), now);
  }

  #set({ scope, subject }: Key, state: CounterState): void {
    this.#states.set(`${scope}/${subject}`, state);
  }

  #mayFail(): void {
    if (this.fault !== undefined) {
      throw this.fault;
    }
  }
}
