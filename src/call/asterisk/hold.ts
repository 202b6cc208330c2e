import type { Clock } from '../../clock.js';
import { type Deferred, deferred } from '../deferred.js';

/**
 * The time in which the far end has put us on hold (SDP sendonly, inactive or 0.0.0.0): nobody hears what is
 * said. A call has so much of it in all; what is beyond counts as heard, so that no call waits for ever.
 */
export class Hold {
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  #leftMs: number;
  #count = 0;
  #beganMs = 0;
  #beginning: Deferred<'hold'> = deferred();
  /** Set while on hold. */
  #ending: Deferred<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `onEnd` is called when a hold is over, or has used up `limitMs` together with those before it. */
  constructor(limitMs: number, clock: Clock, onEnd: () => void) {
    this.#leftMs = limitMs;
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  /** True while nothing is to be said. */
  get isOn(): boolean {
    return this.#ending !== undefined;
  }

  /** How many times it has begun: two equal figures say that nothing was missed between them. */
  get count(): number {
    return this.#count;
  }

  /** Resolves when it begins the next time; it has, while it is on. */
  get begins(): Promise<'hold'> {
    return this.#beginning.promise;
  }

  /** Resolves when it is not on. */
  get isOver(): Promise<void> {
    return this.#ending?.promise ?? Promise.resolve();
  }

  /** Returns false when it is on already, or the call has had all of its time. */
  begin(): boolean {
    if (this.isOn || this.#leftMs <= 0) {
      return false;
    }
    this.#count += 1;
    this.#beganMs = this.#clock.monotonicMs();
    this.#ending = deferred();
    this.#beginning.resolve('hold');
    this.#timer = setTimeout(() => this.end(), this.#leftMs);
    return true;
  }

  /** Safe when it is not on. */
  end(): void {
    if (this.#ending === undefined) {
      return;
    }
    clearTimeout(this.#timer);
    this.#leftMs -= this.#clock.monotonicMs() - this.#beganMs;
    this.#beginning = deferred();
    const ending = this.#ending;
    this.#ending = undefined;
    this.#onEnd();
    ending.resolve();
  }

  /** The call is over: nobody is told any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#leftMs = 0;
  }
}
