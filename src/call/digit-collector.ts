import type { Clock } from '../clock.js';
import type { Delivery, Listen, Pace } from '../dialogue/line.js';
import { type AnswerEnd, type Collection, DigitQuestion, type DigitTimers } from './digit-question.js';
import { isKey } from './digit-rule.js';
import { TypeAhead } from './type-ahead.js';

export const defaultDigitTimers: DigitTimers = {
  firstDigitMs: 5_000,
  interDigitMs: 3_000,
  groupedDigitMs: 6_000,
  slowPaceFactor: 1.5,
  answerMs: 60_000,
  keyRunMs: 1_000,
};

/** More keys than any path through the menus needs. */
const typeAheadKeys = 128;

/**
 * Turns the keys of one call into answers: type-ahead, time-outs, and the digit rule. It knows nothing of
 * Asterisk; keys are pushed in by `key`.
 */
export class DigitCollector {
  readonly #timers: DigitTimers;
  readonly #clock: Clock;
  readonly #typeAhead = new TypeAhead(Buffer.alloc(typeAheadKeys));
  #question: DigitQuestion | undefined;
  #over = false;
  #onKey: (() => void) | undefined;
  #lastKeyMs = Number.NEGATIVE_INFINITY;
  /** The last answer ended without `#` and no key has followed: until then a `#` is habit and answers nothing. */
  #hashIsHabitUntilMs = Number.NEGATIVE_INFINITY;
  /**
   * The last answer ended in silence: keys until then are its late digits. They must answer nothing that comes
   * after it, least of all whether its amount is right.
   */
  #lateUntilMs = Number.NEGATIVE_INFINITY;
  /** A line that drops type-ahead has begun and the run of keys from before it may still be going on. */
  #dropsRun = false;
  #isSkippable = false;
  #watcher: ((keyed: number) => void) | undefined;

  constructor(timers: DigitTimers, clock: Clock) {
    this.#timers = timers;
    this.#clock = clock;
  }

  /**
   * True when an interruptible line need not be said: keys wait that no question has asked for. A `#` in front
   * of them was meant for this line and is taken out.
   */
  skipsLine(): boolean {
    if (this.#typeAhead.startsWith('#')) {
      this.#typeAhead.shift();
      return true;
    }
    return !this.#typeAhead.isEmpty;
  }

  /** A line begins. `onKey` is called for each key that counts, until the next line. */
  beginLine(delivery: Delivery, onKey?: () => void): void {
    this.#onKey = onKey;
    this.#isSkippable = delivery.interruptible;
    this.#dropsRun = delivery.dropsTypeAhead && !delivery.interruptible;
    if (delivery.dropsTypeAhead) {
      this.#typeAhead.drop();
    }
  }

  /** Calls `watcher` at each key with how many keys the open question holds; undefined: nobody any more. */
  watch(watcher: ((keyed: number) => void) | undefined): void {
    this.#watcher = watcher;
  }

  /** The caller pressed a key, at whatever moment. What is no key of a telephone is passed over. */
  key(key: string): void {
    if (this.#over || !isKey(key)) {
      return;
    }
    const nowMs = this.#clock.monotonicMs();
    const gapMs = nowMs - this.#lastKeyMs;
    this.#lastKeyMs = nowMs;
    if (nowMs < this.#lateUntilMs) {
      // Its run may go on.
      this.#dropsRun = true;
      return;
    }
    if (this.#dropsRun && gapMs < this.#timers.keyRunMs) {
      return;
    }
    this.#dropsRun = false;
    const isHabit = key === '#' && nowMs < this.#hashIsHabitUntilMs;
    this.#hashIsHabitUntilMs = Number.NEGATIVE_INFINITY;
    if (isHabit) {
      return;
    }
    if (this.#question !== undefined) {
      this.#question.key(key);
    } else if (key !== '#' || !this.#typeAhead.isEmpty) {
      // A `#` that ends no answer skips the line that is being said, and is never the next question's.
      this.#typeAhead.push(key);
    }
    this.#onKey?.();
  }

  /**
   * Asks: keys typed ahead are taken first, but for a secret they are dropped.
   * @throws Error when a question is open already.
   */
  collect(listen: Listen, pace: Pace = 'normal'): Collection {
    if (this.#question !== undefined) {
      throw new Error('a call cannot be asked two questions at once');
    }
    const question = new DigitQuestion(listen, this.#timers, {
      pace,
      isSkippable: this.#isSkippable,
      onFinished: (by, pauseMs) => this.#finished(by, pauseMs),
      onKeyed: (keyed) => this.#watcher?.(keyed),
    });
    if (this.#over) {
      question.finish({ type: 'hangup' });
      return question;
    }
    this.#question = question;
    if (listen.for === 'secret') {
      this.#typeAhead.drop();
    }
    while (question.isOpen && !this.#typeAhead.isEmpty) {
      question.key(this.#typeAhead.shift() ?? '');
    }
    if (this.#clock.monotonicMs() < this.#hashIsHabitUntilMs && this.#typeAhead.startsWith('#')) {
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

  #finished(by: AnswerEnd, pauseMs: number): void {
    const untilMs = this.#clock.monotonicMs() + pauseMs;
    this.#question = undefined;
    this.#hashIsHabitUntilMs = by === 'length' ? untilMs : Number.NEGATIVE_INFINITY;
    this.#lateUntilMs = by === 'silence' ? untilMs : Number.NEGATIVE_INFINITY;
  }

  /** The call is over: an open question is answered with it, and every key is forgotten. */
  end(): void {
    this.#over = true;
    this.#onKey = undefined;
    this.#typeAhead.drop();
    this.#question?.finish({ type: 'hangup' });
  }
}
