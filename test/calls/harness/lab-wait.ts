import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until there is an answer, and returns it.
 * @throws Error naming what was waited for, when there is none in `withinMs`.
 */
export async function labWait<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  withinMs = 10_000,
): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    if (performance.now() > until) {
      throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    }
    await pause(50);
  }
}
