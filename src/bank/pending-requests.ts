import type { BankUnknown } from './bank.js';
import type { IsoMessage } from './iso8583/message.js';

/** What an answer is matched by: message class (first two digits of the MTI), STAN and terminal. */
export type MatchKey = string & { readonly __brand: 'MatchKey' };

/** An answer that named its request. `authentic` is false when its MAC is wrong or missing; `isSigned` says which. */
export type Answered = {
  readonly outcome: 'answered';
  readonly message: IsoMessage;
  readonly authentic: boolean;
  readonly isSigned: boolean;
  readonly durationMs: number;
};

export type Settled = Answered | BankUnknown;

/** How a request that is no longer waited for ended. */
export type Fate = 'answered' | 'given-up';

type Waiting = {
  /** Field 37 of the request, where it has one that the bank repeats. */
  readonly rrn: string | undefined;
  /** What we call the request, whether the bank knows it or not. */
  readonly reference: string | undefined;
  readonly sentAtMs: number;
  readonly deadlineMs: number;
  readonly timer: NodeJS.Timeout;
  readonly settle: (settled: Settled) => void;
};

/** How many ended requests are remembered, so that a late or second answer is known as such. */
const endedRemembered = 2_000;

/** Returns the key of a message, or undefined when it has no STAN or no terminal. */
export function matchKey({ mti, fields }: IsoMessage): MatchKey | undefined {
  const [stan, terminalId] = [fields[11], fields[41]];
  return stan === undefined || terminalId === undefined
    ? undefined
    : (`${mti.slice(0, 2)}/${stan}/${terminalId}` as MatchKey);
}

/** True for the MTI of an answer: its third digit, the function, is odd (ISO 8583:1987, 4.1). */
export function isAnswer(mti: string): boolean {
  return Number(mti[2]) % 2 === 1;
}

/** Returns the retrieval reference number of a message (field 37) without its padding; undefined when it has none. */
export function rrnOf({ fields }: IsoMessage): string | undefined {
  return fields[37]?.trim();
}

/** True when both name an RRN and it is not the same. */
function namesAnother(rrn: string | undefined, message: IsoMessage): boolean {
  const named = rrnOf(message);
  return rrn !== undefined && named !== undefined && named !== '' && named !== rrn;
}

/** The requests of one line that wait for their answers, each with a time-out on the monotonic clock. */
export class PendingRequests {
  readonly #monotonicMs: () => number;
  readonly #waiting = new Map<MatchKey, Waiting>();
  readonly #ended = new Map<MatchKey, { fate: Fate; reference: string | undefined }>();
  readonly #whenEmpty: (() => void)[] = [];

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  get size(): number {
    return this.#waiting.size;
  }

  has(key: MatchKey): boolean {
    return this.#waiting.has(key);
  }

  /** When the request was sent, on the monotonic clock; undefined when nobody waits for it. */
  sentAtMs(key: MatchKey): number | undefined {
    return this.#waiting.get(key)?.sentAtMs;
  }

  /**
   * Waits for the answer to `key`, which must not be waited for already. Never rejects.
   * @param rrn the retrieval reference number of the request, when it has one that the bank repeats.
   * @param reference what we call the request; `referenceOf` gives it back, also for a while after it has ended.
   */
  wait(key: MatchKey, timeoutMs: number, rrn?: string, reference = rrn): Promise<Settled> {
    return new Promise((resolve) => {
      const sentAtMs = this.#monotonicMs();
      const timer = setTimeout(() => this.giveUp(key, 'no-answer'), timeoutMs);
      this.#ended.delete(key);
      const deadlineMs = sentAtMs + timeoutMs;
      this.#waiting.set(key, { rrn, reference, sentAtMs, deadlineMs, timer, settle: resolve });
    });
  }

  /**
   * Hands an answer to whoever waits for it. Returns false when nobody does, or did until too long ago, or when
   * it names another RRN: a bank that answers one request with another's trace number must not end that one.
   */
  answer(key: MatchKey, message: IsoMessage, authentic: boolean, isSigned = true): boolean {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined || namesAnother(waiting.rrn, message)) {
      return false;
    }
    const nowMs = this.#monotonicMs();
    if (nowMs > waiting.deadlineMs) {
      // The process was frozen: the time-out is over though its timer has not been called yet.
      this.giveUp(key, 'no-answer');
      return false;
    }
    this.#end(key, waiting, 'answered', {
      outcome: 'answered',
      message,
      authentic,
      isSigned,
      durationMs: nowMs - waiting.sentAtMs,
    });
    return true;
  }

  /** Returns how a request that is no longer waited for ended, or undefined when there was none lately. */
  fateOf(key: MatchKey): Fate | undefined {
    return this.#ended.get(key)?.fate;
  }

  /** Returns what we call a request that is waited for or ended lately; undefined when there is none. */
  referenceOf(key: MatchKey): string | undefined {
    return (this.#waiting.get(key) ?? this.#ended.get(key))?.reference;
  }

  /** Gives every request up. */
  giveUpAll(why: BankUnknown['why']): void {
    for (const key of [...this.#waiting.keys()]) {
      this.giveUp(key, why);
    }
  }

  /** Resolves to true when nothing waits any more, or to false after `timeoutMs`. */
  async empty(timeoutMs: number): Promise<boolean> {
    if (this.#waiting.size === 0) {
      return true;
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#whenEmpty.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  /** Gives one request up; nothing happens when nobody waits for it. */
  giveUp(key: MatchKey, why: BankUnknown['why']): void {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      this.#end(key, waiting, 'given-up', { outcome: 'unknown', why });
    }
  }

  #end(key: MatchKey, waiting: Waiting, fate: Fate, settled: Settled): void {
    clearTimeout(waiting.timer);
    this.#waiting.delete(key);
    this.#ended.set(key, { fate, reference: waiting.reference });
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > endedRemembered && oldest !== undefined) {
      this.#ended.delete(oldest);
    }
    waiting.settle(settled);
    if (this.#waiting.size === 0) {
      for (const resolve of this.#whenEmpty.splice(0)) {
        resolve();
      }
    }
  }
}
