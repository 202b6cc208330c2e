import { setTimeout } from 'node:timers/promises';

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
