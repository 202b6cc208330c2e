import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../clock.js';
import type { PromptName, Speech } from '../../dialogue/line.js';
import type { Log } from '../../log.js';
import type { Call, Switch } from '../call.js';
import { deferred } from '../deferred.js';
import type { DigitTimers } from '../digit-question.js';
import type { Ari, AriChannel, AriEvent } from './ari.js';
import { AriConnection } from './ari-connection.js';
import { type AgentsPlace, AsteriskCall, type CallSurroundings } from './asterisk-call.js';
import { reasonOf, type SocketLimits } from './lasting-socket.js';

export type AsteriskSwitchOptions = {
  /** http://user:password@host:port */
  readonly ariUrl: string;
  /** The name of our Stasis application: one living process each, the same after a restart. */
  readonly app: string;
  /** Where callers who want an agent are sent; without it there are no agents. */
  readonly agents?: AgentsPlace | undefined;
  /** How Asterisk reaches the folder of the prompts, e.g. "walletline". */
  readonly soundPrefix: string;
  /** Sound names of a speech, relative to that folder. */
  readonly recordings: (speech: Speech) => readonly string[];
  /** The prompt said before a question that is asked again because the connection was lost. */
  readonly apology?: PromptName | undefined;
  readonly timers: DigitTimers;
  readonly log: Log;
  readonly clock: Clock;
  /** How long a call may wait for a lost connection before it counts as over. */
  readonly abandonMs?: number;
  readonly socketLimits?: SocketLimits;
};

/** How many calls that are over are remembered, in case their channel is found again. */
const rememberedCalls = 10_000;

type Handlers = { readonly onCall: (call: Call) => void; readonly onOrphan: (call: Call) => void };

/** Returns a switch that takes the calls of one Stasis application. */
export function createAsteriskSwitch(options: AsteriskSwitchOptions): AsteriskSwitch {
  return new AsteriskSwitch(options);
}

/** The calls of one Stasis application on one Asterisk. */
export class AsteriskSwitch implements Switch {
  readonly #options: AsteriskSwitchOptions;
  readonly #connection: AriConnection;
  readonly #around: CallSurroundings;
  readonly #calls = new Map<string, AsteriskCall>();
  readonly #pastCallIds = new Set<string>();
  readonly #firstUp = deferred<void>();
  #handlers: Handlers | undefined;
  #takesCalls = false;
  /** How many times the connection was lost: what was learned before the last time is out of date. */
  #losses = 0;
  #abandoning: NodeJS.Timeout | undefined;

  constructor(options: AsteriskSwitchOptions) {
    this.#options = options;
    this.#connection = new AriConnection({
      url: options.ariUrl,
      app: options.app,
      log: options.log,
      handlers: {
        onUp: () => void this.#connected(),
        onDown: () => this.#lost(),
        onEvent: (event) => this.#event(event),
      },
      ...(options.socketLimits === undefined ? {} : { socketLimits: options.socketLimits }),
    });
    this.#around = {
      ...options,
      agents: options.agents,
      apology: options.apology,
      ari: this.#connection,
      onOver: (call) => this.#over(call),
    };
  }

  get connected(): boolean {
    return this.#connection.connected;
  }

  /** How many calls are going on. */
  get callsInProgress(): number {
    return this.#calls.size;
  }

  /** Requests sent to Asterisk so far, by operation. */
  get ariRequests(): ReadonlyMap<string, number> {
    return this.#connection.requestCounts;
  }

  /** Resolves when Asterisk was reached for the first time, however long that takes. */
  async start(onCall: (call: Call) => void, onOrphan: (call: Call) => void): Promise<void> {
    this.#handlers = { onCall, onOrphan };
    this.#takesCalls = true;
    this.#connection.start();
    await this.#firstUp.promise;
  }

  /** From now on new callers are told to try elsewhere (SIP 503); calls that are going on go on. */
  refuseCalls(): void {
    this.#takesCalls = false;
  }

  /** Hangs up what is still going on: nobody would speak to those callers any more. */
  async stop(): Promise<void> {
    this.refuseCalls();
    clearTimeout(this.#abandoning);
    await Promise.all(Array.from(this.#calls.values(), (call) => call.hangUp()));
    await this.#connection.stop();
    clearTimeout(this.#abandoning);
    this.#firstUp.resolve();
  }

  #event(event: AriEvent): void {
    switch (event.type) {
      case 'entered':
        // A call may come back to us under the same id, after the agents.
        this.#pastCallIds.delete(event.channel.id);
        this.#begin(event.channel, 'new');
        break;
      case 'left':
        this.#calls.get(event.channelId)?.left();
        break;
      case 'key':
        this.#calls.get(event.channelId)?.key(event.key);
        break;
      case 'playback-finished':
        this.#calls.get(event.channelId)?.playbackFinished(event.playbackId, event.failed);
        break;
      case 'replaced':
      case 'unimportant':
        break;
    }
  }

  #begin(channel: AriChannel, kind: 'new' | 'orphan'): void {
    if (this.#calls.has(channel.id)) {
      return;
    }
    if (!this.#takesCalls) {
      void this.#release(this.#connection, channel.id, 'congestion');
      return;
    }
    const call = new AsteriskCall(channel, this.#around);
    this.#calls.set(channel.id, call);
    void call.ended.then(() => {
      this.#options.log.info(
        { channelId: channel.id, ariRequests: call.ariRequests },
        'a call has left Asterisk',
      );
    });
    try {
      if (kind === 'new') {
        this.#handlers?.onCall(call);
      } else {
        this.#handlers?.onOrphan(call);
      }
    } catch (cause) {
      this.#options.log.error({ channelId: channel.id, cause: reasonOf(cause) }, 'a call was not taken');
      void call.hangUp();
    }
  }

  #over({ channelId }: Call): void {
    this.#calls.delete(channelId);
    this.#pastCallIds.add(channelId);
    for (const oldest of this.#pastCallIds) {
      if (this.#pastCallIds.size <= rememberedCalls) {
        break;
      }
      this.#pastCallIds.delete(oldest);
    }
  }

  #lost(): void {
    this.#options.log.error({ calls: this.#calls.size }, 'the connection to Asterisk is lost');
    this.#losses += 1;
    for (const call of this.#calls.values()) {
      call.connectionLost();
    }
    clearTimeout(this.#abandoning);
    this.#abandoning = setTimeout(() => {
      for (const call of this.#calls.values()) {
        call.left();
      }
    }, this.#options.abandonMs ?? 30_000);
  }

  /** The connection is there: what Asterisk has and what we know must be the same again. */
  async #connected(): Promise<void> {
    clearTimeout(this.#abandoning);
    this.#options.log.info({ app: this.#options.app }, 'connected to Asterisk');
    this.#firstUp.resolve();
    const losses = this.#losses;
    while (losses === this.#losses) {
      try {
        await this.#reconcile();
        return;
      } catch (cause) {
        this.#options.log.warn({ cause: reasonOf(cause) }, 'the calls in progress could not be listed');
      }
      await pause(1_000);
    }
  }

  async #reconcile(): Promise<void> {
    // Only calls from before the question: one that comes while it is answered is not in the answer.
    const known = [...this.#calls.values()];
    const losses = this.#losses;
    const present = new Set(await this.#connection.channelIds());
    if (losses !== this.#losses) {
      return;
    }
    for (const call of known) {
      if (present.has(call.channelId)) {
        call.connectionRestored();
      } else {
        call.left();
      }
    }
    for (const channelId of present) {
      if (this.#pastCallIds.has(channelId)) {
        await this.#release(this.#connection, channelId, 'normal');
      } else if (!this.#calls.has(channelId)) {
        await this.#adopt(channelId);
      }
    }
  }

  /** A channel that is ours and that we know nothing of: nobody has spoken to it yet, or someone else had. */
  async #adopt(channelId: string): Promise<void> {
    const channel = await this.#connection.channel(channelId);
    if (channel !== undefined) {
      this.#begin(channel, channel.isUp ? 'orphan' : 'new');
    }
  }

  async #release(ari: Ari, channelId: string, reason: 'normal' | 'congestion'): Promise<void> {
    try {
      await ari.hangUp(channelId, reason);
    } catch (cause) {
      this.#options.log.error({ channelId, cause: reasonOf(cause) }, 'a call could not be hung up');
    }
  }
}
