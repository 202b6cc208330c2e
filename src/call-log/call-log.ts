import type { Entry } from '../call/call.js';

/** How a call ended, as the table `calls` and the metrics name it. */
export type CallOutcome =
  /** The caller did what they came for, or had nothing more to do, and heard goodbye. */
  | 'completed'
  | 'caller-hung-up'
  /** Before it was answered. */
  | 'abandoned'
  | 'transferred'
  | 'gave-up-silent'
  | 'gave-up-wrong-keys'
  /** The application was restarted in the middle of the call. */
  | 'interrupted'
  | 'fault';

export type NewCall = {
  readonly id: string;
  readonly channelId: string;
  readonly callerNumber: string | undefined;
  readonly serviceNumber: string;
  readonly entry: Entry;
};

/** One step of the path through the menus. `heard` never holds a digit of a PIN or of a card number. */
export type CallStep = {
  readonly dialogue: string;
  readonly state: string;
  readonly heard: string;
  readonly at: Date;
};

export type Enquiry = {
  readonly callId: string;
  readonly kind: 'card-balance' | 'phone-balance' | 'bill';
  readonly outcome: string;
  readonly bankResponseCode?: string | undefined;
};

/** What happened on each call, without secrets. One row a call, from its first moment. */
export interface CallLog {
  /** Writes the call down before anything else is done with it. */
  begin(call: NewCall): Promise<void>;
  answered(callId: string): Promise<void>;
  /** Writes the call's end, its language and its path, in one commit. Ending a call twice keeps the first end. */
  end(
    callId: string,
    end: { outcome: CallOutcome; language?: string | undefined; steps: readonly CallStep[] },
  ): Promise<void>;
  enquired(enquiry: Enquiry): Promise<void>;
  /** The open call with this channel, when there is one. */
  findOpen(channelId: string): Promise<{ id: string } | undefined>;
  /**
   * Ends, as `interrupted`, every call of this application that is open in the records and whose channel is
   * not among `live`. Returns how many.
   */
  closeLost(live: readonly string[]): Promise<number>;
}
