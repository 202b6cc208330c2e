import { setTimeout } from 'node:timers/promises';

/** Where time comes from. Wall time is for records; intervals are measured on `monotonicMs` only. */
export interface Clock {
  /** Wall-clock time. It may step back. */
  now(): Date;
  /** Milliseconds on a clock that never steps; its zero means nothing. */
  monotonicMs(): number;
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};

/** Resolves after so many milliseconds, or as soon as the signal is aborted; never rejects. */
export async function systemWait(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, signal && { signal });
  } catch (error) {
    if (signal?.aborted !== true) {
      throw error;
    }
  }
}
