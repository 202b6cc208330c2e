import { randomUUID } from 'node:crypto';
import type { Log } from '../../log.js';
import { type Deferred, deferred } from '../deferred.js';
import { type Ari, AriFault } from './ari.js';

/** `gone`: there is no channel to play to any more. */
export type PlaybackEnd = 'finished' | 'stopped' | 'gone';

/**
 * How long a list of media may be in one request, in characters as they travel: Asterisk reads a request
 * line of at most 4,096.
 */
const greatestRequest = 3_000;

/** A finish that was not told is found after this long. */
const watchMs = 30_000;

/**
 * One line being said to a channel: a list of media, in one request unless it is very long. Events and
 * answers may come in any order: the finish before the answer to the request, a stop before either.
 */
export class Playback {
  readonly #ari: Ari;
  readonly #channelId: string;
  readonly #log: Log;
  readonly #stopped: Deferred<'stopped'> = deferred();
  #isStopped = false;
  #channelIsGone = false;
  /** The part being said, from before its request is sent until it is over. */
  #part: { readonly id: string; readonly over: Deferred<void>; accepted: boolean } | undefined;

  constructor(ari: Ari, channelId: string, log: Log) {
    this.#ari = ari;
    this.#channelId = channelId;
    this.#log = log;
  }

  /**
   * Says the media one after the other; resolves when they were heard to their end or stopped.
   * @throws AriFault when Asterisk would not or could not play them.
   */
  async play(media: readonly string[]): Promise<PlaybackEnd> {
    return Promise.race([this.#stopped.promise, this.#playAll(media)]);
  }

  /** Ends it now: `play` resolves at once, and Asterisk is told. Safe at any moment. */
  stop(): void {
    if (this.#isStopped) {
      return;
    }
    this.#isStopped = true;
    this.#stopped.resolve('stopped');
    // Told before it has accepted the request, Asterisk would know no such playback, and then begin it.
    if (this.#part?.accepted === true) {
      void this.#tellToStop(this.#part.id);
    }
  }

  /** The channel is gone, and with it whatever was played to it: `play` resolves, nobody is told. */
  channelGone(): void {
    this.#channelIsGone = true;
    this.#isStopped = true;
    this.#stopped.resolve('stopped');
  }

  /** Asterisk says that this playback is over. */
  finished(playbackId: string): void {
    if (this.#part?.id === playbackId) {
      this.#part.over.resolve();
    }
  }

  /** Asks Asterisk whether it is still being said, in case the end of it was never told. */
  async check(): Promise<void> {
    const part = this.#part;
    if (part?.accepted !== true || this.#isStopped) {
      return;
    }
    try {
      if (!(await this.#ari.hasPlayback(part.id))) {
        part.over.resolve();
      }
    } catch (cause) {
      this.#log.warn(described(cause, this.#channelId), 'a playback could not be looked up');
    }
  }

  async #playAll(media: readonly string[]): Promise<PlaybackEnd> {
    for (const list of requestsFor(media)) {
      if (this.#isStopped) {
        return 'stopped';
      }
      if ((await this.#playPart(list)) === 'gone') {
        return 'gone';
      }
    }
    return 'finished';
  }

  async #playPart(list: readonly string[]): Promise<'over' | 'gone'> {
    const part = { id: randomUUID(), over: deferred<void>(), accepted: false };
    this.#part = part;
    try {
      if ((await this.#ari.play(this.#channelId, part.id, list)) === 'gone') {
        return 'gone';
      }
    } catch (cause) {
      if (this.#channelIsGone) {
        return 'gone';
      }
      if (this.#isStopped) {
        this.#log.warn(described(cause, this.#channelId), 'a stopped line was never begun');
        return 'over';
      }
      throw cause;
    }
    part.accepted = true;
    if (this.#isStopped) {
      await this.#tellToStop(part.id);
      return 'over';
    }
    const watch = setInterval(() => void this.check(), watchMs);
    await Promise.race([part.over.promise, this.#stopped.promise]);
    clearInterval(watch);
    return 'over';
  }

  /** That it is over already is no fault. */
  async #tellToStop(playbackId: string): Promise<void> {
    if (this.#channelIsGone) {
      return;
    }
    try {
      await this.#ari.stopPlayback(playbackId);
    } catch (cause) {
      this.#log.warn(described(cause, this.#channelId), 'a playback could not be stopped');
    }
  }
}

/** Splits the media into as few requests as their length allows. */
function requestsFor(media: readonly string[]): readonly (readonly string[])[] {
  const requests: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const one of media) {
    const travels = encodeURIComponent(`${one},`).length;
    if (length + travels > greatestRequest) {
      requests.push([]);
      length = 0;
    }
    requests.at(-1)?.push(one);
    length += travels;
  }
  return requests;
}

function described(cause: unknown, channelId: string): object {
  return { channelId, cause: cause instanceof AriFault ? cause.message : 'a fault of our own' };
}
