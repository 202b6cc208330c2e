import type { KeyPress } from './ari.js';

/**
 * Asterisk leaves 45 ms between two keys (AST_MIN_DTMF_GAP), and the shortest key takes longer than what is left
 * of this: two equal keys that end within it are one.
 */
const impossibleMs = 60;
/** Shorter keys than this Asterisk stretches (DTMF minimum duration), and may tell of one of them twice itself. */
const stretchedMs = 80;
/** The gap after which Asterisk tells of a key that it takes for another: 45 ms, and the next packet or two. */
const repeatedGapMs = 70;
/** All that is told of one key comes within this, and the key's own length, on a machine with much to do. */
const allToldMs = 220;

/**
 * Finds the keys that Asterisk tells of more than once although they were pressed once. RFC 4733 wants one
 * timestamp for all packets of a key and one source for keys and voice; where a gateway gives each end packet a
 * timestamp of its own, or sends keys as a source (SSRC) of their own, Asterisk takes each end packet for a new
 * key. The first of these ends sooner after the one before it than any key could that a finger or a machine
 * presses. From then on the caller's keys are known to be repeated, and what follows in the shortest gap that
 * Asterisk makes, or before a hand would press the same key again, is a repetition as well. No time decides over
 * the keys of anybody else.
 */
export class RepeatedKeys {
  /** What was told last, and when the first of them ended if it repeats others. */
  #last: { readonly key: string; readonly endedMs: number; readonly countedMs: number } | undefined;
  #areExpected = false;

  /** True when this caller's keys are known to be repeated. */
  get areExpected(): boolean {
    return this.#areExpected;
  }

  /** Returns true when the key was told of already. */
  isRepeated(key: string, { endedMs, durationMs }: KeyPress): boolean {
    const last = this.#last;
    // A clock that was set back says nothing of two keys.
    const isSame = last?.key === key && endedMs >= last.endedMs;
    const isImpossible = isSame && endedMs - last.endedMs < impossibleMs;
    this.#areExpected ||= isImpossible && durationMs >= stretchedMs;
    const begunMs = endedMs - durationMs;
    const isTooSoon =
      isSame && (begunMs - last.endedMs < repeatedGapMs || begunMs - last.countedMs < allToldMs);
    const isRepeated = isImpossible || (this.#areExpected && isTooSoon);
    this.#last = { key, endedMs, countedMs: isRepeated ? last.countedMs : endedMs };
    return isRepeated;
  }
}
