import type { Clock } from '../clock.js';
import type { Answer, Delivery, Listen } from '../dialogue/line.js';
import { type Deferred, deferred } from './deferred.js';
import { afterKey, isKey, judgeKey, type KeysSoFar, lengthBounds, noKeys } from './digit-rule.js';
import { SecretKeys } from './secret-keys.js';
import { TypeAhead } from './type-ahead.js';

/** How long a caller may take, in milliseconds. */
export type DigitTimers = {
  /** From the end of the speech to the first key. */
  readonly firstDigitMs: number;
  /** From one key to the next. */
  readonly interDigitMs: number;
  /** From the end of the speech to the end of the answer. */
  readonly answerMs: number;
  /** Keys that follow each other faster than this were not pressed in answer to something just heard. */
  readonly keyRunMs: number;
};

export const defaultDigitTimers: DigitTimers = {
  firstDigitMs: 5_000,
  interDigitMs: 3_000,
  answerMs: 60_000,
  keyRunMs: 1_000,
};

/** More keys than any path through the menus needs. */
const typeAheadKeys = 128;

/** One question that is being answered. */
export type Collection = {
  /** Resolves with exactly one answer. */
  readonly answer: Promise<Answer>;
  /** True once a key has come, typed ahead or not: there is no need to say more. */
  readonly begun: boolean;
  /** True until there is an answer. */
  readonly isOpen: boolean;
  /** The speech is over, or was cut short: the timers start. */
  speechEnded(): void;
  /** Nobody waits for the answer any more. */
  abandon(): void;
};

/**
 * Turns the keys of one call into answers: type-ahead, time-outs, and the digit rule. It knows nothing of
 * Asterisk; keys are pushed in by `key`.
 */
export class DigitCollector {
  readonly #timers: DigitTimers;
  readonly #clock: Clock;
  readonly #typeAhead = new TypeAhead(Buffer.alloc(typeAheadKeys));
  #question: Question | undefined;
  #over = false;
  #onKey: (() => void) | undefined;
  #lastKeyMs = Number.NEGATIVE_INFINITY;
  /** The last answer ended by its length and no key has followed: a `#` now is habit and answers nothing. */
  #hashIsHabit = false;
  /** A line that drops type-ahead has begun and the run of keys from before it may still be going on. */
  #dropsRun = false;

  constructor(timers: DigitTimers, clock: Clock) {
    this.#timers = timers;
    this.#clock = clock;
  }

  /** True when keys wait that no question has asked for. */
  get hasTypeAhead(): boolean {
    return !this.#typeAhead.isEmpty;
  }

  /** A line begins. `onKey` is called for each key that counts, until the next line. */
  beginLine(delivery: Delivery, onKey?: () => void): void {
    this.#onKey = onKey;
    this.#dropsRun = delivery.dropsTypeAhead && !delivery.interruptible;
    if (delivery.dropsTypeAhead) {
      this.#typeAhead.drop();
    }
  }

  /** The caller pressed a key, at whatever moment. What is no key of a telephone is passed over. */
  key(key: string): void {
    if (this.#over || !isKey(key)) {
      return;
    }
    const nowMs = this.#clock.monotonicMs();
    const gapMs = nowMs - this.#lastKeyMs;
    this.#lastKeyMs = nowMs;
    if (this.#dropsRun && gapMs < this.#timers.keyRunMs) {
      return;
    }
    this.#dropsRun = false;
    if (key === '#' && this.#hashIsHabit && gapMs < this.#timers.interDigitMs) {
      this.#hashIsHabit = false;
      return;
    }
    this.#hashIsHabit = false;
    if (this.#question === undefined) {
      this.#typeAhead.push(key);
    } else {
      this.#question.key(key);
    }
    this.#onKey?.();
  }

  /**
   * Asks: keys typed ahead are taken first, but for a secret they are dropped.
   * @throws Error when a question is open already.
   */
  collect(listen: Listen): Collection {
    if (this.#question !== undefined) {
      throw new Error('a call cannot be asked two questions at once');
    }
    const question = new Question(listen, this.#timers, (byLength) => {
      this.#question = undefined;
      this.#hashIsHabit = byLength;
    });
    if (this.#over) {
      question.finish({ type: 'hangup' });
      return question;
    }
    this.#question = question;
    if (listen.for === 'secret') {
      this.#typeAhead.drop();
    }
    while (question.isOpen && this.hasTypeAhead) {
      question.key(this.#typeAhead.shift() ?? '');
    }
    if (this.#hashIsHabit && this.#typeAhead.startsWith('#')) {
      this.#typeAhead.shift();
    }
    return question;
  }

  /**
   * Keys were missed: what was keyed and not answered yet makes no sense any more, nor does the rest of a
   * run of keys that is going on. An open question starts again; its timers wait for its speech to end.
   */
  interrupt(): void {
    this.#lastKeyMs = this.#clock.monotonicMs();
    this.#dropsRun = true;
    this.#typeAhead.drop();
    this.#question?.restart();
  }

  /** The call is over: an open question is answered with it, and every key is forgotten. */
  end(): void {
    this.#over = true;
    this.#onKey = undefined;
    this.#typeAhead.drop();
    this.#question?.finish({ type: 'hangup' });
  }
}

/** One open question: what was keyed so far, and its timers. */
class Question implements Collection {
  readonly answer: Promise<Answer>;
  readonly #listen: Listen;
  readonly #timers: DigitTimers;
  readonly #onFinished: (byLength: boolean) => void;
  readonly #result: Deferred<Answer> = deferred();
  readonly #secret: SecretKeys | undefined;
  #digits = '';
  #soFar: KeysSoFar = noKeys;
  #begun = false;
  #open = true;
  #speaking = true;
  #keyTimer: NodeJS.Timeout | undefined;
  #answerTimer: NodeJS.Timeout | undefined;

  constructor(listen: Listen, timers: DigitTimers, onFinished: (byLength: boolean) => void) {
    this.#listen = listen;
    this.#timers = timers;
    this.#onFinished = onFinished;
    this.answer = this.#result.promise;
    this.#secret =
      listen.for === 'secret'
        ? new SecretKeys(listen.kind, Buffer.alloc(lengthBounds(listen).max))
        : undefined;
  }

  get begun(): boolean {
    return this.#begun;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  key(key: string): void {
    const verdict = judgeKey(this.#listen, this.#soFar, key);
    this.#soFar = afterKey(this.#soFar, verdict);
    this.#begun = true;
    switch (verdict) {
      case 'incomplete':
        this.#keep(key);
        break;
      case 'cleared':
        this.#forget();
        break;
      case 'cancelled':
        this.finish({ type: 'cancel' });
        return;
      case 'invalid':
        this.finish({ type: 'nomatch' });
        return;
      case 'complete':
        this.#complete(key);
        return;
    }
    if (!this.#speaking) {
      this.#waitForKey(this.#timers.interDigitMs);
    }
  }

  speechEnded(): void {
    if (!this.#open || !this.#speaking) {
      return;
    }
    this.#speaking = false;
    this.#answerTimer = setTimeout(() => this.#timedOut(), this.#timers.answerMs);
    this.#waitForKey(this.#begun ? this.#timers.interDigitMs : this.#timers.firstDigitMs);
  }

  /** Forgets the keys so far, and stops the timers until speech ends again. */
  restart(): void {
    if (!this.#open) {
      return;
    }
    this.#stopTimers();
    this.#forget();
    this.#soFar = noKeys;
    this.#begun = false;
    this.#speaking = true;
  }

  abandon(): void {
    this.finish({ type: 'nomatch' });
  }

  finish(answer: Answer, byLength = false): void {
    if (this.#open) {
      this.#open = false;
      this.#stopTimers();
      this.#forget();
      this.#onFinished(byLength);
      this.#result.resolve(answer);
    }
  }

  #complete(key: string): void {
    const byHash = key === '#';
    if (this.#listen.for === 'key') {
      this.finish({ type: 'key', key });
      return;
    }
    if (!byHash) {
      this.#keep(key);
    }
    this.finish(
      this.#secret === undefined
        ? { type: 'digits', digits: this.#digits }
        : { type: 'secret', secret: this.#secret.take() },
      !byHash,
    );
  }

  #keep(key: string): void {
    if (this.#secret !== undefined) {
      this.#secret.push(key.charCodeAt(0));
    } else if (this.#digits.length < lengthBounds(this.#listen).max) {
      this.#digits += key;
    }
  }

  #forget(): void {
    this.#secret?.wipe();
    this.#digits = '';
  }

  #waitForKey(ms: number): void {
    clearTimeout(this.#keyTimer);
    this.#keyTimer = setTimeout(() => this.#timedOut(), ms);
  }

  /** A started answer that stops is a wrong answer, not silence. */
  #timedOut(): void {
    this.finish({ type: this.#begun ? 'nomatch' : 'silence' });
  }

  #stopTimers(): void {
    clearTimeout(this.#keyTimer);
    clearTimeout(this.#answerTimer);
  }
}
