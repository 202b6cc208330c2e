import type { Clock } from '../../src/clock.js';

/** A clock that moves only when it is told to, or when somebody waits on it. */
export class FakeClock implements Clock {
  #wallMs: number;
  #monotonicMs = 1_000;

  constructor(start = '2026-11-23T04:00:00.000Z') {
    this.#wallMs = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#wallMs);
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** Time passes. */
  advance(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }

  /** The wall clock is set; no time passes. */
  step(ms: number): void {
    this.#wallMs += ms;
  }

  /** Waits by letting the time pass at once; ready work of others gets its turn first. */
  readonly wait = async (ms: number, signal?: AbortSignal): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted !== true) {
      this.advance(ms);
    }
  };
}
