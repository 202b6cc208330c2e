import type { KnownPrompt } from './prompt.js';
import type { WorkOutcome } from './work.js';

/** Resolves after `ms` milliseconds, or as soon as the signal is aborted; never rejects. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** Work that usually takes no time is waited for this long, in milliseconds, before the caller hears of it. */
const unnoticedMs = 1_000;
/** From one "still working" to the next, in milliseconds. */
const betweenWordsMs = 4_000;

const first: KnownPrompt = 'wait.one-moment';
const next: readonly [KnownPrompt, KnownPrompt] = ['wait.still-working', 'wait.thank-you'];

type Waiting = {
  readonly outcome: Promise<WorkOutcome>;
  /** True: the caller hears at once that it takes a moment. */
  readonly atOnce: boolean;
  /** Says a prompt to its end; false when nobody is listening any more. Must not reject. */
  readonly say: (prompt: KnownPrompt) => Promise<boolean>;
  readonly pause: Pause;
};

/**
 * Returns the outcome of work, and keeps the caller from silence until then: "one moment", and something
 * every 4 seconds. A word that has begun is said to its end. Rejects as the outcome does.
 */
export async function awaitOutcome({ outcome, atOnce, say, pause }: Waiting): Promise<WorkOutcome> {
  const settled = new AbortController();
  const whenSettled = outcome.then(
    () => settled.abort(),
    () => settled.abort(),
  );
  if (!atOnce) {
    await pause(unnoticedMs, settled.signal);
  }
  let listening = true;
  for (let word = 0; listening && (!settled.signal.aborted || (atOnce && word === 0)); word += 1) {
    const prompt = word === 0 ? first : next[(word - 1) % 2 === 0 ? 0 : 1];
    [listening] = await Promise.all([say(prompt), pause(betweenWordsMs, settled.signal)]);
  }
  await whenSettled;
  return outcome;
}
