import type { Answer, Delivery, Listen, Party, Speech } from '../src/dialogue/line.js';
import type { PromptLibrary } from '../src/speech/prompt-library.js';
import { ScriptedCaller } from './scripted-caller.js';

/** How a caller behaves, in milliseconds. */
export type Habits = {
  /** Keys are pressed as soon as they count, over whatever is being said; otherwise after it. */
  readonly typesAhead: boolean;
  /** Before the first key of an answer. */
  readonly thinkingMs: number;
  /** From one key to the next. */
  readonly perKeyMs: number;
};

/** One thing that happened, and when: in milliseconds from the answer. */
export type Moment =
  | { readonly atMs: number; readonly endMs: number; readonly heard: string; readonly whole: boolean }
  | { readonly atMs: number; readonly keyed: string };

/**
 * A scripted caller with a watch: it lets pass the time that the recordings last and that keys take. Work
 * takes no time, so that what is measured is the dialogue's own.
 */
export class TimedCaller implements Party {
  readonly moments: Moment[] = [];
  readonly #library: PromptLibrary;
  readonly #habits: Habits;
  readonly #inner: ScriptedCaller;
  #atMs = 0;
  #isHeard = true;
  readonly #keyed: string[] = [];

  constructor(library: PromptLibrary, habits: Habits, script: readonly string[]) {
    this.#library = library;
    this.#habits = habits;
    this.#inner = new ScriptedCaller({
      script,
      showsSecrets: true,
      onSpeech: (_, heard) => {
        this.#isHeard = heard;
      },
      onLine: (line) => {
        if (line.startsWith('< ')) {
          this.#keyed.push(line.slice(2));
        }
      },
    });
  }

  get isDone(): boolean {
    return this.#inner.isDone;
  }

  async hears(speech: Speech, delivery: Delivery): Promise<'heard' | 'interrupted' | 'hangup'> {
    const outcome = await this.#inner.hears(speech, delivery);
    if (this.#isHeard) {
      this.#listen(speech, this.lengthMs(speech));
    }
    return outcome;
  }

  async answers(speech: Speech, delivery: Delivery, listen: Listen): Promise<Answer> {
    this.#keyed.length = 0;
    const answer = await this.#inner.answers(speech, delivery, listen);
    const { typesAhead, thinkingMs, perKeyMs } = this.#habits;
    const [keyed] = this.#keyed;
    if (this.#isHeard) {
      const cuts = typesAhead && delivery.interruptible && keyed !== undefined && keyed !== 'hangup';
      const wholeMs = this.lengthMs(speech);
      this.#listen(speech, cuts ? Math.min(thinkingMs, wholeMs) : wholeMs, !cuts);
    }
    if (keyed !== undefined && keyed !== 'hangup') {
      // Over a line that no key cuts short, the key is there when the line ends.
      const waits = !typesAhead;
      const atMs = this.#atMs + (waits ? thinkingMs : 0);
      this.moments.push({ atMs, keyed: listen.for === 'secret' ? 'the digits' : keyed });
      this.#atMs = atMs + perKeyMs * (keyed.length - (waits ? 0 : 1));
    }
    return answer;
  }

  /** How long a speech lasts. */
  lengthMs(speech: Speech): number {
    return this.#library.recordings(speech).reduce((sum, sound) => sum + this.#library.durationMs(sound), 0);
  }

  #listen(speech: Speech, ms: number, whole = true): void {
    const heard = this.#library.text(speech).replaceAll('\n', ' ');
    this.moments.push({ atMs: this.#atMs, endMs: this.#atMs + ms, heard, whole });
    this.#atMs += ms;
  }
}
