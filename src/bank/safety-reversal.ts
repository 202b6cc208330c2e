import type { Clock } from '../clock.js';
import type { ReversalAnswer } from './bank.js';
import { pause } from './pause.js';

/** How long a reversal that could not be sent, or settled nothing, waits for the next try. */
const restMs = 50;

/**
 * Makes sure that a purchase which was refused without a MAC has taken nothing, by its reversal: anybody on the way
 * could have written that refusal, and a bank that refused has nothing to give back. True when the bank says that
 * nothing is taken. False when that is not known by `deadlineMs` on the monotonic clock: then the purchase is unknown.
 */
export async function nothingIsTaken(
  reverse: (attempt: number) => Promise<ReversalAnswer>,
  { clock, deadlineMs }: { readonly clock: Clock; readonly deadlineMs: number },
): Promise<boolean> {
  const ended = new AbortController();
  const leftMs = Math.max(0, deadlineMs - clock.monotonicMs());
  const overdue = pause(leftMs, ended.signal).then(() => 'overdue' as const);
  try {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await Promise.race([reverse(attempt), overdue]);
      if (answer === 'overdue' || answer.outcome === 'acknowledged') {
        return answer !== 'overdue';
      }
      // What is refused or undecided here is for the payment's own reversal to settle, and for a person.
      if (
        answer.outcome === 'refused' ||
        answer.outcome === 'unsendable' ||
        clock.monotonicMs() >= deadlineMs
      ) {
        return false;
      }
      await pause(restMs, ended.signal);
    }
  } finally {
    ended.abort();
  }
}
