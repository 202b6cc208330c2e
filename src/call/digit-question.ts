import type { Answer, Listen, Pace } from '../dialogue/line.js';
import { type Deferred, deferred } from './deferred.js';
import {
  afterKey,
  beginsOtherwise,
  judgeKey,
  judgeSilence,
  type KeysSoFar,
  lengthBounds,
  noKeys,
} from './digit-rule.js';
import { SecretKeys } from './secret-keys.js';

/** How long a caller may take, in milliseconds. */
export type DigitTimers = {
  /** From the end of the speech to the first key. */
  readonly firstDigitMs: number;
  /** From one key to the next. */
  readonly interDigitMs: number;
  /** The same for what stands in groups on what the caller reads from, e.g. a card number. */
  readonly groupedDigitMs: number;
  /** Times that the times above that callers have who are spoken to slowly. */
  readonly slowPaceFactor: number;
  /** From the end of the speech to the end of the answer. */
  readonly answerMs: number;
  /** Keys that follow each other faster than this were not pressed in answer to something just heard. */
  readonly keyRunMs: number;
};

/** One question that is being answered. */
export type Collection = {
  /** Resolves with exactly one answer. */
  readonly answer: Promise<Answer>;
  /** True once a key has come, typed ahead or not, `#` to skip among them: there is no need to say more. */
  readonly begun: boolean;
  /** True until there is an answer. */
  readonly isOpen: boolean;
  /** The speech is over, or was cut short: the timers start. */
  speechEnded(): void;
  /** Nobody waits for the answer any more. */
  abandon(): void;
};

/** What ended an answer. */
export type AnswerEnd = 'length' | 'silence' | 'other';

/** How a question is asked, and who is told of it. */
type QuestionOptions = {
  readonly pace: Pace;
  /** `#` before the first digit ends its speech. */
  readonly isSkippable: boolean;
  /** It is answered; `pauseMs`: how long it waited between its digits. */
  readonly onFinished: (by: AnswerEnd, pauseMs: number) => void;
  /** How many digits it holds now. */
  readonly onKeyed: (keyed: number) => void;
};

/** One open question: what was keyed so far, and its timers. */
export class DigitQuestion implements Collection {
  readonly answer: Promise<Answer>;
  readonly #listen: Listen;
  readonly #firstDigitMs: number;
  readonly #interDigitMs: number;
  readonly #answerMs: number;
  readonly #options: QuestionOptions;
  readonly #result: Deferred<Answer> = deferred();
  readonly #secret: SecretKeys | undefined;
  #digits = '';
  #soFar: KeysSoFar = noKeys;
  #begun = false;
  #skipped = false;
  #open = true;
  #speaking = true;
  #keyTimer: NodeJS.Timeout | undefined;
  #answerTimer: NodeJS.Timeout | undefined;

  constructor(listen: Listen, timers: DigitTimers, options: QuestionOptions) {
    this.#listen = listen;
    const factor = options.pace === 'slow' ? timers.slowPaceFactor : 1;
    const isGrouped = 'keyedInGroups' in listen && listen.keyedInGroups;
    this.#firstDigitMs = timers.firstDigitMs * factor;
    this.#interDigitMs = (isGrouped ? timers.groupedDigitMs : timers.interDigitMs) * factor;
    this.#answerMs = timers.answerMs * factor;
    this.#options = options;
    this.answer = this.#result.promise;
    this.#secret =
      listen.for === 'secret'
        ? new SecretKeys(listen.kind, Buffer.alloc(lengthBounds(listen).max))
        : undefined;
  }

  get begun(): boolean {
    return this.#begun || this.#skipped;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  key(key: string): void {
    if (key === '#' && this.#isSkipping) {
      this.#skipped = true;
      return;
    }
    const verdict = judgeKey(this.#listen, this.#soFar, key);
    if (key !== '#') {
      this.#soFar = afterKey(this.#soFar, verdict, beginsOtherwise(this.#listen, this.#soFar, key));
    }
    this.#begun = true;
    this.#options.onKeyed(verdict === 'cancelled' ? 0 : this.#soFar.count);
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
      this.#waitForKey(this.#interDigitMs);
    }
  }

  speechEnded(): void {
    if (!this.#open || !this.#speaking) {
      return;
    }
    this.#speaking = false;
    this.#answerTimer = setTimeout(() => this.#timedOut(), this.#answerMs);
    this.#waitForKey(this.#begun ? this.#interDigitMs : this.#firstDigitMs);
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
    this.#skipped = false;
    this.#speaking = true;
    this.#options.onKeyed(0);
  }

  abandon(): void {
    this.finish({ type: 'nomatch' });
  }

  finish(answer: Answer, by: AnswerEnd = 'other'): void {
    if (this.#open) {
      this.#open = false;
      this.#stopTimers();
      this.#forget();
      this.#options.onFinished(by, this.#interDigitMs);
      this.#result.resolve(answer);
    }
  }

  /** A menu has its own meaning for `#`: its choices are left out. */
  get #isSkipping(): boolean {
    return this.#options.isSkippable && this.#speaking && !this.#begun && this.#listen.for !== 'key';
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
    this.finish(this.#keyed(), byHash ? 'other' : 'length');
  }

  #keyed(): Answer {
    return this.#secret === undefined
      ? { type: 'digits', digits: this.#digits }
      : { type: 'secret', secret: this.#secret.take() };
  }

  #keep(key: string): void {
    if (this.#secret !== undefined) {
      this.#secret.push(key.charCodeAt(0));
    } else if (this.#digits.length < lengthBounds(this.#listen, this.#soFar.isOther).max) {
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

  /** A started answer that stops is a wrong answer, not silence, unless what was keyed may be the whole of it. */
  #timedOut(): void {
    if (judgeSilence(this.#listen, this.#soFar) === 'complete') {
      this.finish(this.#keyed(), 'silence');
    } else {
      this.finish({ type: this.#begun ? 'nomatch' : 'silence' });
    }
  }

  #stopTimers(): void {
    clearTimeout(this.#keyTimer);
    clearTimeout(this.#answerTimer);
  }
}
