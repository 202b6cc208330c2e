import { v7 as uuidv7 } from 'uuid';
import type { Call } from '../call/call.js';
import type { CallLog, CallOutcome, CallStep } from '../call-log/call-log.js';
import type { Clock } from '../clock.js';
import type { Conversations, NewConversation } from '../conversation/conversations.js';
import type { Arrival } from '../dialogue/arrival.js';
import {
  type ConversationOutcome,
  type ConversationStep,
  converse,
  converseAssisted,
} from '../dialogue/converse.js';
import type { SpeechPreferences } from '../dialogue/dialogues.js';
import type { Frames } from '../dialogue/frames.js';
import type { Language, Party } from '../dialogue/line.js';
import type { Unfinished } from '../dialogue/unfinished.js';
import type { Pause } from '../dialogue/waiting.js';
import type { Perform } from '../dialogue/work.js';
import { maskPhone } from '../log.js';
import { type ArriveDependencies, type Arrived, arrive } from './arrive.js';
import { hangUp } from './hang-up.js';
import { KeptPin } from './kept-pin.js';
import type { Pair } from './pair.js';
import type { SessionResult } from './payment-sessions.js';
import { performWorkFor } from './perform-work.js';
import { preferencesOf } from './preferences-of.js';
import { returnToAgent } from './return-to-agent.js';
import type { Caller, Services } from './services.js';
import { ConversationPlace, findUnfinished } from './unfinished.js';
import { WatchedParty } from './watched-party.js';
import { WatchedWork } from './watched-work.js';

/** What taking a call needs. */
export type TakeCallDependencies = Omit<Services, 'callLog' | 'conversations'> &
  ArriveDependencies & {
    readonly callLog: CallLog;
    readonly conversations: Conversations;
    /** How long a caller whose call broke off may go on when they dial again, in milliseconds; 0: never. */
    readonly goOnMs: number;
    readonly clock: Clock;
    readonly pause: Pause;
    /** Called with each step of each conversation, for the metrics. */
    readonly onQuestion: (dialogue: string, heard: string) => void;
    /** Called once for each call that ended, for the metrics. */
    readonly onEnd: (outcome: CallOutcome) => void;
  };

/**
 * Takes one call from its arrival to its end: writes it down, answers, converses, gives it back to the agent who
 * sent it, hangs up, closes the record. Never rejects. A call that cannot be written down is not served: nobody
 * pays off the record.
 */
export async function takeCall(dependencies: TakeCallDependencies, call: Call): Promise<void> {
  const arrived = await arrive(dependencies, call);
  const attended = arrived?.pair?.attend();
  try {
    await new Course(dependencies, call, arrived).run();
  } finally {
    arrived?.session.end();
    await attended;
  }
}

/** The course of one call. */
class Course {
  readonly #dependencies: TakeCallDependencies;
  readonly #call: Call;
  readonly #arrived: Arrived | undefined;
  readonly #steps: CallStep[] = [];
  readonly #place = new ConversationPlace();
  #callId: string = uuidv7();
  #callerIsThere = true;
  /** True once the caller was sent to the agents' queue: the call is not ours any more. */
  #isWithAgents = false;
  #language: Language | undefined;

  constructor(dependencies: TakeCallDependencies, call: Call, arrived: Arrived | undefined) {
    this.#dependencies = dependencies;
    this.#call = call;
    this.#arrived = arrived;
    void call.ended.then(() => {
      this.#callerIsThere = false;
    });
  }

  async run(): Promise<void> {
    const { callLog, log, onEnd } = this.#dependencies;
    if (!(await this.#writeDown())) {
      await this.#backToAgents('unavailable');
      await hangUp(this.#dependencies, this.#call);
      return;
    }
    const callId = this.#callId;
    const { callerNumber, entry } = this.#call;
    log.info({ callId, caller: maskPhone(callerNumber), entry }, 'call');
    let outcome: CallOutcome = 'fault';
    try {
      outcome = await this.#serve();
    } catch (error) {
      log.error({ callId, err: error }, 'a call ended by a fault');
      await this.#backToAgents('interrupted');
    }
    await hangUp(this.#dependencies, this.#call);
    try {
      await callLog.end(callId, {
        ...{ outcome, language: this.#language, steps: this.#steps },
        broken: this.#broken(outcome),
      });
    } catch (error) {
      log.error({ callId, err: error }, 'the end of a call could not be written down');
    }
    log.info({ callId, outcome }, 'call ended');
    onEnd(outcome);
  }

  /** What the caller may go on with who dials again; a caller whom an agent sent has their agent. */
  #broken(outcome: CallOutcome): NewConversation | undefined {
    const { catalogue, goOnMs } = this.#dependencies;
    const { channelId, callerNumber } = this.#call;
    const isBroken = outcome === 'caller-hung-up' || outcome === 'fault';
    if (!isBroken || this.#arrived !== undefined || callerNumber === undefined || goOnMs === 0) {
      return undefined;
    }
    const frames = this.#place.unfinished(catalogue);
    const step = this.#steps.length;
    return (
      frames && { channel: 'voice', address: channelId, wallet: callerNumber, frames, step, keptMs: goOnMs }
    );
  }

  async #writeDown(): Promise<boolean> {
    const { callLog, log } = this.#dependencies;
    const { channelId, callerNumber, serviceNumber, entry } = this.#call;
    const sent = this.#arrived?.session.seen;
    const handover = sent && { agent: sent.agent, orderId: sent.orderId, way: sent.way };
    // Where a ticket leads, the ticket stands in place of a number that was dialled.
    const dialledNumber = this.#call.handover?.ticket === undefined ? serviceNumber : '';
    const newCall = {
      ...{ id: this.#callId, channelId, callerNumber, entry, handover },
      serviceNumber: dialledNumber,
    };
    try {
      this.#callId = await callLog.begin(newCall);
      return true;
    } catch (error) {
      log.error(
        { callId: this.#callId, err: error },
        'a call was refused because it could not be written down',
      );
      return false;
    }
  }

  /** Whoever came from an agent goes back to one when they cannot be served. Never rejects. */
  async #backToAgents(outcome: SessionResult['outcome']): Promise<void> {
    try {
      if (this.#arrived?.pair !== undefined) {
        const preferences = { language: this.#language, pace: undefined };
        await this.#return(this.#arrived, this.#arrived.pair, {
          result: { outcome },
          preferences,
          isJoined: false,
        });
      } else if (this.#arrived !== undefined) {
        await this.#toTheQueue();
      }
    } catch (error) {
      this.#dependencies.log.error({ err: error }, 'a caller could not be brought back to an agent');
    }
  }

  async #serve(): Promise<CallOutcome> {
    const { callLog, wallet } = this.#dependencies;
    if (!(await this.#call.answer())) {
      return 'abandoned';
    }
    await callLog.answered(this.#callId);
    const { callerNumber } = this.#call;
    const arrived = this.#arrived;
    // Asked at once: the caller hears nothing until both are known.
    const [preferences, unfinished] = await Promise.all([
      preferencesOf(wallet, callerNumber),
      arrived === undefined ? findUnfinished(this.#dependencies, callerNumber) : undefined,
    ]);
    this.#language = preferences.language;
    if (arrived === undefined) {
      const keptPin = new KeptPin(this.#dependencies.pause, () => undefined);
      const perform = this.#performFor(keptPin);
      return (
        await this.#converse({ ...preferences, isJoined: false, party: this.#call, perform, unfinished })
      ).ending;
    }
    return this.#serveSent(arrived, preferences);
  }

  /** Serves a caller whom an agent sent, and gives them back. */
  async #serveSent(arrived: Arrived, preferences: SpeechPreferences): Promise<CallOutcome> {
    const { session, pair } = arrived;
    const isJoined = await this.#joinAtOnce(arrived);
    const keptPin = new KeptPin(this.#dependencies.pause, () => session.keep({ pin: false }));
    const party = new WatchedParty(this.#call, session);
    const work = new WatchedWork(this.#performFor(keptPin), session, (result) => {
      if (!isJoined) {
        pair?.tell(result);
      }
    });
    let end: ConversationOutcome;
    try {
      end = await this.#converse({ ...preferences, isJoined, party, perform: work.perform });
    } finally {
      keptPin.wipe();
      party.release();
    }
    const result = work.finish(withoutPayment[end.ending]);
    if (pair === undefined || this.#isWithAgents) {
      return end.ending;
    }
    return this.#return(arrived, pair, {
      result,
      preferences: { ...preferences, language: end.language },
      isJoined,
    });
  }

  /** Assisted: caller and agent go on talking while the caller pays. */
  async #joinAtOnce({ session, pair }: Arrived): Promise<boolean> {
    if (session.seen.way !== 'assisted' || pair === undefined) {
      return false;
    }
    if (await pair.join()) {
      return true;
    }
    session.correct({ way: pair.agentIsThere ? 'detour' : 'blind' });
    return false;
  }

  async #converse(of: SpeechPreferences & Conversing): Promise<ConversationOutcome> {
    const { log, clock, pause, onQuestion } = this.#dependencies;
    const { isJoined, ...options } = of;
    const conversation = {
      ...options,
      charts: this.#dependencies.catalogue.charts,
      callerPhone: this.#call.callerNumber,
      pause,
      onTurn: (frames: Frames) => this.#place.standsAt(frames),
      onStep: ({ dialogue, state, answer }: ConversationStep) => {
        this.#steps.push({ dialogue, state, heard: answer, at: clock.now() });
        onQuestion(dialogue, answer);
        if (!isJoined) {
          this.#arrived?.session.progress(`${dialogue}.${state}`);
        }
      },
      onFault: (error: Error, at: object) =>
        log.error({ callId: this.#callId, ...at, err: error }, 'work for a call failed'),
    };
    const end = await (isJoined
      ? converseAssisted(conversation)
      : converse({ ...conversation, arrival: this.#arrival() }));
    this.#language = end.language;
    return end;
  }

  #arrival(): Arrival {
    if (this.#arrived === undefined) {
      return { entry: 'direct', dialled: this.#call.dialled };
    }
    const { order, pair } = this.#arrived;
    return { entry: 'transfer', order: order !== undefined, returnsToAgent: pair?.agentIsThere ?? false };
  }

  /** What does the work of this call. */
  #performFor(keptPin: KeptPin): Perform {
    const pair = this.#arrived?.pair;
    const session = this.#arrived?.session;
    const caller: Caller = {
      callId: this.#callId,
      callerNumber: this.#call.callerNumber,
      order: this.#arrived?.order,
      keptPin,
      awaitAgent: async (because) =>
        session === undefined || pair === undefined
          ? { type: 'agentLeft' }
          : session.awaitAgent(because, pair.gone),
      reachAgent: () => this.#reachAgent(pair),
    };
    const perform = performWorkFor(this.#dependencies, caller);
    return async (work) => {
      this.#place.performs(work);
      if (work.do === 'remember-language') {
        this.#language = work.language;
      }
      return perform(work);
    };
  }

  /** A caller whose own agent waits goes back to them when the conversation is over, which it is now. */
  async #reachAgent(pair: Pair | undefined): Promise<'transferred' | 'unavailable'> {
    return pair?.agentIsThere === true ? 'transferred' : this.#toTheQueue();
  }

  async #toTheQueue(): Promise<'transferred' | 'unavailable'> {
    // Where the caller was before a person was asked for.
    const at = this.#steps.findLast(({ dialogue }) => dialogue !== 'reach-agent');
    const position = at === undefined ? 'arrival' : `${at.dialogue}.${at.state}`;
    const reached = await this.#call.transfer('agents', { language: this.#language, position });
    this.#isWithAgents = reached === 'transferred';
    return reached;
  }

  async #return(
    { session }: Arrived,
    pair: Pair,
    how: {
      readonly result: SessionResult;
      readonly preferences: SpeechPreferences;
      readonly isJoined: boolean;
    },
  ): Promise<CallOutcome> {
    return returnToAgent({
      ...{ call: this.#call, session, pair },
      languages: this.#dependencies.catalogue.charts.languages,
      ...how,
      callerIsThere: () => this.#callerIsThere,
      reachAgents: () => this.#toTheQueue(),
    });
  }
}

type Conversing = {
  readonly party: Party;
  readonly perform: Perform;
  readonly isJoined: boolean;
  readonly unfinished?: Unfinished | undefined;
};

/** How a session came out in which no payment was tried. */
const withoutPayment = {
  completed: 'not-paid',
  returned: 'not-paid',
  transferred: 'not-paid',
  'gave-up-silent': 'not-paid',
  'gave-up-wrong-keys': 'not-paid',
  'caller-hung-up': 'caller-gone',
  fault: 'interrupted',
} as const satisfies Record<ConversationOutcome['ending'], SessionResult['outcome']>;
