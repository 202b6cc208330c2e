/** What is asked of Asterisk over its REST interface, in the words of this part. */

/** One channel as Asterisk describes it. Everything in it came from outside and is data. */
export type AriChannel = {
  readonly id: string;
  /** True once the call was picked up. */
  readonly isUp: boolean;
  readonly callerNumber: string;
  readonly dialledNumber: string;
  /** The arguments that the dialplan gave to Stasis(). */
  readonly args: readonly string[];
};

/** When a key ended by Asterisk's clock, and how long it lasted, in milliseconds. */
export type KeyPress = { readonly endedMs: number; readonly durationMs: number };

/** What happened, as far as calls are concerned; `unimportant` is everything else, known or not. */
export type AriEvent =
  | { readonly type: 'entered'; readonly channel: AriChannel }
  /** The channel left the application, was hung up, or is gone. Comes up to three times. */
  | { readonly type: 'left'; readonly channelId: string }
  | {
      readonly type: 'key';
      readonly channelId: string;
      readonly key: string;
      /** Undefined when Asterisk does not say. */
      readonly press: KeyPress | undefined;
    }
  /** The far end has put us on hold (its SDP says sendonly, inactive or 0.0.0.0), or has taken us back. */
  | { readonly type: 'hold'; readonly channelId: string; readonly isHeld: boolean }
  | {
      readonly type: 'playback-finished';
      readonly channelId: string;
      readonly playbackId: string;
      readonly failed: boolean;
    }
  /** Another process has connected under our application's name. */
  | { readonly type: 'replaced' }
  | { readonly type: 'unimportant' };

/** `gone`: there is no such channel, playback or bridge any more, or it is not ours any more. */
export type AriReply = 'done' | 'gone';

/** Asterisk did not do what it was asked, for no reason of the call's. Its text carries no secret. */
export class AriFault extends Error {
  override readonly name = 'AriFault';
}

/** Each method is one request, answered in a bounded time; all reject with `AriFault` and nothing else. */
export interface Ari {
  answer(channelId: string): Promise<AriReply>;
  /** Plays the media one after the other. `playbackId` is the caller's own choice. */
  play(channelId: string, playbackId: string, media: readonly string[]): Promise<AriReply>;
  stopPlayback(playbackId: string): Promise<AriReply>;
  hasPlayback(playbackId: string): Promise<boolean>;
  /** `congestion` tells the network to try elsewhere (Q.850 cause 34, SIP 503). */
  hangUp(channelId: string, reason: 'normal' | 'congestion'): Promise<AriReply>;
  /** Sends the channel out of the application, to this place in the dialplan. */
  continueAt(channelId: string, context: string, extension: string): Promise<AriReply>;
  /** Ids of the channels that are in the application now. */
  channelIds(): Promise<readonly string[]>;
  channel(channelId: string): Promise<AriChannel | undefined>;
  /** Sets a variable that the dialplan can read. */
  setVariable(channelId: string, name: string, value: string): Promise<AriReply>;
  /** Plays music to the channel until it is stopped. */
  startMusic(channelId: string): Promise<AriReply>;
  stopMusic(channelId: string): Promise<AriReply>;
  /** From now on nothing that the channel's side says is heard in its bridge; its keys still come to us. */
  mute(channelId: string): Promise<AriReply>;
  unmute(channelId: string): Promise<AriReply>;
  /** Makes a bridge whose media always passes through Asterisk. One that is there stays as it is. */
  createBridge(bridgeId: string): Promise<AriReply>;
  /** Puts the channel into the bridge; its keys come to us and are heard by nobody there. */
  addToBridge(bridgeId: string, channelId: string): Promise<AriReply>;
  removeFromBridge(bridgeId: string, channelId: string): Promise<AriReply>;
  destroyBridge(bridgeId: string): Promise<AriReply>;
  /** Ids of the channels in a bridge; none when there is no such bridge. */
  bridgeMembers(bridgeId: string): Promise<readonly string[]>;
}
