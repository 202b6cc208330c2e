import type { Call, TransferWay } from '../call/call.js';
import type { AgentConversation, CallCentre } from '../call/call-centre.js';
import { deferred } from '../call/deferred.js';
import type { Clock } from '../clock.js';
import type { Pause } from '../dialogue/waiting.js';
import type { Log } from '../log.js';
import type { OrderStore } from '../payment/orders/order.js';
import type { AgentLines } from './agent-lines.js';
import { LiveSession, type NewSession } from './live-session.js';
import type {
  BeginSession,
  EventId,
  PaymentSession,
  PaymentSessions,
  SessionEvent,
  SessionRefusal,
  SessionReply,
  SessionResult,
} from './payment-sessions.js';

/** How long the lines that were sent for may take to come, in milliseconds. */
export const arrivalMs = 5_000;
/** How long a session that is over can still be looked at, in milliseconds, and how many of them. */
const keptMs = 10 * 60_000;
const keptSessions = 2_000;

export type SessionsOptions = {
  /** Undefined: none is configured, and callers come by the agents' own transfers only. */
  readonly callCentre: CallCentre | undefined;
  readonly agentLines: AgentLines;
  readonly orders: Pick<OrderStore, 'find'>;
  /** Returns ten random digits. */
  readonly newTicket: () => string;
  readonly clock: Clock;
  readonly pause: Pause;
  readonly log: Log;
  /** Called once for each session that ended with a result, for the metrics. */
  readonly onEnd: (way: TransferWay, outcome: SessionResult['outcome']) => void;
};

/** A session whose lines were sent for. */
type Expected = { readonly session: LiveSession; readonly came: (session: LiveSession) => void };

/** The payment sessions of this process, and the lines that it has sent for. */
export class CallCentreSessions implements PaymentSessions {
  readonly #options: SessionsOptions;
  /** The latest session of each call, in the order in which they began. */
  readonly #sessions = new Map<string, LiveSession>();
  readonly #expected = new Map<string, Expected>();
  #refusing = false;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Begins to follow the call centre, and to take the feature code of its agents. */
  start(): void {
    this.#options.callCentre?.start((conversation) => void this.#featureCode(conversation));
  }

  /** From now on no caller is sent for. Sessions that go on go on. */
  refuse(): void {
    this.#refusing = true;
  }

  async stop(): Promise<void> {
    this.refuse();
    await this.#options.callCentre?.stop();
  }

  /** How many sessions go on. */
  get goingOn(): number {
    return [...this.#sessions.values()].filter(({ isOver }) => !isOver).length;
  }

  /** The lines of callers and agents who talk with each other: they need us no more. */
  talking(): ReadonlySet<string> {
    const talking = [...this.#sessions.values()].filter(({ seen }) => seen.state === 'joined');
    return new Set(talking.flatMap(({ lines }) => lines));
  }

  async begin(request: BeginSession): Promise<SessionReply> {
    const { callCentre } = this.#options;
    const { channelId, way, orderId, agent } = request;
    if (callCentre?.available !== true || this.#refusing) {
      return { outcome: 'call-centre-unavailable' };
    }
    const before = this.#sessions.get(channelId);
    if (before?.isOver === false) {
      return { outcome: mayAsk(before, agent) ? 'not-now' : 'no-such-call' };
    }
    const conversation = callCentre.conversations().find((each) => each.channelId === channelId);
    if (conversation === undefined || (agent !== undefined && conversation.agent !== agent)) {
      return { outcome: 'no-such-call' };
    }
    // Entered before anything is waited for: of two who ask at once, one is told that it goes on already.
    const session = this.open({ channelId, way, agent: conversation.agent, orderId });
    let outcome: 'done' | SessionRefusal = 'call-centre-unavailable';
    try {
      outcome = (await this.#mayBePaid(request)) ? await this.#fetch(callCentre, session) : 'order-not-open';
    } catch (error) {
      this.#options.log.error({ channelId, err: error }, 'a payment session could not be begun');
    }
    if (outcome !== 'done') {
      session.end();
      this.#sessions.delete(channelId);
      return { outcome };
    }
    return { outcome: 'done', session: session.seen };
  }

  capture(channelId: string, agent: string | undefined, field: 'card-number' | 'card-pin'): SessionReply {
    return this.#steer(channelId, agent, (session) => session.capture(field));
  }

  complete(channelId: string, agent: string | undefined): SessionReply {
    return this.#steer(channelId, agent, (session) => session.complete());
  }

  cancel(channelId: string, agent: string | undefined): SessionReply {
    return this.#steer(channelId, agent, (session) => session.cancel());
  }

  find(channelId: string): PaymentSession | undefined {
    this.#forgetOld();
    return this.#sessions.get(channelId)?.seen;
  }

  all(): readonly PaymentSession[] {
    this.#forgetOld();
    return Array.from(this.#sessions.values(), ({ seen }) => seen);
  }

  watch(
    channelId: string,
    after: EventId | undefined,
    listener: (event: SessionEvent) => void,
  ): (() => void) | undefined {
    this.#forgetOld();
    const session = this.#sessions.get(channelId);
    return session?.watch(after?.sessionId === session.seen.id ? after.seq : 0, listener);
  }

  /** Opens a session for a call that has come, or that is sent for. */
  open(of: NewSession): LiveSession {
    this.#forgetOld();
    const session = new LiveSession(of, this.#options);
    this.#sessions.delete(of.channelId);
    this.#sessions.set(of.channelId, session);
    return session;
  }

  /** Returns the session that this call was sent for, once: whoever asks again with its ticket is a stranger. */
  expected({ channelId, handover }: Call): LiveSession | undefined {
    const ticket = handover?.ticket;
    const expected = ticket === undefined ? undefined : this.#expected.get(ticket);
    if (ticket === undefined || expected === undefined) {
      return undefined;
    }
    this.#expected.delete(ticket);
    const { session } = expected;
    if (session.seen.channelId !== channelId) {
      // The switch has given the line another name on its way.
      this.#sessions.delete(session.seen.channelId);
      session.correct({ channelId });
      this.#sessions.set(channelId, session);
    }
    expected.came(session);
    return session;
  }

  /** Sends for the lines; 'done' once the caller is here. Whether the agent came too the call finds out. */
  async #fetch(callCentre: CallCentre, session: LiveSession): Promise<'done' | SessionRefusal> {
    const { agentLines, newTicket, pause } = this.#options;
    const { channelId, way } = session.seen;
    const ticket = newTicket();
    const came = deferred<LiveSession | undefined>();
    this.#expected.set(ticket, { session, came: came.resolve });
    const patience = new AbortController();
    const late = pause(arrivalMs, patience.signal).then(() => undefined);
    try {
      const moved = await Promise.race([
        callCentre.move({ channelId, ticket, agentComesToo: way !== 'blind' }),
        late.then(() => 'unavailable' as const),
      ]);
      if (moved !== 'moved') {
        return moved === 'gone' ? 'no-such-call' : 'call-centre-unavailable';
      }
      if ((await Promise.race([came.promise, late])) === undefined) {
        // An agent who has come alone is told by whoever keeps the lines.
        await agentLines.dismiss(ticket);
        return 'no-such-call';
      }
      return 'done';
    } finally {
      patience.abort();
      this.#expected.delete(ticket);
    }
  }

  /** An agent sends a caller to pay only what is theirs to read. */
  async #mayBePaid({ way, orderId, agent }: BeginSession): Promise<boolean> {
    if (orderId === undefined) {
      return way !== 'assisted';
    }
    const order = await this.#options.orders.find(orderId);
    return order?.state === 'open' && (agent === undefined || order.createdBy === agent);
  }

  #steer(channelId: string, agent: string | undefined, act: (session: LiveSession) => boolean): SessionReply {
    const session = this.#sessions.get(channelId);
    if (session === undefined || !mayAsk(session, agent)) {
      return { outcome: 'no-such-call' };
    }
    return act(session) ? { outcome: 'done', session: session.seen } : { outcome: 'not-now' };
  }

  async #featureCode({ channelId, agent }: AgentConversation): Promise<void> {
    const { outcome } = await this.begin({ channelId, agent, way: 'detour', orderId: undefined });
    if (outcome !== 'done') {
      this.#options.log.warn({ channelId, agent, outcome }, 'the feature code of an agent led to nothing');
    }
  }

  /** Sessions that were over long ago go, and the oldest when there are too many. */
  #forgetOld(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [channelId, { endedMs }] of this.#sessions) {
      const isOld = endedMs !== undefined && nowMs - endedMs > keptMs;
      if (isOld || (endedMs !== undefined && this.#sessions.size > keptSessions)) {
        this.#sessions.delete(channelId);
      }
    }
  }
}

function mayAsk({ seen }: LiveSession, agent: string | undefined): boolean {
  return agent === undefined || seen.agent === agent;
}
