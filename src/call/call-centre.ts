/** A caller and an agent who talk with each other at the call centre, outside of our application. */
export type AgentConversation = {
  /** The switch's identifiers of the caller's and of the agent's line. */
  readonly channelId: string;
  readonly agentChannelId: string;
  /** Digits of the caller's number, or undefined when it is withheld or malformed. */
  readonly callerNumber: string | undefined;
  /** The agent's number at the switch, e.g. "1001". */
  readonly agent: string;
  readonly since: Date;
};

/** Who is moved when a caller is sent to pay: the caller alone, or the agent too, who comes to us to wait. */
export type Move = {
  readonly channelId: string;
  /** Digits that both lines bring with them (`Handover.ticket`, `AgentLine.ticket`). */
  readonly ticket: string;
  readonly agentComesToo: boolean;
};

/** Agents and the conversations they are in. Without one, agents can only transfer callers by themselves. */
export interface CallCentre {
  /** False while the call centre cannot be reached; what it knew is kept until it can. */
  readonly available: boolean;
  /** Begins to follow conversations; `onPaymentKey` is told when an agent keys the feature code. */
  start(onPaymentKey: (conversation: AgentConversation) => void): void;
  conversations(): readonly AgentConversation[];
  /** Sends the caller, or both, into our application. 'gone' when there is no such conversation any more. */
  move(move: Move): Promise<'moved' | 'gone' | 'unavailable'>;
  /** Resolves when the connection is closed. */
  stop(): Promise<void>;
}
