import type {
  BeginSession,
  EventId,
  PaymentSession,
  PaymentSessions,
  SessionEvent,
  SessionRefusal,
  SessionReply,
} from '../../src/session/payment-sessions.js';

type Steering = { readonly act: string; readonly channelId: string; readonly agent: string | undefined };

/** Payment sessions that are what a test says, refuse when it says so, and write down what was asked. */
export class ScriptedPaymentSessions implements PaymentSessions {
  readonly sessions = new Map<string, PaymentSession>();
  readonly begun: BeginSession[] = [];
  readonly steered: Steering[] = [];
  /** Set: every request is refused for this. */
  refusal: SessionRefusal | undefined;
  readonly #events = new Map<string, SessionEvent[]>();
  readonly #listeners = new Map<string, Set<(event: SessionEvent) => void>>();

  /** How many watch this call. */
  watchers(channelId: string): number {
    return this.#listeners.get(channelId)?.size ?? 0;
  }

  set(session: PaymentSession): void {
    this.sessions.set(session.channelId, session);
  }

  tell(channelId: string, event: SessionEvent): void {
    this.#events.set(channelId, [...(this.#events.get(channelId) ?? []), event]);
    const session = this.sessions.get(channelId);
    if (event.type === 'state' && session !== undefined) {
      this.set({ ...session, state: event.state });
    }
    for (const listener of [...(this.#listeners.get(channelId) ?? [])]) {
      listener(event);
    }
  }

  async begin(request: BeginSession): Promise<SessionReply> {
    this.begun.push(request);
    return this.#reply(request.channelId, request.agent);
  }

  capture(channelId: string, agent: string | undefined, field: 'card-number' | 'card-pin'): SessionReply {
    return this.#steer({ act: `capture ${field}`, channelId, agent });
  }

  complete(channelId: string, agent: string | undefined): SessionReply {
    return this.#steer({ act: 'complete', channelId, agent });
  }

  cancel(channelId: string, agent: string | undefined): SessionReply {
    return this.#steer({ act: 'cancel', channelId, agent });
  }

  find(channelId: string): PaymentSession | undefined {
    return this.sessions.get(channelId);
  }

  all(): readonly PaymentSession[] {
    return [...this.sessions.values()];
  }

  watch(
    channelId: string,
    after: EventId | undefined,
    listener: (event: SessionEvent) => void,
  ): (() => void) | undefined {
    const session = this.sessions.get(channelId);
    if (session === undefined) {
      return undefined;
    }
    const seen = after?.sessionId === session.id ? after.seq : 0;
    const listeners = this.#listeners.get(channelId) ?? new Set();
    this.#listeners.set(channelId, listeners);
    for (const event of this.#events.get(channelId) ?? []) {
      if (event.seq > seen) {
        listener(event);
      }
    }
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  #steer(steering: Steering): SessionReply {
    this.steered.push(steering);
    return this.#reply(steering.channelId, steering.agent);
  }

  #reply(channelId: string, agent: string | undefined): SessionReply {
    const session = this.sessions.get(channelId);
    if (this.refusal !== undefined || session === undefined) {
      return { outcome: this.refusal ?? 'no-such-call' };
    }
    return agent !== undefined && session.agent !== agent
      ? { outcome: 'no-such-call' }
      : { outcome: 'done', session };
  }
}
