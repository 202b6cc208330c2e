import type { Speech } from '../../dialogue/line.js';
import type { Log } from '../../log.js';
import { type Deferred, deferred } from '../deferred.js';
import { type Ari, AriFault, type AriReply } from './ari.js';
import { CountedAri } from './counted-ari.js';
import { Playback } from './playback.js';
import { within } from './within.js';

/** A playback that failed for this long before a hang-up did not fail because of it. */
const failureIsNoHangUpMs = 1_000;

/** What all channels of one switch share. */
export type ChannelSurroundings = {
  readonly ari: Ari;
  /** Sound names of a speech, relative to the folder of the prompts. */
  readonly recordings: (speech: Speech) => readonly string[];
  /** How Asterisk reaches that folder. */
  readonly soundPrefix: string;
  readonly log: Log;
  /** Called at once when a line is over, before anything else happens. */
  readonly onOver: (line: { readonly channelId: string }) => void;
};

/** How a line ended. `lost`: the connection went and nobody knows whether it was said. */
export type Said = 'finished' | 'stopped' | 'over' | 'lost';

/** One channel that lines are said to, one after the other, also across a lost connection to Asterisk. */
export class SpokenChannel {
  readonly id: string;
  readonly ari: CountedAri;
  /** Resolves once, when the channel is gone or not ours any more. */
  readonly ended: Promise<void>;
  readonly #around: ChannelSurroundings;
  readonly #onOver: () => void;
  readonly #end: Deferred<void> = deferred();
  #isOver = false;
  /** Lines are said one after the other, whoever asks for them. */
  #turn: Promise<unknown> = Promise.resolve();
  #playback: Playback | undefined;
  /** Resolves when the connection is lost; renewed each time. */
  #outage: Deferred<'outage'> = deferred();
  /** Set while the connection is lost; resolves when it is back and the channel is still there. */
  #return: Deferred<void> | undefined;

  /** `onOver` is called at once when the channel is over, before anything else happens. */
  constructor(id: string, around: ChannelSurroundings, onOver: () => void) {
    this.id = id;
    this.ari = new CountedAri(around.ari);
    this.ended = this.#end.promise;
    this.#around = around;
    this.#onOver = onOver;
  }

  /** True once the channel is gone. A method: what is awaited between two calls may change the answer. */
  isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when the connection is lost the next time. */
  get outage(): Promise<'outage'> {
    return this.#outage.promise;
  }

  /** Does this when all that was asked for before is done. */
  async inTurn<T>(line: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(line);
    // A fault goes to whoever asked for that line; the next one is none the worse for it.
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /**
   * Says it all; resolves when it was heard to its end, stopped, or lost.
   * @throws AriFault when Asterisk would not play it although the connection was there.
   */
  async say(speech: Speech): Promise<Said> {
    if (this.isOver()) {
      return 'over';
    }
    const { log, recordings, soundPrefix } = this.#around;
    const playback = new Playback(this.ari, this.id, log);
    this.#playback = playback;
    try {
      const media = recordings(speech).map((name) => `sound:${soundPrefix}/${name}`);
      const end = await this.unlessLost(() => playback.play(media));
      if (end === 'gone') {
        this.left();
      }
      return this.isOver() || end === 'gone' ? 'over' : end;
    } finally {
      if (this.#playback === playback) {
        this.#playback = undefined;
      }
    }
  }

  /**
   * Does this and returns what it comes to, or 'lost' when it failed while the connection was lost: such a
   * failure says nothing, and the thing may be done again when the connection is back.
   */
  async unlessLost<T>(request: () => Promise<T>): Promise<T | 'lost'> {
    const outage = this.#outage;
    try {
      return await request();
    } catch (cause) {
      if (cause instanceof AriFault && (this.#return !== undefined || outage !== this.#outage)) {
        return 'lost';
      }
      throw cause;
    }
  }

  /** Ends the line that is being said. Safe when there is none. */
  stopSaying(): void {
    this.#playback?.stop();
  }

  /** Waits until the connection is there. Resolves to false when the channel is over. */
  async reachable(): Promise<boolean> {
    if (this.#return !== undefined && !this.#isOver) {
      await Promise.race([this.#return.promise, this.ended]);
    }
    return !this.#isOver;
  }

  /** Returns false when Asterisk says that the channel is gone, and notes it. */
  unlessGone(reply: AriReply): boolean {
    if (reply === 'gone') {
      this.left();
    }
    return !this.#isOver;
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
      this.#playback?.channelGone();
      this.#onOver();
      this.#end.resolve();
    }
  }

  /** Ends the channel: `congestion` sends the caller elsewhere. Safe when it is over. */
  async hangUp(reason: 'normal' | 'congestion' = 'normal'): Promise<void> {
    if (this.#isOver) {
      return;
    }
    // Over in our records from here on: should the request fail, the switch hangs up what it finds later.
    this.left();
    try {
      await this.ari.hangUp(this.id, reason);
    } catch (cause) {
      this.report(cause, 'a call could not be hung up');
    }
  }

  /** The connection is lost: ends of playbacks go unnoticed until it returns. False when that was known. */
  connectionLost(): boolean {
    if (this.#return !== undefined) {
      return false;
    }
    this.#return = deferred();
    this.#outage.resolve('outage');
    return true;
  }

  /** The connection is back, and so is the channel. False when it was not lost. */
  connectionRestored(): boolean {
    if (this.#return === undefined) {
      return false;
    }
    this.#outage = deferred();
    this.#return.resolve();
    this.#return = undefined;
    void this.#playback?.check();
    return true;
  }

  /** Writes down what Asterisk did not do for this channel. */
  report(cause: unknown, message: string): void {
    const text = cause instanceof AriFault ? cause.message : 'a fault of our own';
    this.#around.log.error({ channelId: this.id, cause: text }, message);
  }

  /** A hang-up makes a playback fail too, and is told just after it. */
  async #reportFailedPlayback(): Promise<void> {
    try {
      await within(failureIsNoHangUpMs, this.ended);
    } catch {
      this.#around.log.error({ channelId: this.id }, 'a prompt could not be played');
    }
  }
}
