import type { Frames } from '../dialogue/frames.js';

/** Where a conversation was broken off or handed over. It holds no secret. */
export type NewConversation = {
  readonly channel: 'voice';
  /** Whom the channel talks with: of a call, the switch's own identifier. */
  readonly address: string;
  /** The phone number whose conversation it is; undefined: withheld. */
  readonly wallet: string | undefined;
  readonly frames: Frames;
  /** How many steps had been taken in it. */
  readonly step: number;
  /** How long somebody may go on with it, in milliseconds. */
  readonly keptMs: number;
};

/** A conversation that somebody can go on with. */
export type KeptConversation = { readonly id: string; readonly frames: Frames };

/** Conversations that were broken off or handed over, until somebody goes on with them or they expire. */
export interface Conversations {
  /**
   * Returns the latest conversation of this phone number that was broken off, when nobody has taken it and it can
   * be read: frames of another version are not returned. One that is older than one that was taken is done with.
   */
  findBroken(wallet: string): Promise<KeptConversation | undefined>;
  /**
   * Takes what was broken off: it is not offered again, and its frames are struck out. False when another call has
   * taken it or it has expired.
   */
  take(id: string, as: 'gone-on' | 'declined'): Promise<boolean>;
  /** Keeps a conversation for the process that comes next. */
  handOver(conversation: NewConversation): Promise<void>;
  /** Takes what was handed over with this address, once; undefined when there is nothing or it cannot be read. */
  takeHandedOver(address: string): Promise<Frames | undefined>;
  /** Deletes what has expired, and returns how much. */
  prune(): Promise<number>;
}
