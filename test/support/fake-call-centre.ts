import type { AgentConversation, CallCentre, Move } from '../../src/call/call-centre.js';

/** A call centre in memory: a test says who talks with whom, and what happens when lines are moved. */
export class FakeCallCentre implements CallCentre {
  available = true;
  /** Whom it was asked to move, in order. */
  readonly moves: Move[] = [];
  /** What a move comes to; a test lets the lines come here. */
  onMove: (move: Move) => Promise<'moved' | 'gone' | 'unavailable'> = async () => 'moved';
  #conversations: readonly AgentConversation[] = [];
  #onPaymentKey: (conversation: AgentConversation) => void = () => {};

  start(onPaymentKey: (conversation: AgentConversation) => void): void {
    this.#onPaymentKey = onPaymentKey;
  }

  conversations(): readonly AgentConversation[] {
    return this.#conversations;
  }

  /** A caller and an agent talk with each other. */
  talk(channelId: string, agent = '1001'): AgentConversation {
    const conversation: AgentConversation = {
      channelId,
      agentChannelId: `agent-of-${channelId}`,
      callerNumber: '13800138000',
      agent,
      since: new Date('2026-11-23T04:00:00.000Z'),
    };
    this.#conversations = [...this.#conversations, conversation];
    return conversation;
  }

  /** The agent keys the feature code. */
  keyPayment(conversation: AgentConversation): void {
    this.#onPaymentKey(conversation);
  }

  async move(move: Move): Promise<'moved' | 'gone' | 'unavailable'> {
    this.moves.push(move);
    return this.onMove(move);
  }

  async stop(): Promise<void> {
    this.available = false;
  }
}
