import type { Pause } from '../dialogue/waiting.js';
import { Secret } from '../secret.js';

/** How long a PIN waits for the agent's word, in milliseconds. */
const longestMs = 2 * 60_000;

/** The PIN that a caller has keyed and that the agent has not yet had used: one, for two minutes at most. */
export class KeptPin {
  readonly #pause: Pause;
  readonly #onGone: () => void;
  #kept: { readonly cardId: string; readonly pin: Secret } | undefined;
  #expiry = new AbortController();

  /** `onGone` is called when the PIN that was kept is not kept any more. */
  constructor(pause: Pause, onGone: () => void) {
    this.#pause = pause;
    this.#onGone = onGone;
  }

  /** Takes the digits over: `pin` is wiped, and so is what was kept before. */
  keep(cardId: string, pin: Secret): void {
    this.wipe();
    const kept = { cardId, pin: pin.open((digits) => new Secret('card-pin', Buffer.from(digits))) };
    const expiry = new AbortController();
    this.#kept = kept;
    this.#expiry = expiry;
    void this.#pause(longestMs, expiry.signal).then(() => {
      if (this.#kept === kept) {
        this.wipe();
      }
    });
  }

  /** Hands out what is kept for this card, once. What is kept for another card is wiped. */
  take(cardId: string): Secret | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    this.#expiry.abort();
    if (kept === undefined) {
      return undefined;
    }
    this.#onGone();
    if (kept.cardId === cardId) {
      return kept.pin;
    }
    kept.pin.wipe();
    return undefined;
  }

  /** Forgets it. Safe to call again. */
  wipe(): void {
    const kept = this.#kept;
    this.#kept = undefined;
    this.#expiry.abort();
    if (kept !== undefined) {
      kept.pin.wipe();
      this.#onGone();
    }
  }
}
