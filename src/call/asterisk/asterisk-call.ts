import type { Clock } from '../../clock.js';
import type { Answer, Delivery, Listen, PromptName, Speech } from '../../dialogue/line.js';
import type { Log } from '../../log.js';
import type { Call, Entry, TransferTarget } from '../call.js';
import { type Deferred, deferred } from '../deferred.js';
import { DigitCollector } from '../digit-collector.js';
import type { Collection, DigitTimers } from '../digit-question.js';
import { type Ari, type AriChannel, AriFault, type AriReply } from './ari.js';
import { readCallerNumber, readServiceNumber } from './caller-number.js';
import { CountedAri } from './counted-ari.js';
import { Playback } from './playback.js';
import { within } from './within.js';

/** A playback that failed for this long before a hang-up did not fail because of it. */
const failureIsNoHangUpMs = 1_000;

/** Where in the dialplan agents are. */
export type AgentsPlace = { readonly context: string; readonly extension: string };

/** What all calls of one switch share. */
export type CallSurroundings = {
  readonly ari: Ari;
  readonly agents: AgentsPlace | undefined;
  /** Sound names of a speech, relative to the folder of the prompts. */
  readonly recordings: (speech: Speech) => readonly string[];
  /** How Asterisk reaches that folder. */
  readonly soundPrefix: string;
  /** The prompt said before a question that is asked again because the connection was lost. */
  readonly apology: PromptName | undefined;
  readonly timers: DigitTimers;
  readonly clock: Clock;
  readonly log: Log;
  /** Called at once when a call is over, before anything else happens. */
  readonly onOver: (call: Call) => void;
};

/** How a line ended. `lost`: the connection went and nobody knows whether it was said. */
type Said = 'finished' | 'stopped' | 'over' | 'lost';

/** One call on Asterisk. The switch tells it what happens to its channel. */
export class AsteriskCall implements Call {
  readonly channelId: string;
  readonly callerNumber: string | undefined;
  readonly serviceNumber: string;
  readonly entry: Entry;
  readonly ended: Promise<void>;
  readonly #around: CallSurroundings;
  readonly #ari: CountedAri;
  readonly #collector: DigitCollector;
  readonly #end: Deferred<void> = deferred();
  #isOver = false;
  /** Lines are said one after the other, whoever asks for them. */
  #turn: Promise<unknown> = Promise.resolve();
  #playback: Playback | undefined;
  /** Resolves when the connection is lost; renewed each time. */
  #outage: Deferred<'outage'> = deferred();
  /** Set while the connection is lost; resolves when it is back and the call is still there. */
  #return: Deferred<void> | undefined;

  constructor(channel: AriChannel, around: CallSurroundings) {
    this.channelId = channel.id;
    this.callerNumber = readCallerNumber(channel.callerNumber);
    this.serviceNumber = readServiceNumber(channel.dialledNumber);
    this.entry = channel.args[0] === 'transfer' ? 'transfer' : 'direct';
    this.ended = this.#end.promise;
    this.#around = around;
    this.#ari = new CountedAri(around.ari);
    this.#collector = new DigitCollector(around.timers, around.clock);
  }

  /** How many requests this call has cost so far. */
  get ariRequests(): number {
    return this.#ari.count;
  }

  async answer(): Promise<boolean> {
    return !this.#isOver && this.#unlessGone(await this.#ari.answer(this.channelId));
  }

  async hears(speech: Speech, delivery: Delivery): Promise<'heard' | 'interrupted' | 'hangup'> {
    return this.#inTurn(async () => {
      this.#collector.beginLine(delivery, this.#cutBy(delivery));
      let said: Said = 'lost';
      while (said === 'lost' && (await this.#reachable())) {
        if (delivery.interruptible && this.#collector.hasTypeAhead) {
          return 'interrupted';
        }
        said = await this.#say(speech);
      }
      if (this.#isOver) {
        return 'hangup';
      }
      return said === 'stopped' ? 'interrupted' : 'heard';
    });
  }

  async answers(speech: Speech, delivery: Delivery, listen: Listen): Promise<Answer> {
    return this.#inTurn(async () => {
      this.#collector.beginLine(delivery, this.#cutBy(delivery));
      const collection = this.#collector.collect(listen);
      try {
        const answer = await this.#ask(speech, delivery, collection);
        if (this.#isOver && answer.type === 'secret') {
          answer.secret.wipe();
        }
        return this.#isOver ? { type: 'hangup' } : answer;
      } finally {
        collection.abandon();
      }
    });
  }

  async transfer(to: TransferTarget): Promise<'transferred' | 'unavailable'> {
    const place = { agents: this.#around.agents }[to];
    if (place === undefined || this.#isOver) {
      return 'unavailable';
    }
    try {
      const { context, extension } = place;
      // Not asked whether the call is over by now: that it has left us may be told before the answer.
      if ((await this.#ari.continueAt(this.channelId, context, extension)) === 'gone') {
        this.left();
        return 'unavailable';
      }
    } catch (cause) {
      this.#report(cause, 'a caller could not be sent to the agents');
      return 'unavailable';
    }
    this.left();
    return 'transferred';
  }

  async hangUp(): Promise<void> {
    if (this.#isOver) {
      return;
    }
    // Over in our records from here on: should the request fail, the switch hangs up what it finds later.
    this.left();
    try {
      await this.#ari.hangUp(this.channelId, 'normal');
    } catch (cause) {
      this.#report(cause, 'a call could not be hung up');
    }
  }

  /** The caller pressed a key. */
  key(key: string): void {
    this.#collector.key(key);
  }

  /** A playback on this channel is over. */
  playbackFinished(playbackId: string, failed: boolean): void {
    this.#playback?.finished(playbackId);
    if (failed) {
      void this.#reportFailedPlayback();
    }
  }

  /** The channel is gone, or not ours any more. Safe to be told again. */
  left(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#collector.end();
      this.#playback?.channelGone();
      this.#around.onOver(this);
      this.#end.resolve();
    }
  }

  /** The connection is lost: keys and ends of playbacks go unnoticed until it returns. */
  connectionLost(): void {
    if (this.#return === undefined) {
      this.#return = deferred();
      this.#collector.interrupt();
      this.#outage.resolve('outage');
    }
  }

  /** The connection is back, and so is the call: the question that was open is asked again. */
  connectionRestored(): void {
    if (this.#return !== undefined) {
      this.#collector.interrupt();
      this.#outage = deferred();
      this.#return.resolve();
      this.#return = undefined;
      void this.#playback?.check();
    }
  }

  async #ask(speech: Speech, delivery: Delivery, collection: Collection): Promise<Answer> {
    let said = speech;
    while (collection.isOpen && (await this.#reachable())) {
      const outage = this.#outage.promise;
      const apologises = said !== speech;
      if (apologises || !(delivery.interruptible && collection.begun)) {
        const end = await Promise.race([this.#say(said), outage]);
        if (end === 'lost' || end === 'outage') {
          said = this.#again(speech);
          continue;
        }
      }
      collection.speechEnded();
      const answer = await Promise.race([collection.answer, outage]);
      if (answer !== 'outage') {
        return answer;
      }
      said = this.#again(speech);
    }
    return collection.answer;
  }

  /** Ends what is still being said, and returns what is said when the question is asked again. */
  #again(speech: Speech): Speech {
    this.#playback?.stop();
    const { apology } = this.#around;
    const sorry = apology === undefined ? [] : [{ prompt: apology }];
    return { ...speech, utterances: [...sorry, ...speech.utterances] };
  }

  async #say(speech: Speech): Promise<Said> {
    if (this.#hasLeft()) {
      return 'over';
    }
    const { log, recordings, soundPrefix } = this.#around;
    const outage = this.#outage;
    const playback = new Playback(this.#ari, this.channelId, log);
    this.#playback = playback;
    try {
      const media = recordings(speech).map((name) => `sound:${soundPrefix}/${name}`);
      const end = await playback.play(media);
      if (end === 'gone') {
        this.left();
      }
      return this.#hasLeft() || end === 'gone' ? 'over' : end;
    } catch (cause) {
      // A request that failed in an outage says nothing; the line is said when the connection is back.
      if (cause instanceof AriFault && (this.#return !== undefined || outage !== this.#outage)) {
        return 'lost';
      }
      throw cause;
    } finally {
      if (this.#playback === playback) {
        this.#playback = undefined;
      }
    }
  }

  /** Waits until the connection is there. Resolves to false when the call is over. */
  async #reachable(): Promise<boolean> {
    if (this.#return !== undefined && !this.#isOver) {
      await Promise.race([this.#return.promise, this.ended]);
    }
    return !this.#isOver;
  }

  #cutBy(delivery: Delivery): (() => void) | undefined {
    return delivery.interruptible ? () => this.#playback?.stop() : undefined;
  }

  async #inTurn<T>(line: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(line);
    // A fault goes to whoever asked for that line; the next one is none the worse for it.
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** For the compiler, which takes it that a field stays as it was while something is awaited. */
  #hasLeft(): boolean {
    return this.#isOver;
  }

  #unlessGone(reply: AriReply): boolean {
    if (reply === 'gone') {
      this.left();
    }
    return !this.#isOver;
  }

  /** A hang-up makes a playback fail too, and is told just after it. */
  async #reportFailedPlayback(): Promise<void> {
    try {
      await within(failureIsNoHangUpMs, this.ended);
    } catch {
      this.#around.log.error({ channelId: this.channelId }, 'a prompt could not be played');
    }
  }

  #report(cause: unknown, message: string): void {
    const text = cause instanceof AriFault ? cause.message : 'a fault of our own';
    this.#around.log.error({ channelId: this.channelId, cause: text }, message);
  }
}
