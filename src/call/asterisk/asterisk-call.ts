import type { Clock } from '../../clock.js';
import type { Answer, Delivery, Listen, PromptName, Speech } from '../../dialogue/line.js';
import { mainlandChina, type NumberPlan } from '../../phone-number.js';
import type { AgentLine, Attachment, Call, Entry, Handover, TransferTarget } from '../call.js';
import { DigitCollector } from '../digit-collector.js';
import type { Collection, DigitTimers } from '../digit-question.js';
import type { AriChannel, KeyPress } from './ari.js';
import type { CallerArrival } from './arrival.js';
import { AsteriskAgentLine } from './asterisk-agent-line.js';
import { readCallerNumber, readServiceNumber } from './caller-number.js';
import { Hold } from './hold.js';
import { JoinedPair } from './joined-pair.js';
import { RepeatedKeys } from './repeated-keys.js';
import { type ChannelSurroundings, type Said, SpokenChannel } from './spoken-channel.js';

/** Where in the dialplan agents are. */
export type AgentsPlace = { readonly context: string; readonly extension: string };

/** What may become part of a header of SIP's, and of the name that an agent's phone shows. */
const attachable = /^[A-Za-z0-9.-]{0,80}$/;

/** What all calls of one switch share. */
export type CallSurroundings = ChannelSurroundings & {
  readonly agents: AgentsPlace | undefined;
  /** The prompt said before a question that is asked again because the connection was lost. */
  readonly apology: PromptName | undefined;
  readonly timers: DigitTimers;
  /** How long a call may be on hold in all before its questions count as asked. */
  readonly holdLimitMs: number;
  readonly clock: Clock;
  /** How callers' numbers are written; mainland China's way when it is not given. */
  readonly numberPlan?: NumberPlan | undefined;
};

/** One call on Asterisk. The switch tells it what happens to its channel. */
export class AsteriskCall implements Call {
  readonly channelId: string;
  readonly callerNumber: string | undefined;
  readonly serviceNumber: string;
  readonly entry: Entry;
  readonly handover: Handover | undefined;
  readonly dialled: string | undefined;
  readonly ended: Promise<void>;
  readonly #around: CallSurroundings;
  readonly #channel: SpokenChannel;
  readonly #collector: DigitCollector;
  readonly #hold: Hold;
  readonly #repeated = new RepeatedKeys();
  #lastPair: JoinedPair | undefined;
  /** Who was never picked up is refused, not hung up on. */
  #wasPickedUp: boolean;

  constructor(
    channel: AriChannel,
    { handover, dialled }: Omit<CallerArrival, 'whose'>,
    around: CallSurroundings,
  ) {
    this.channelId = channel.id;
    this.callerNumber = readCallerNumber(channel.callerNumber, around.numberPlan ?? mainlandChina);
    this.serviceNumber = readServiceNumber(channel.dialledNumber);
    this.entry = handover === undefined ? 'direct' : 'transfer';
    this.handover = handover;
    this.dialled = dialled;
    this.#around = around;
    this.#wasPickedUp = channel.isUp;
    this.#collector = new DigitCollector(around.timers, around.clock);
    this.#hold = new Hold(around.holdLimitMs, around.clock, () => this.#collector.interrupt());
    this.#channel = new SpokenChannel(channel.id, around, () => {
      this.#hold.close();
      this.#collector.end();
      around.onOver(this);
    });
    this.ended = this.#channel.ended;
  }

  /** How many requests this call has cost so far. */
  get ariRequests(): number {
    return this.#channel.ari.count;
  }

  async answer(): Promise<boolean> {
    if (this.#channel.isOver()) {
      return false;
    }
    // Counted as picked up from here on: a caller who was, and is refused, would not understand it.
    this.#wasPickedUp = true;
    return this.#channel.unlessGone(await this.#channel.ari.answer(this.channelId));
  }

  async hears(speech: Speech, delivery: Delivery): Promise<'heard' | 'interrupted' | 'hangup'> {
    return this.#channel.inTurn(async () => {
      this.#collector.beginLine(delivery, this.#cutBy(delivery));
      let said: Said = 'lost';
      while (said === 'lost' && (await this.#audible())) {
        if (delivery.interruptible && this.#collector.skipsLine()) {
          return 'interrupted';
        }
        said = await this.#say(speech);
      }
      if (this.#channel.isOver()) {
        return 'hangup';
      }
      return said === 'stopped' ? 'interrupted' : 'heard';
    });
  }

  async answers(speech: Speech, delivery: Delivery, listen: Listen): Promise<Answer> {
    return this.#channel.inTurn(async () => {
      const pair = this.#pair;
      if (listen.for !== 'secret' || pair === undefined) {
        return this.#listen(speech, delivery, listen);
      }
      return pair.silently(() => this.#listen(speech, delivery, listen));
    });
  }

  async join(line: AgentLine): Promise<'joined' | 'gone'> {
    if (!(line instanceof AsteriskAgentLine)) {
      throw new TypeError('a caller can only be joined with a line of the same switch');
    }
    const result = await this.#channel.inTurn(async () =>
      line.joinedBy(async () => {
        const pair = new JoinedPair(this.#channel, line.ticket);
        this.#lastPair = pair;
        return pair.begin(line);
      }),
    );
    return result === 'joined' ? 'joined' : 'gone';
  }

  async joinedTicket(): Promise<string | undefined> {
    const ticket = this.#pair?.ticket ?? this.handover?.ticket;
    if (ticket === undefined || !(await this.#channel.reachable())) {
      return undefined;
    }
    const pair = this.#pair ?? new JoinedPair(this.#channel, ticket);
    if (!(await pair.isFound()) || this.#channel.isOver()) {
      return undefined;
    }
    // From before a restart: from now on it ends with the call.
    this.#lastPair = pair;
    return ticket;
  }

  watchKeys(listener: ((keyed: number) => void) | undefined): void {
    this.#collector.watch(listener);
  }

  async transfer(to: TransferTarget, attachment?: Attachment): Promise<'transferred' | 'unavailable'> {
    const place = { agents: this.#around.agents }[to];
    if (place === undefined || this.#channel.isOver()) {
      return 'unavailable';
    }
    if (attachment !== undefined) {
      await this.#attach(attachment);
    }
    if (this.#pair !== undefined) {
      await this.#pair.leave();
    }
    try {
      const { context, extension } = place;
      // Not asked whether the call is over by now: that it has left us may be told before the answer.
      if ((await this.#channel.ari.continueAt(this.channelId, context, extension)) === 'gone') {
        this.left();
        return 'unavailable';
      }
    } catch (cause) {
      this.#channel.report(cause, 'a caller could not be sent to the agents');
      return 'unavailable';
    }
    this.left();
    return 'transferred';
  }

  /** Ends the call. One that was never picked up is refused so that the network tries another node (SIP 503). */
  async hangUp(): Promise<void> {
    await this.#channel.hangUp(this.#wasPickedUp ? 'normal' : 'congestion');
  }

  /** The caller pressed a key. On hold, what sounds like one is somebody's music. */
  key(key: string, press?: KeyPress): void {
    const wereRepeated = this.#repeated.areExpected;
    if (this.#hold.isOn || (press !== undefined && this.#repeated.isRepeated(key, press))) {
      if (this.#repeated.areExpected && !wereRepeated) {
        this.#around.log.warn({ channelId: this.channelId }, "a caller's keys come more than once each");
      }
      return;
    }
    this.#collector.key(key);
  }

  /** The caller's phone has put us on hold, or has taken us back. */
  heldByPhone(isHeld: boolean): void {
    if (!isHeld) {
      this.#hold.end();
    } else if (!this.#channel.isOver() && this.#hold.begin()) {
      this.#collector.interrupt();
      this.#channel.stopSaying();
    }
  }

  /** A playback on this channel is over. */
  playbackFinished(playbackId: string, failed: boolean): void {
    this.#channel.playbackFinished(playbackId, failed);
  }

  /** The channel is gone, or not ours any more. Safe to be told again. */
  left(): void {
    this.#channel.left();
  }

  /** The connection is lost: keys and ends of playbacks go unnoticed until it returns. */
  connectionLost(): void {
    if (this.#channel.connectionLost()) {
      this.#collector.interrupt();
    }
  }

  /** The connection is back, and so is the call: the question that was open is asked again. */
  connectionRestored(): void {
    if (this.#channel.connectionRestored()) {
      // That the caller has taken us back may have gone unnoticed.
      this.#hold.end();
      this.#collector.interrupt();
    }
  }

  async #listen(speech: Speech, delivery: Delivery, listen: Listen): Promise<Answer> {
    this.#collector.beginLine(delivery, this.#cutBy(delivery));
    const collection = this.#collector.collect(listen, speech.pace);
    try {
      const answer = await this.#ask(speech, delivery, collection);
      if (this.#channel.isOver() && answer.type === 'secret') {
        answer.secret.wipe();
      }
      return this.#channel.isOver() ? { type: 'hangup' } : answer;
    } finally {
      collection.abandon();
    }
  }

  async #ask(speech: Speech, delivery: Delivery, collection: Collection): Promise<Answer> {
    let said = speech;
    while (collection.isOpen && (await this.#audible())) {
      const outage = Promise.race([this.#channel.outage, this.#hold.begins]);
      const holds = this.#hold.count;
      const asksAgain = (): Speech => (holds === this.#hold.count ? this.#apologises(speech) : speech);
      if (said !== speech || !(delivery.interruptible && collection.begun)) {
        const end = await Promise.race([this.#say(said), outage]);
        if (end === 'lost' || end === 'outage' || end === 'hold') {
          said = asksAgain();
          continue;
        }
      }
      collection.speechEnded();
      const answer = await Promise.race([collection.answer, outage]);
      if (typeof answer !== 'string') {
        return answer;
      }
      said = asksAgain();
    }
    return collection.answer;
  }

  /** Waits until somebody can hear what is said. Resolves to false when the call is over. */
  #audible(): Promise<boolean> {
    return this.#hold.isOn ? this.#audibleAgain() : this.#channel.reachable();
  }

  async #audibleAgain(): Promise<boolean> {
    await Promise.race([this.#hold.isOver, this.#channel.ended]);
    return this.#channel.reachable();
  }

  /** Says it all; a line that a hold has cut short, or would, is lost. */
  async #say(speech: Speech): Promise<Said> {
    const holds = this.#hold.count;
    const said = this.#hold.isOn ? 'lost' : await this.#channel.say(speech);
    return said !== 'over' && holds !== this.#hold.count ? 'lost' : said;
  }

  /** Ends what is still being said, and returns what is said when the question is asked again. */
  #apologises(speech: Speech): Speech {
    this.#channel.stopSaying();
    const { apology } = this.#around;
    const sorry = apology === undefined ? [] : [{ prompt: apology }];
    return { ...speech, utterances: [...sorry, ...speech.utterances] };
  }

  #cutBy(delivery: Delivery): (() => void) | undefined {
    return delivery.interruptible ? () => this.#channel.stopSaying() : undefined;
  }

  /** The conversation with an agent that the caller is in, or is being brought into. */
  get #pair(): JoinedPair | undefined {
    return this.#lastPair?.isOver === false ? this.#lastPair : undefined;
  }

  /** Tells the dialplan what the agent is told. A caller who wants an agent gets one without it, too. */
  async #attach({ language, position }: Attachment): Promise<void> {
    const variables = { WALLETLINE_LANGUAGE: language ?? '', WALLETLINE_POSITION: position };
    for (const [name, value] of Object.entries(variables)) {
      if (!attachable.test(value)) {
        this.#around.log.error({ channelId: this.channelId, name }, 'an agent cannot be told this');
        continue;
      }
      try {
        await this.#channel.ari.setVariable(this.channelId, name, value);
      } catch (cause) {
        this.#channel.report(cause, 'an agent could not be told of a call');
      }
    }
  }
}
