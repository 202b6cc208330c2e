import type { Party } from '../dialogue/line.js';

/** How a call came in. */
export type Entry = 'direct' | 'transfer';

/** Where a call can be sent on to. */
export type TransferTarget = 'agents';

/** One phone call, from its arrival to its end. */
export interface Call extends Party {
  /** The switch's own identifier of this call. */
  readonly channelId: string;
  /** Digits of the caller's number, or undefined when it is withheld or malformed. Not proof of identity. */
  readonly callerNumber: string | undefined;
  /** The number that was dialled. */
  readonly serviceNumber: string;
  readonly entry: Entry;
  /** Picks the call up. Resolves to false when the caller has hung up already. */
  answer(): Promise<boolean>;
  /** Sends the caller on; the call is no longer ours when this resolves to 'transferred'. */
  transfer(to: TransferTarget): Promise<'transferred' | 'unavailable'>;
  /** Ends the call from our side. Safe on a call that is over. */
  hangUp(): Promise<void>;
  /** Resolves once, when the call is over or has left us, whoever ended it. */
  readonly ended: Promise<void>;
}

/** Where calls come from. */
export interface Switch {
  /**
   * Starts taking calls: `onCall` for each new one; `onOrphan` for a call found in progress that this
   * process knows nothing of (it was restarted in the middle of it).
   */
  start(onCall: (call: Call) => void, onOrphan: (call: Call) => void): Promise<void>;
  /** True while the switch can be reached. */
  readonly connected: boolean;
  /** From now on new callers are told to try elsewhere; calls that are going on go on. */
  refuseCalls(): void;
  /** Ends the calls that are going on; resolves when the connection is closed. */
  stop(): Promise<void>;
}
