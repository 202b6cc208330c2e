import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.js';
import type { Log } from '../../log.js';
import { mainlandChina, type NumberPlan } from '../../phone-number.js';
import type { AgentConversation, CallCentre, Move } from '../call-centre.js';
import { AgentConversations, type ChannelPair } from './agent-conversations.js';
import { type AmiMessage, AmiSession, checkValues } from './ami-session.js';
import { defaultSocketLimits, LastingSocket, reasonOf, type SocketLimits } from './lasting-socket.js';

export type AmiCallCentreOptions = {
  /** ami://user:password@host:port */
  readonly url: string;
  readonly log: Log;
  readonly clock: Clock;
  /** How callers' numbers are written; mainland China's way when it is not given. */
  readonly numberPlan?: NumberPlan | undefined;
  /** How long Asterisk may take to answer. */
  readonly actionMs?: number;
  readonly socketLimits?: SocketLimits;
  readonly random?: () => number;
};

const defaultActionMs = 5_000;

/** The places in dialplan/extensions.conf to which callers and their agents are moved. */
const callerPlace = 'payment-session';
const agentPlace = 'agent-waits';

/** What the dialplan tells when an agent keys the feature code: dialplan/features.conf. */
const paymentKeyEvent = 'WalletlinePay';

/**
 * The dialplan's global variable whose value that event must carry. What callers and agents send can look like an
 * event, but nobody of them knows what we have put there (dialplan/features.conf).
 */
const proofVariable = 'WALLETLINE_PROOF';

/** Asterisk's own words (main/manager.c) for a line that ended in the meantime. */
const saysGone = /does not exist|not up/i;

/** Returns the call centre that one Asterisk's manager interface (AMI) tells of. */
export function createAmiCallCentre(options: AmiCallCentreOptions): CallCentre {
  return new AmiCallCentre(options);
}

class AmiCallCentre implements CallCentre {
  readonly #options: AmiCallCentreOptions;
  readonly #conversations: AgentConversations;
  readonly #proof = randomBytes(16).toString('hex');
  readonly #socket: LastingSocket;
  #session: AmiSession | undefined;
  /** Events that come while the list of channels is being read; undefined when it has been. */
  #early: AmiMessage[] | undefined = [];
  #refusalTold = false;
  #onPaymentKey: (conversation: AgentConversation) => void = () => undefined;

  constructor(options: AmiCallCentreOptions) {
    this.#options = options;
    this.#conversations = new AgentConversations(options.numberPlan ?? mainlandChina);
    this.#socket = new LastingSocket({
      open: async () => this.#open(),
      handlers: {
        onUp: () => void this.#learn(),
        onDown: () => options.log.warn({}, 'the connection to the call centre is lost'),
        // A session gives its messages parsed, by `onEvent`.
        onMessage: () => undefined,
      },
      limits: options.socketLimits ?? defaultSocketLimits,
      log: options.log,
      random: options.random ?? Math.random,
    });
  }

  get available(): boolean {
    return this.#socket.connected && this.#early === undefined;
  }

  start(onPaymentKey: (conversation: AgentConversation) => void): void {
    this.#onPaymentKey = onPaymentKey;
    this.#socket.start();
  }

  conversations(): readonly AgentConversation[] {
    return this.#conversations.all.map(({ conversation }) => conversation);
  }

  async move(move: Move): Promise<'moved' | 'gone' | 'unavailable'> {
    const session = this.#session;
    if (!this.available || session === undefined) {
      return 'unavailable';
    }
    const pair = this.#conversations.all.find(
      ({ conversation }) => conversation.channelId === move.channelId,
    );
    if (pair === undefined) {
      return 'gone';
    }
    const values = redirect(pair, move);
    try {
      checkValues(values);
      if (!(await this.#isTrue(session, pair))) {
        this.#options.log.warn({}, 'a conversation that we knew of is none at Asterisk');
        return 'gone';
      }
      const reply = await session.action('Redirect', values);
      if (reply.reply === 'done') {
        return 'moved';
      }
      if (saysGone.test(reply.why)) {
        return 'gone';
      }
      this.#options.log.error({ why: reply.why }, 'Asterisk refuses to move a caller');
    } catch (cause) {
      this.#options.log.warn({ cause: reasonOf(cause) }, 'a caller could not be moved');
    }
    return 'unavailable';
  }

  async stop(): Promise<void> {
    await this.#socket.stop();
  }

  /**
   * Asks Asterisk whether these two lines are the ones that we know, in one bridge: events told us so, and what moves
   * people is not believed for their text alone.
   */
  async #isTrue(session: AmiSession, { conversation, channelName, agentChannelName }: ChannelPair) {
    const replies = await Promise.all(
      [channelName, agentChannelName].map((Channel) => session.action('Status', { Channel })),
    );
    const [caller, agent] = replies.map((reply) => (reply.reply === 'done' ? reply.listed[0] : undefined));
    return (
      caller?.['uniqueid'] === conversation.channelId &&
      agent?.['uniqueid'] === conversation.agentChannelId &&
      (caller['bridgeid'] ?? '') !== '' &&
      caller['bridgeid'] === agent['bridgeid']
    );
  }

  #open(): AmiSession {
    this.#early = [];
    const session = new AmiSession({
      url: this.#options.url,
      onEvent: (event) => this.#event(event),
      onRefused: () => this.#refused(),
      onMalformed: () => this.#options.log.error({}, 'an event of the call centre says one thing twice'),
      actionMs: this.#options.actionMs ?? defaultActionMs,
    });
    this.#session = session;
    return session;
  }

  /** Learns of the conversations that are going on; what happens meanwhile is taken notice of afterwards. */
  async #learn(): Promise<void> {
    const { log, clock } = this.#options;
    const session = this.#session;
    this.#refusalTold = false;
    try {
      const reply = await session?.action('Status', {});
      if (session === undefined || reply === undefined || session !== this.#session) {
        return;
      }
      if (reply.reply === 'refused') {
        log.error(
          { why: reply.why },
          'Asterisk refuses to list its channels to the user of WALLETLINE_AMI_URL',
        );
        return;
      }
      await this.#prove(session);
      if (session !== this.#session) {
        return;
      }
      this.#conversations.reset(reply.listed, clock.now());
      const early = this.#early ?? [];
      this.#early = undefined;
      for (const event of early) {
        this.#event(event);
      }
      log.info({ conversations: this.#conversations.all.length }, 'the call centre is connected');
    } catch (cause) {
      log.warn({ cause: reasonOf(cause) }, 'the call centre does not say who talks with whom');
      // Tried again with a new connection.
      session?.close();
    }
  }

  #event(event: AmiMessage): void {
    if (this.#early !== undefined) {
      this.#early.push(event);
      return;
    }
    this.#conversations.event(event, this.#options.clock.now());
    if (event['event'] === 'UserEvent' && event['userevent'] === paymentKeyEvent && this.#isProven(event)) {
      const conversation = this.conversations().find(
        ({ agentChannelId }) => agentChannelId === event['uniqueid'],
      );
      if (conversation !== undefined) {
        this.#onPaymentKey(conversation);
      }
    }
  }

  /** Puts the proof where the dialplan finds it. */
  async #prove(session: AmiSession): Promise<void> {
    const reply = await session.action('Setvar', { Variable: proofVariable, Value: this.#proof });
    if (reply.reply === 'refused') {
      this.#options.log.error(
        { why: reply.why },
        'Asterisk does not let the user of WALLETLINE_AMI_URL set a variable: the agents’ key code is off',
      );
    }
  }

  #isProven(event: AmiMessage): boolean {
    const proof = event['proof'] ?? '';
    if (proof === this.#proof) {
      return true;
    }
    this.#options.log.warn({}, 'an agent’s key code without our proof was ignored');
    const session = this.#session;
    if (proof === '' && session !== undefined) {
      // A reload of the dialplan forgets its variables: the next press will do.
      this.#prove(session).catch((cause: unknown) => {
        this.#options.log.warn({ cause: reasonOf(cause) }, 'the proof could not be put back');
      });
    }
    return false;
  }

  /** Told once, not at each try. */
  #refused(): void {
    if (!this.#refusalTold) {
      this.#refusalTold = true;
      this.#options.log.error({}, 'Asterisk refuses the user or password of WALLETLINE_AMI_URL');
    }
  }
}

function redirect(pair: ChannelPair, { ticket, agentComesToo }: Move): AmiMessage {
  return {
    Channel: pair.channelName,
    Context: callerPlace,
    Exten: ticket,
    Priority: '1',
    ...(agentComesToo
      ? {
          ExtraChannel: pair.agentChannelName,
          ExtraContext: agentPlace,
          ExtraExten: ticket,
          ExtraPriority: '1',
        }
      : {}),
  };
}
