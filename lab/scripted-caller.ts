/**
 * A caller who follows the `<` lines of a transcript, on the digit collector of real calls, and writes down
 * what was heard. Its time-outs are zero: keys that are not enough time out at once. The agent of an assisted
 * payment stands in the same script.
 */
import { DigitCollector, defaultDigitTimers } from '../src/call/digit-collector.js';
import { systemClock } from '../src/clock.js';
import type { Answer, Delivery, Listen, Party, Speech } from '../src/dialogue/line.js';
import { type AwaitAgent, agentCommands } from './agent-commands.js';
import { transcriptLines } from './transcript-lines.js';

/** What a caller does: keys, or one of these words. */
const silence = 'silence';
const hangup = 'hangup';
/** Hangs up while the next line is being told, rather than at the next question. */
const hangupWhileTold = 'hangup-while-told';
/** Presses `#` while the next line is being told. */
const skipsWhileTold = '#-while-told';

export type ScriptedCallerOptions = {
  /** What to do, in order: one entry a question. Whoever has nothing more to do hangs up. */
  readonly script: readonly string[];
  /** Called with each line as it is written. */
  readonly onLine?: (line: string) => void;
  /** Called with what is said, and whether it was heard. */
  readonly onSpeech?: (speech: Speech, heard: boolean) => void;
  /** True: the keys of a secret stand in the transcript, so that it can be played again. */
  readonly showsSecrets?: boolean;
};

export class ScriptedCaller implements Party {
  /**
   * `> prompt values` heard; `~ prompt` not heard, because of keys typed ahead; `< keys`, or what the agent
   * does; `@ progress` as the agent sees it.
   */
  readonly lines: string[] = [];
  readonly #options: ScriptedCallerOptions;
  readonly #script: string[];
  readonly #collector = new DigitCollector(
    { ...defaultDigitTimers, firstDigitMs: 0, interDigitMs: 0, groupedDigitMs: 0, answerMs: 0, keyRunMs: 0 },
    systemClock,
  );

  constructor(options: ScriptedCallerOptions) {
    this.#options = options;
    this.#script = [...options.script];
  }

  /** True when there is nothing left to do. */
  get isDone(): boolean {
    return this.#script.length === 0;
  }

  async hears(speech: Speech, delivery: Delivery): Promise<'heard' | 'interrupted' | 'hangup'> {
    this.#collector.beginLine(delivery);
    const skipped = delivery.interruptible && this.#collector.skipsLine();
    this.#hear(speech, !skipped);
    if (skipped) {
      return 'interrupted';
    }
    const does = this.#script[0];
    if (does !== hangupWhileTold && does !== skipsWhileTold) {
      return 'heard';
    }
    this.#write(`< ${does}`);
    this.#script.shift();
    if (does === hangupWhileTold) {
      return 'hangup';
    }
    this.#collector.key('#');
    return delivery.interruptible ? 'interrupted' : 'heard';
  }

  /** What the script's agent wants next. A caller who has nothing more to do hangs up meanwhile. */
  readonly awaitAgent: AwaitAgent = async (because) => {
    this.#write(`@ ${because}`);
    const does = this.#script.shift() ?? hangup;
    this.#write(`< ${does}`);
    return agentCommands.find(({ command }) => command === does)?.answer ?? { type: 'callerLeft' };
  };

  async answers(speech: Speech, delivery: Delivery, listen: Listen): Promise<Answer> {
    this.#collector.beginLine(delivery);
    const collection = this.#collector.collect(listen);
    this.#hear(speech, !(collection.begun && delivery.interruptible));
    if (!collection.begun) {
      const keys = this.#script.shift() ?? hangup;
      const isWord = keys === silence || keys === hangup || keys === hangupWhileTold;
      const isHidden = listen.for === 'secret' && !isWord && this.#options.showsSecrets !== true;
      this.#write(`< ${isHidden ? '(secret)' : keys}`);
      if (keys === hangup || keys === hangupWhileTold) {
        this.#collector.end();
      } else if (keys !== silence) {
        for (const key of keys) {
          this.#collector.key(key);
        }
      }
    }
    collection.speechEnded();
    return collection.answer;
  }

  #hear(speech: Speech, heard: boolean): void {
    this.#options.onSpeech?.(speech, heard);
    for (const line of transcriptLines(speech, heard)) {
      this.#write(line);
    }
  }

  #write(line: string): void {
    this.lines.push(line);
    this.#options.onLine?.(line);
  }
}
