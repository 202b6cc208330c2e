import type { Party, Speech } from '../dialogue/line.js';

/** How a call came in. */
export type Entry = 'direct' | 'transfer';

/** Where a call can be sent on to. */
export type TransferTarget = 'agents';

/** What the agent who takes the call is told of it; letters, digits, dots and hyphens only. */
export type Attachment = { readonly language: string | undefined; readonly position: string };

/** How an agent sends a caller here: for good, to get them back afterwards, or while staying on the line. */
export type TransferWay = 'blind' | 'detour' | 'assisted';

/** What comes with a call that an agent sent. All of it was dialled or named by people: it is data. */
export type Handover = {
  /** The agent's number at the switch, e.g. "1001"; undefined when the switch cannot tell. */
  readonly agent: string | undefined;
  /** Digits of the order that the agent dialled behind the service number. */
  readonly orderCode: string | undefined;
  /** Digits that name the payment session which this application prepared for the call. */
  readonly ticket: string | undefined;
};

/** An agent's line while it is with us: its caller pays, or is in a conversation with it that we made. */
export interface AgentLine {
  /** The switch's own identifier of this line. */
  readonly channelId: string;
  readonly agent: string | undefined;
  /** Names the payment session that the line belongs to, as its caller's `Handover` does. */
  readonly ticket: string;
  /** The agent hears music until something is said to them, or until they are joined with their caller. */
  hold(): Promise<void>;
  /** Says it all, and holds again. Resolves when it was heard to its end or the agent hung up. */
  hears(speech: Speech): Promise<'heard' | 'hangup'>;
  /** Ends the line: the agent is free. Safe on a line that is over. */
  hangUp(): Promise<void>;
  /** Resolves once, when the line is over or has left us. */
  readonly ended: Promise<void>;
}

/** One phone call, from its arrival to its end. */
export interface Call extends Party {
  /** The switch's own identifier of this call. */
  readonly channelId: string;
  /** Digits of the caller's number, or undefined when it is withheld or malformed. Not proof of identity. */
  readonly callerNumber: string | undefined;
  /** The number that was dialled. */
  readonly serviceNumber: string;
  readonly entry: Entry;
  /** What came with it, for a call whose entry is `transfer`. */
  readonly handover: Handover | undefined;
  /** Digits that the caller dialled behind the service number: where they want to go at once. */
  readonly dialled: string | undefined;
  /** Picks the call up. Resolves to false when the caller has hung up already. */
  answer(): Promise<boolean>;
  /** Sends the caller on; the call is no longer ours when this resolves to 'transferred'. */
  transfer(to: TransferTarget, attachment?: Attachment): Promise<'transferred' | 'unavailable'>;
  /**
   * Makes one conversation of the caller and the agent. The caller's keys stay with us: the agent hears no
   * tone, in the audio or as an event; while a secret is listened for, nothing at all of the caller's side.
   * What we say to the caller is heard by the caller alone, and meanwhile the two do not hear each other.
   * 'gone' when either of them is over. Rejects when the switch fails: then nobody is joined.
   */
  join(line: AgentLine): Promise<'joined' | 'gone'>;
  /**
   * The ticket of the conversation with an agent that the call is in, also one from before a restart. Rejects
   * when the switch does not say.
   */
  joinedTicket(): Promise<string | undefined>;
  /** Calls `listener` at each key with how many keys the open question holds; never with which. */
  watchKeys(listener: ((keyed: number) => void) | undefined): void;
  /** Ends the call from our side. Safe on a call that is over. */
  hangUp(): Promise<void>;
  /** Resolves once, when the call is over or has left us, whoever ended it. */
  readonly ended: Promise<void>;
}

/** Who is told of what comes to a switch. */
export type SwitchHandlers = {
  readonly onCall: (call: Call) => void;
  /** A call found in progress that this process knows nothing of: it was restarted in the middle of it. */
  readonly onOrphan: (call: Call) => void;
  /** An agent's line has come, or was found in progress. */
  readonly onAgentLine: (line: AgentLine) => void;
};

/** Where calls come from. */
export interface Switch {
  /**
   * Starts taking calls. Agents' lines that are in progress are told before calls that are; resolves when all of
   * them have been told.
   */
  start(handlers: SwitchHandlers): Promise<void>;
  /** True while the switch can be reached. */
  readonly connected: boolean;
  /** From now on new callers are told to try elsewhere; calls that are going on go on. */
  refuseCalls(): void;
  /**
   * Ends the calls and agents' lines that are going on, but for those that are to be left as they are, for the
   * process that comes next; resolves when the connection is closed.
   */
  stop(leave?: ReadonlySet<string>): Promise<void>;
}
