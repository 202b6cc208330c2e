import type { Ari, AriChannel, AriReply } from '../../src/call/asterisk/ari.js';
import { AriFault } from '../../src/call/asterisk/ari.js';
import { type Deferred, deferred } from '../../src/call/deferred.js';

type Answer = AriReply | 'fault';
type Operation =
  | 'answer'
  | 'play'
  | 'stop'
  | 'hangUp'
  | 'continue'
  | 'setVariable'
  | 'startMusic'
  | 'stopMusic'
  | 'mute'
  | 'unmute'
  | 'createBridge'
  | 'addToBridge'
  | 'removeFromBridge'
  | 'destroyBridge'
  | 'bridgeMembers';

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
  readonly answersTo: { [operation in Operation]?: Answer } = {};
  readonly #held = new Map<string, Deferred<Answer>>();
  livePlaybacks: ReadonlySet<string> = new Set();
  channels: readonly AriChannel[] = [];
  /** The channels in each bridge. */
  readonly bridges = new Map<string, Set<string>>();

  /** The id of the newest playback; empty when there was none. */
  get lastPlaybackId(): string {
    return this.playbackIds.at(-1) ?? '';
  }

  /** The next requests of this kind wait. Returns what answers all of them. */
  hold(operation: Operation): (answer: Answer) => void {
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

  async setVariable(_channelId: string, name: string, value: string): Promise<AriReply> {
    return this.#asked('setVariable', `set ${name}=${value}`);
  }

  async startMusic(channelId: string): Promise<AriReply> {
    return this.#asked('startMusic', `music to ${channelId}`);
  }

  async stopMusic(channelId: string): Promise<AriReply> {
    return this.#asked('stopMusic', `no music to ${channelId}`);
  }

  async mute(): Promise<AriReply> {
    return this.#asked('mute', 'mute');
  }

  async unmute(): Promise<AriReply> {
    return this.#asked('unmute', 'unmute');
  }

  async createBridge(bridgeId: string): Promise<AriReply> {
    const reply = await this.#asked('createBridge', `make ${bridgeId}`);
    this.bridges.set(bridgeId, this.bridges.get(bridgeId) ?? new Set());
    return reply;
  }

  async addToBridge(bridgeId: string, channelId: string): Promise<AriReply> {
    const reply = await this.#asked('addToBridge', `add ${channelId}`);
    const bridge = this.bridges.get(bridgeId);
    if (reply === 'done') {
      bridge?.add(channelId);
    }
    return bridge === undefined ? 'gone' : reply;
  }

  async removeFromBridge(bridgeId: string, channelId: string): Promise<AriReply> {
    const reply = await this.#asked('removeFromBridge', `remove ${channelId}`);
    this.bridges.get(bridgeId)?.delete(channelId);
    return reply;
  }

  async destroyBridge(bridgeId: string): Promise<AriReply> {
    const reply = await this.#asked('destroyBridge', `end ${bridgeId}`);
    this.bridges.delete(bridgeId);
    return reply;
  }

  async bridgeMembers(bridgeId: string): Promise<readonly string[]> {
    await this.#asked('bridgeMembers', `members of ${bridgeId}`);
    return [...(this.bridges.get(bridgeId) ?? [])];
  }

  async #asked(operation: Operation, request: string): Promise<AriReply> {
    this.requests.push(request);
    const held = this.#held.get(operation);
    const answer = held === undefined ? (this.answersTo[operation] ?? 'done') : await held.promise;
    if (answer === 'fault') {
      throw new AriFault(`Asterisk refused the request "${operation}"`);
    }
    return answer;
  }
}
