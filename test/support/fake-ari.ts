import type { Ari, AriChannel, AriReply } from '../../src/call/asterisk/ari.js';
import { AriFault } from '../../src/call/asterisk/ari.js';
import { type Deferred, deferred } from '../../src/call/deferred.js';

type Answer = AriReply | 'fault';

/**
 * Asterisk's REST interface without Asterisk. It writes down what was asked ("play one+two") and answers
 * at once; an operation named in `held` waits until the test releases it, so that any order of answers and
 * events can be tried.
 */
export class FakeAri implements Ari {
  readonly requests: string[] = [];
  /** The id of each playback, in the order in which they were asked for. */
  readonly playbackIds: string[] = [];
  /** What is answered to an operation, when it is not "done". */
  readonly answersTo: { [operation in 'answer' | 'play' | 'stop' | 'hangUp' | 'continue']?: Answer } = {};
  readonly #held = new Map<string, Deferred<Answer>>();
  livePlaybacks: ReadonlySet<string> = new Set();
  channels: readonly AriChannel[] = [];

  /** The id of the newest playback; empty when there was none. */
  get lastPlaybackId(): string {
    return this.playbackIds.at(-1) ?? '';
  }

  /** The next requests of this kind wait. Returns what answers all of them. */
  hold(operation: 'answer' | 'play' | 'stop' | 'hangUp' | 'continue'): (answer: Answer) => void {
    const gate = deferred<Answer>();
    this.#held.set(operation, gate);
    return (answer) => {
      this.#held.delete(operation);
      gate.resolve(answer);
    };
  }

  async answer(): Promise<AriReply> {
    return this.#asked('answer', 'answer');
  }

  async play(_channelId: string, playbackId: string, media: readonly string[]): Promise<AriReply> {
    this.playbackIds.push(playbackId);
    const names = media.map((one) => one.replace(/^sound:walletline\/en\//, ''));
    return this.#asked('play', `play ${names.join('+')}`);
  }

  async stopPlayback(playbackId: string): Promise<AriReply> {
    return this.#asked('stop', `stop ${this.playbackIds.indexOf(playbackId) + 1}`);
  }

  async hasPlayback(playbackId: string): Promise<boolean> {
    this.requests.push(`find ${this.playbackIds.indexOf(playbackId) + 1}`);
    return this.livePlaybacks.has(playbackId);
  }

  async hangUp(_channelId: string, reason: string): Promise<AriReply> {
    return this.#asked('hangUp', `hang up ${reason}`);
  }

  async continueAt(_channelId: string, context: string, extension: string): Promise<AriReply> {
    return this.#asked('continue', `continue ${context} ${extension}`);
  }

  async channelIds(): Promise<readonly string[]> {
    return this.channels.map(({ id }) => id);
  }

  async channel(channelId: string): Promise<AriChannel | undefined> {
    return this.channels.find(({ id }) => id === channelId);
  }

  async #asked(operation: keyof FakeAri['answersTo'], request: string): Promise<AriReply> {
    this.requests.push(request);
    const held = this.#held.get(operation);
    const answer = held === undefined ? (this.answersTo[operation] ?? 'done') : await held.promise;
    if (answer === 'fault') {
      throw new AriFault(`Asterisk refused the request "${operation}"`);
    }
    return answer;
  }
}
