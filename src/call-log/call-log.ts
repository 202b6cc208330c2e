import type { Entry, TransferWay } from '../call/call.js';
import type { NewConversation } from '../conversation/conversations.js';

/** How a call ended, as the table `calls` and the metrics name it. */
export type CallOutcome =
  /** The caller did what they came for, or had nothing more to do, and heard goodbye. */
  | 'completed'
  | 'caller-hung-up'
  /** Before it was answered. */
  | 'abandoned'
  | 'transferred'
  /** An agent had sent the caller, and got them back. */
  | 'returned'
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
  /** Which agent sent the caller, how, and to pay what; for a call whose entry is `transfer`. */
  readonly handover?: CallHandover | undefined;
};

type CallHandover = {
  readonly agent: string | undefined;
  readonly orderId: string | undefined;
  readonly way: TransferWay;
};

/** One step of the path through the menus. `heard` never holds a digit of a PIN or of a card number. */
export type CallStep = {
  readonly dialogue: string;
  readonly state: string;
  readonly heard: string;
  readonly at: Date;
};

export type CallEnd = {
  readonly outcome: CallOutcome;
  readonly language?: string | undefined;
  readonly steps: readonly CallStep[];
  /** Where the caller may go on when they dial again. */
  readonly broken?: NewConversation | undefined;
};

export type Enquiry = {
  readonly callId: string;
  /** The id of the service that asked. */
  readonly kind: string;
  readonly outcome: string;
  readonly bankResponseCode?: string | undefined;
};

export type OpenCall = {
  readonly id: string;
  readonly agent: string | undefined;
  readonly orderId: string | undefined;
  readonly transferWay: TransferWay | undefined;
};

/** What happened on each call, without secrets. One row a phone call, from its first moment. */
export interface CallLog {
  /**
   * Writes the call down before anything else is done with it, and returns the id of its row. A phone call that
   * was here before, and went to an agent meanwhile, goes on in its own row.
   */
  begin(call: NewCall): Promise<string>;
  answered(callId: string): Promise<void>;
  /**
   * Writes the call's end, its language, its path and what it broke off, in one commit. Ending a call twice keeps the
   * first end.
   */
  end(callId: string, end: CallEnd): Promise<void>;
  enquired(enquiry: Enquiry): Promise<void>;
  /** The open call with this channel, when there is one. */
  findOpen(channelId: string): Promise<OpenCall | undefined>;
  /**
   * Ends, as `interrupted`, every call of this application that is open in the records and whose channel is
   * not among `live`. Returns how many.
   */
  closeLost(live: readonly string[]): Promise<number>;
}
