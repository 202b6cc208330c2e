import { v4 as uuidv4 } from 'uuid';
import type { TransferWay } from '../call/call.js';
import { deferred } from '../call/deferred.js';
import type { Clock } from '../clock.js';
import type { AssistedProgress, WorkOutcome } from '../dialogue/work.js';
import type { Log } from '../log.js';
import type { PaymentSession, SessionEvent, SessionResult, SessionState } from './payment-sessions.js';

/** Events kept of one session: a caller who keys for an hour must not fill the memory. */
const maxEvents = 2_000;

type AgentsWord = Extract<WorkOutcome, { type: 'agentAsks' | 'agentCompletes' | 'agentCancels' }>;
/** What has come of waiting for the agent. */
export type AgentsAnswer = Extract<WorkOutcome, { type: AgentsWord['type'] | 'callerLeft' | 'agentLeft' }>;

type EventBody = SessionEvent extends infer E
  ? E extends SessionEvent
    ? Omit<E, 'seq' | 'at'>
    : never
  : never;

export type NewSession = {
  readonly channelId: string;
  readonly way: TransferWay;
  readonly agent: string | undefined;
  readonly orderId: string | undefined;
};

/** What all sessions share. */
export type SessionSurroundings = {
  readonly clock: Clock;
  readonly log: Log;
  /** Called once for each session that ended with a result, for the metrics. */
  readonly onEnd: (way: TransferWay, outcome: SessionResult['outcome']) => void;
};

/** One payment session that goes on, or has ended lately: what its agent sees of it and wants of it. */
export class LiveSession {
  /** True once nobody can want anything of it any more. */
  isOver = false;
  /** On the monotonic clock; undefined while it goes on. */
  endedMs: number | undefined;
  /** The caller's and the agent's line, once both are here. */
  lines: readonly string[] = [];
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onEnd: SessionSurroundings['onEnd'];
  readonly #events: SessionEvent[] = [];
  readonly #listeners = new Set<(event: SessionEvent) => void>();
  #session: PaymentSession;
  #seq = 0;
  /** What the agent wants next, while the conversation waits for it. */
  #word: ((word: AgentsWord) => void) | undefined;
  #cancelled = false;

  constructor(session: NewSession, { clock, log, onEnd }: SessionSurroundings) {
    this.#clock = clock;
    this.#log = log;
    this.#onEnd = onEnd;
    this.#session = {
      ...session,
      id: uuidv4(),
      state: 'arriving',
      kept: { card: undefined, pin: false },
      result: undefined,
    };
    this.#happened({ type: 'state', state: 'arriving' });
  }

  /** The session as it is now. */
  get seen(): PaymentSession {
    return this.#session;
  }

  /** True when the agent wants it ended unpaid and the conversation has not come to that yet. */
  get isCancelled(): boolean {
    return this.#cancelled;
  }

  /** What was known of the session before its lines came may turn out otherwise. */
  correct(known: Partial<NewSession>): void {
    this.#session = { ...this.#session, ...known };
  }

  enter(state: SessionState): void {
    if (!this.isOver && this.#session.state !== state) {
      this.#session = { ...this.#session, state };
      this.#happened({ type: 'state', state });
    }
  }

  keyed(field: string, keyed: number): void {
    this.#happened({ type: 'keys', field, keyed });
  }

  progress(progress: string): void {
    this.#happened({ type: 'progress', progress });
  }

  keep(kept: Partial<PaymentSession['kept']>): void {
    this.#session = { ...this.#session, kept: { ...this.#session.kept, ...kept } };
  }

  /** How a payment came out; a later one counts. */
  settle(result: SessionResult): void {
    this.#session = { ...this.#session, result };
    this.#happened({ type: 'result', result });
  }

  /** Nothing more will happen. */
  end(): void {
    if (!this.isOver) {
      this.enter('over');
      this.isOver = true;
      this.endedMs = this.#clock.monotonicMs();
      this.#listeners.clear();
      const { way, result } = this.#session;
      if (result !== undefined) {
        this.#onEnd(way, result.outcome);
      }
    }
  }

  /** Resolves with what the agent wants next, or with who is gone, whatever comes first. */
  async awaitAgent(
    because: AssistedProgress,
    gone: Promise<'callerLeft' | 'agentLeft'>,
  ): Promise<AgentsAnswer> {
    this.progress(because);
    if (this.#cancelled) {
      this.#cancelled = false;
      return { type: 'agentCancels' };
    }
    const word = deferred<AgentsWord>();
    this.#word = word.resolve;
    this.enter('awaiting-agent');
    try {
      return await Promise.race([word.promise, gone.then((type) => ({ type }))]);
    } finally {
      this.#word = undefined;
    }
  }

  /** The agent has the caller key a field. False: nothing can be asked now. */
  capture(field: 'card-number' | 'card-pin'): boolean {
    return this.#say({ type: 'agentAsks', field }, 'with-caller');
  }

  /** The agent has it paid. False: there is nothing to pay with, or nobody waits for this. */
  complete(): boolean {
    const { card, pin } = this.#session.kept;
    return card !== undefined && pin && this.#say({ type: 'agentCompletes' }, 'paying');
  }

  /** The agent ends it unpaid, at once or after the question that is open. False: money may be moving. */
  cancel(): boolean {
    if (this.#say({ type: 'agentCancels' }, 'with-caller')) {
      return true;
    }
    if (
      this.#session.way !== 'assisted' ||
      this.#session.state !== 'with-caller' ||
      this.#session.result !== undefined
    ) {
      return false;
    }
    this.#cancelled = true;
    return true;
  }

  /** Calls the listener with every event after number `after`, those that have been at once. */
  watch(after: number, listener: (event: SessionEvent) => void): () => void {
    for (const event of this.#events) {
      if (event.seq > after) {
        this.#tell(listener, event);
      }
    }
    if (!this.isOver) {
      this.#listeners.add(listener);
    }
    return () => this.#listeners.delete(listener);
  }

  #say(word: AgentsWord, state: SessionState): boolean {
    const say = this.#word;
    if (say === undefined) {
      return false;
    }
    this.#word = undefined;
    this.enter(state);
    say(word);
    return true;
  }

  #happened(body: EventBody): void {
    if (this.isOver) {
      return;
    }
    this.#seq += 1;
    const event: SessionEvent = { ...body, seq: this.#seq, at: this.#clock.now() };
    this.#events.push(event);
    if (this.#events.length > maxEvents) {
      this.#events.shift();
    }
    for (const listener of [...this.#listeners]) {
      this.#tell(listener, event);
    }
  }

  /** Who watches a call must not break it. */
  #tell(listener: (event: SessionEvent) => void, event: SessionEvent): void {
    try {
      listener(event);
    } catch (error) {
      this.#log.error({ err: error }, 'an event of a payment session could not be told');
      this.#listeners.delete(listener);
    }
  }
}
