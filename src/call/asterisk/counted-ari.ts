import type { Ari, AriChannel, AriReply } from './ari.js';

/** Counts the requests that go through it: what one call costs Asterisk. */
export class CountedAri implements Ari {
  count = 0;
  readonly #ari: Ari;

  constructor(ari: Ari) {
    this.#ari = ari;
  }

  async answer(channelId: string): Promise<AriReply> {
    return this.#counted().answer(channelId);
  }

  async play(channelId: string, playbackId: string, media: readonly string[]): Promise<AriReply> {
    return this.#counted().play(channelId, playbackId, media);
  }

  async stopPlayback(playbackId: string): Promise<AriReply> {
    return this.#counted().stopPlayback(playbackId);
  }

  async hasPlayback(playbackId: string): Promise<boolean> {
    return this.#counted().hasPlayback(playbackId);
  }

  async hangUp(channelId: string, reason: 'normal' | 'congestion'): Promise<AriReply> {
    return this.#counted().hangUp(channelId, reason);
  }

  async continueAt(channelId: string, context: string, extension: string): Promise<AriReply> {
    return this.#counted().continueAt(channelId, context, extension);
  }

  async channelIds(): Promise<readonly string[]> {
    return this.#counted().channelIds();
  }

  async channel(channelId: string): Promise<AriChannel | undefined> {
    return this.#counted().channel(channelId);
  }

  async setVariable(channelId: string, name: string, value: string): Promise<AriReply> {
    return this.#counted().setVariable(channelId, name, value);
  }

  async startMusic(channelId: string): Promise<AriReply> {
    return this.#counted().startMusic(channelId);
  }

  async stopMusic(channelId: string): Promise<AriReply> {
    return this.#counted().stopMusic(channelId);
  }

  async mute(channelId: string): Promise<AriReply> {
    return this.#counted().mute(channelId);
  }

  async unmute(channelId: string): Promise<AriReply> {
    return this.#counted().unmute(channelId);
  }

  async createBridge(bridgeId: string): Promise<AriReply> {
    return this.#counted().createBridge(bridgeId);
  }

  async addToBridge(bridgeId: string, channelId: string): Promise<AriReply> {
    return this.#counted().addToBridge(bridgeId, channelId);
  }

  async removeFromBridge(bridgeId: string, channelId: string): Promise<AriReply> {
    return this.#counted().removeFromBridge(bridgeId, channelId);
  }

  async destroyBridge(bridgeId: string): Promise<AriReply> {
    return this.#counted().destroyBridge(bridgeId);
  }

  async bridgeMembers(bridgeId: string): Promise<readonly string[]> {
    return this.#counted().bridgeMembers(bridgeId);
  }

  #counted(): Ari {
    this.count += 1;
    return this.#ari;
  }
}
