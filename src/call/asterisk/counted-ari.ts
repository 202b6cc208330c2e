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

  #counted(): Ari {
    this.count += 1;
    return this.#ari;
  }
}
