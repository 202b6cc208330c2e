import type { TransferWay } from '../call/call.js';

/** What the agent may be told of how a payment ended; never a card number or a key. */
export type SessionResult = {
  readonly outcome:
    | 'paid'
    | 'declined'
    | 'returning'
    | 'unresolved'
    | 'unavailable'
    /** Nothing was tried: the caller or the agent did not want to, or the caller did not manage. */
    | 'not-paid'
    | 'caller-gone'
    | 'interrupted';
  readonly amountMinor?: number | undefined;
  readonly currency?: string | undefined;
  /** The last six digits of the payment's reference number, as the caller hears them. */
  readonly reference?: string | undefined;
  /** Why it was declined. */
  readonly reason?: string | undefined;
};

export type SessionState =
  /** The lines are on their way to us. */
  | 'arriving'
  /** The caller is in the menus. */
  | 'with-caller'
  /** Assisted: nothing is asked of the caller until the agent says what. */
  | 'awaiting-agent'
  | 'paying'
  /** Caller and agent talk with each other. */
  | 'joined'
  | 'over';

/** One caller's way through the payment menu, as their agent sees it. */
export type PaymentSession = {
  /** Names this session among all that a call ever has. */
  readonly id: string;
  /** The switch's identifier of the caller's line: what the API calls the call's id. */
  readonly channelId: string;
  readonly way: TransferWay;
  readonly agent: string | undefined;
  readonly orderId: string | undefined;
  readonly state: SessionState;
  /** Assisted: what the caller has keyed so far. */
  readonly kept: { readonly card: string | undefined; readonly pin: boolean };
  readonly result: SessionResult | undefined;
};

/** What happens in a session, in order. `seq` counts from 1 in each session. */
export type SessionEvent = { readonly seq: number; readonly at: Date } & (
  | { readonly type: 'state'; readonly state: SessionState }
  /** How many keys the caller has pressed for the field that is asked for. */
  | { readonly type: 'keys'; readonly field: string; readonly keyed: number }
  | { readonly type: 'progress'; readonly progress: string }
  | { readonly type: 'result'; readonly result: SessionResult }
);

/** Names one event among those of all sessions. */
export type EventId = { readonly sessionId: string; readonly seq: number };

export type BeginSession = {
  readonly channelId: string;
  readonly way: TransferWay;
  readonly orderId: string | undefined;
  /** The agent who asks; undefined: somebody who may ask for any call. */
  readonly agent: string | undefined;
};

/** Why something cannot be done for a session now. */
export type SessionRefusal =
  /** There is no such call, or it is another agent's: which of them is not told. */
  | 'no-such-call'
  /** A session is going on already, or is not where this could be done. */
  | 'not-now'
  /** The connection to the call centre is off or down. */
  | 'call-centre-unavailable'
  /** There is no such order, it is another agent's, or it cannot be paid: which of them is not told. */
  | 'order-not-open';

export type SessionReply =
  | { readonly outcome: 'done'; readonly session: PaymentSession }
  | { readonly outcome: SessionRefusal };

/** The payment sessions of this node's calls, for the people who watch and steer them. */
export interface PaymentSessions {
  /** Sends a caller who talks with an agent to pay. An assisted session needs an order. */
  begin(request: BeginSession): Promise<SessionReply>;
  /** Assisted: has the caller key this field, again if it was keyed before. */
  capture(channelId: string, agent: string | undefined, field: 'card-number' | 'card-pin'): SessionReply;
  /** Assisted: pays with what was captured. */
  complete(channelId: string, agent: string | undefined): SessionReply;
  /** Assisted: ends it unpaid. Refused while money may be moving. */
  cancel(channelId: string, agent: string | undefined): SessionReply;
  find(channelId: string): PaymentSession | undefined;
  all(): readonly PaymentSession[];
  /**
   * Calls `listener` with what has happened in the latest session of the call since event `after`, and with what
   * comes; call the result to stop. An event of another session comes before all of this one's.
   */
  watch(
    channelId: string,
    after: EventId | undefined,
    listener: (event: SessionEvent) => void,
  ): (() => void) | undefined;
}
