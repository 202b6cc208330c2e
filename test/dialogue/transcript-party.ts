/**
 * A caller who follows the `<` lines of a transcript, on the digit collector of real calls, and writes down
 * what was heard. Its time-outs are zero: keys that are not enough time out at once.
 */

import { DigitCollector } from '../../src/call/digit-collector.js';
import { systemClock } from '../../src/clock.js';
import type { Answer, Delivery, Listen, Party, Speech, SpokenValue } from '../../src/dialogue/line.js';
import { formatMoney } from '../../src/money.js';

/** What a caller does: keys, or one of these words. */
const silence = 'silence';
const hangup = 'hangup';
/** Hangs up while the next line is being told, rather than at the next question. */
const hangupWhileTold = 'hangup-while-told';

export class TranscriptParty implements Party {
  /** `> prompt {values}` heard; `~ prompt` not heard, because of keys typed ahead; `< keys`. */
  readonly lines: string[] = [];
  readonly #script: string[];
  readonly #collector = new DigitCollector(
    { firstDigitMs: 0, interDigitMs: 0, answerMs: 0, keyRunMs: 0 },
    systemClock,
  );

  constructor(script: readonly string[]) {
    this.#script = [...script];
  }

  get scriptIsDone(): boolean {
    return this.#script.length === 0;
  }

  async hears(speech: Speech, delivery: Delivery): Promise<'heard' | 'interrupted' | 'hangup'> {
    this.#collector.beginLine(delivery);
    this.#writeDown('>', speech);
    if (this.#script[0] === hangupWhileTold) {
      this.lines.push(`< ${hangupWhileTold}`);
      this.#script.shift();
      return 'hangup';
    }
    return 'heard';
  }

  async answers(speech: Speech, delivery: Delivery, listen: Listen): Promise<Answer> {
    this.#collector.beginLine(delivery);
    const collection = this.#collector.collect(listen);
    this.#writeDown(collection.begun && delivery.interruptible ? '~' : '>', speech);
    if (!collection.begun) {
      const keys = this.#script.shift() ?? hangup;
      this.lines.push(`< ${keys}`);
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

  #writeDown(mark: '>' | '~', { language, utterances }: Speech): void {
    for (const { prompt, values = {}, language: own = language } of utterances) {
      const filled = Object.entries(values).map(([name, value]) => ` ${name}=${inWords(value)}`);
      this.lines.push(`${mark} ${own} ${prompt}${filled.join('')}`);
    }
  }
}

function inWords(value: SpokenValue): string {
  switch (value.as) {
    case 'money':
      return formatMoney(value.money).replace(' CNY', '');
    case 'number':
      return String(value.number);
    case 'phone':
    case 'card-ending':
    case 'reference':
      return value.digits;
  }
}
