/** A caller at a terminal: reads what is said, and presses keys. What is keyed for a secret is not shown. */
import type { ReadStream } from 'node:tty';
import { DigitCollector, defaultDigitTimers } from '../src/call/digit-collector.js';
import { isKey } from '../src/call/digit-rule.js';
import { systemClock } from '../src/clock.js';
import type { Answer, Delivery, Listen, Party, Speech } from '../src/dialogue/line.js';
import { type AwaitAgent, agentCommands } from './agent-commands.js';
import { transcriptLines } from './transcript-lines.js';

/** Reading takes longer than hearing: the first key may take 30 seconds, in milliseconds. */
const timers = { ...defaultDigitTimers, firstDigitMs: 30_000 };

const controlC = '\u0003';
const controlD = '\u0004';

export class TerminalCaller implements Party {
  /** What happened, as a transcript. */
  readonly lines: string[] = [];
  readonly #input: ReadStream;
  readonly #show: (text: string) => void;
  readonly #say: (speech: Speech) => void;
  readonly #collector = new DigitCollector(timers, systemClock);
  #hungUp = false;
  #keys = '';
  #hidden = false;
  /** Told of each letter while the agent is awaited, and of the end of the call. */
  #agentListens: ((letter: string | undefined) => void) | undefined;

  /** `show` writes keys as they are pressed, `say` writes what is said. */
  constructor(input: ReadStream, show: (text: string) => void, say: (speech: Speech) => void) {
    this.#input = input;
    this.#show = show;
    this.#say = say;
    input.setRawMode(true);
    input.setEncoding('ascii');
    input.on('data', this.#onData);
    input.resume();
  }

  /** Gives the terminal back. */
  close(): void {
    this.#input.off('data', this.#onData);
    this.#input.setRawMode(false);
    this.#input.pause();
  }

  async hears(speech: Speech, delivery: Delivery): Promise<'heard' | 'interrupted' | 'hangup'> {
    if (this.#hungUp) {
      return 'hangup';
    }
    this.#collector.beginLine(delivery);
    const skipped = delivery.interruptible && this.#collector.skipsLine();
    this.#hear(speech, !skipped);
    return skipped ? 'interrupted' : 'heard';
  }

  async answers(speech: Speech, delivery: Delivery, listen: Listen): Promise<Answer> {
    this.#keys = '';
    this.#hidden = listen.for === 'secret';
    this.#collector.beginLine(delivery);
    const collection = this.#collector.collect(listen);
    this.#hear(speech, !(collection.begun && delivery.interruptible));
    collection.speechEnded();
    const answer = await collection.answer;
    this.#hidden = false;
    this.#show('\n');
    this.lines.push(`< ${this.#written(answer)}`);
    return answer;
  }

  /** Asks the terminal what the agent wants next. */
  readonly awaitAgent: AwaitAgent = async (because) => {
    const choices = agentCommands.map(({ command, key }) => `${key} ${command}`).join(', ');
    this.#show(`(${because}; ${choices})\n`);
    this.lines.push(`@ ${because}`);
    for (;;) {
      const letter = this.#hungUp
        ? undefined
        : await new Promise<string | undefined>((resolve) => {
            this.#agentListens = resolve;
          });
      this.#agentListens = undefined;
      const command = agentCommands.find(({ key }) => key === letter);
      if (letter === undefined || command !== undefined) {
        this.lines.push(`< ${command?.command ?? 'hangup'}`);
        return command?.answer ?? { type: 'callerLeft' };
      }
    }
  };

  readonly #onData = (typed: Buffer | string) => {
    for (const key of String(typed)) {
      if (key === controlC || key === controlD) {
        this.#hungUp = true;
        this.#collector.end();
        this.#agentListens?.(undefined);
      } else if (this.#agentListens !== undefined) {
        this.#agentListens(key);
      } else if (isKey(key)) {
        this.#show(this.#hidden ? '•' : key);
        this.#keys += this.#hidden ? '' : key;
        this.#collector.key(key);
      }
    }
  };

  #written(answer: Answer): string {
    switch (answer.type) {
      case 'key':
        return answer.key;
      case 'secret':
        return '(secret)';
      case 'silence':
      case 'hangup':
        return answer.type;
      case 'digits':
      case 'nomatch':
      case 'cancel':
        return this.#keys === '' ? `(${answer.type})` : this.#keys;
    }
  }

  #hear(speech: Speech, heard: boolean): void {
    if (heard) {
      this.#say(speech);
    }
    this.lines.push(...transcriptLines(speech, heard));
  }
}
