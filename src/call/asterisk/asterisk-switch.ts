import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../clock.js';
import type { PromptName, Speech } from '../../dialogue/line.js';
import type { Log } from '../../log.js';
import type { NumberPlan } from '../../phone-number.js';
import type { Switch, SwitchHandlers } from '../call.js';
import { deferred } from '../deferred.js';
import type { DigitTimers } from '../digit-question.js';
import type { AriChannel, AriEvent } from './ari.js';
import { AriConnection } from './ari-connection.js';
import { type Arrival, type CallerArrival, readArrival } from './arrival.js';
import { AsteriskAgentLine } from './asterisk-agent-line.js';
import { type AgentsPlace, AsteriskCall, type CallSurroundings } from './asterisk-call.js';
import { reasonOf, type SocketLimits } from './lasting-socket.js';
import { PastLines } from './past-lines.js';

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
  /** How long a call may be on hold in all before its questions count as asked. */
  readonly holdLimitMs: number;
  readonly log: Log;
  readonly clock: Clock;
  /** How callers' numbers are written; mainland China's way when it is not given. */
  readonly numberPlan?: NumberPlan | undefined;
  /** How long a call may wait for a lost connection before it counts as over. */
  readonly abandonMs?: number;
  readonly socketLimits?: SocketLimits;
};

/** A caller's line or an agent's. */
type Line = AsteriskCall | AsteriskAgentLine;

/** Returns a switch that takes the calls of one Stasis application. */
export function createAsteriskSwitch(options: AsteriskSwitchOptions): AsteriskSwitch {
  return new AsteriskSwitch(options);
}

/** The lines of one Stasis application on one Asterisk: callers', and agents' whose callers are with us. */
export class AsteriskSwitch implements Switch {
  readonly #options: AsteriskSwitchOptions;
  readonly #connection: AriConnection;
  readonly #around: CallSurroundings;
  readonly #lines = new Map<string, Line>();
  readonly #past = new PastLines();
  readonly #firstUp = deferred<void>();
  #handlers: SwitchHandlers | undefined;
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
      onOver: (line) => this.#over(line),
    };
  }

  get connected(): boolean {
    return this.#connection.connected;
  }

  /** How many calls are going on. */
  get callsInProgress(): number {
    return Array.from(this.#lines.values()).filter((line) => line instanceof AsteriskCall).length;
  }

  /** Requests sent to Asterisk so far, by operation. */
  get ariRequests(): ReadonlyMap<string, number> {
    return this.#connection.requestCounts;
  }

  /**
   * Resolves when Asterisk was reached for the first time, however long that takes, and what it had of ours has
   * been told.
   */
  async start(handlers: SwitchHandlers): Promise<void> {
    this.#handlers = handlers;
    this.#takesCalls = true;
    this.#connection.start();
    await this.#firstUp.promise;
  }

  /**
   * From now on new callers are told to try elsewhere (SIP 503), and callers whom an agent sends are sent to
   * the agents again; calls that are going on go on.
   */
  refuseCalls(): void {
    this.#takesCalls = false;
  }

  /** Hangs up what is still going on: nobody would speak to those callers any more. */
  async stop(leave: ReadonlySet<string> = new Set()): Promise<void> {
    this.refuseCalls();
    clearTimeout(this.#abandoning);
    const ended = [...this.#lines.values()].filter(({ channelId }) => !leave.has(channelId));
    await Promise.all(ended.map((line) => line.hangUp()));
    await this.#connection.stop();
    clearTimeout(this.#abandoning);
    this.#firstUp.resolve();
  }

  #event(event: AriEvent): void {
    switch (event.type) {
      case 'entered':
        // A call may come back to us under the same id, after the agents.
        this.#past.forget(event.channel.id);
        this.#begin(event.channel, 'new');
        break;
      case 'left':
        this.#lines.get(event.channelId)?.left();
        break;
      case 'key':
        this.#lines.get(event.channelId)?.key(event.key, event.press);
        break;
      case 'hold':
        this.#lines.get(event.channelId)?.heldByPhone(event.isHeld);
        break;
      case 'playback-finished':
        this.#lines.get(event.channelId)?.playbackFinished(event.playbackId, event.failed);
        break;
      case 'replaced':
      case 'unimportant':
        break;
    }
  }

  #begin(channel: AriChannel, kind: 'new' | 'orphan'): void {
    if (this.#lines.has(channel.id)) {
      return;
    }
    const arrival = this.#readArrival(channel);
    switch (arrival.whose) {
      case 'caller':
        if (this.#takesCalls) {
          this.#beginCall(channel, arrival, kind);
        } else {
          void this.#refuse(channel);
        }
        break;
      case 'agent': {
        const line = new AsteriskAgentLine(channel.id, arrival, this.#around);
        this.#take(line, (handlers) => handlers.onAgentLine(line));
        break;
      }
      case 'nobody':
        void this.#release({ ...channel, isUp: true });
        break;
    }
  }

  #beginCall(channel: AriChannel, arrival: CallerArrival, kind: 'new' | 'orphan'): void {
    const call = new AsteriskCall(channel, arrival, this.#around);
    this.#take(call, (handlers) => (kind === 'new' ? handlers.onCall(call) : handlers.onOrphan(call)));
  }

  #take(line: Line, tell: (handlers: SwitchHandlers) => void): void {
    const { channelId } = line;
    const { log } = this.#options;
    this.#lines.set(channelId, line);
    void line.ended.then(() => {
      log.info({ channelId, ariRequests: line.ariRequests }, 'a call has left Asterisk');
    });
    try {
      if (this.#handlers !== undefined) {
        tell(this.#handlers);
      }
    } catch (cause) {
      log.error({ channelId, cause: reasonOf(cause) }, 'a call was not taken');
      void line.hangUp();
    }
  }

  #readArrival({ id, args }: AriChannel): Arrival {
    return readArrival(args, (what) => {
      this.#options.log.warn({ channelId: id, what }, 'a line came with something malformed');
    });
  }

  #over({ channelId }: { readonly channelId: string }): void {
    this.#lines.delete(channelId);
    this.#past.add(channelId);
  }

  #lost(): void {
    this.#options.log.error({ calls: this.callsInProgress }, 'the connection to Asterisk is lost');
    this.#losses += 1;
    for (const line of this.#lines.values()) {
      line.connectionLost();
    }
    clearTimeout(this.#abandoning);
    this.#abandoning = setTimeout(() => {
      for (const line of this.#lines.values()) {
        line.left();
      }
    }, this.#options.abandonMs ?? 30_000);
  }

  /** The connection is there: what Asterisk has and what we know must be the same again. */
  async #connected(): Promise<void> {
    clearTimeout(this.#abandoning);
    this.#options.log.info({ app: this.#options.app }, 'connected to Asterisk');
    const losses = this.#losses;
    while (losses === this.#losses) {
      try {
        await this.#reconcile();
        if (losses === this.#losses) {
          this.#firstUp.resolve();
        }
        return;
      } catch (cause) {
        this.#options.log.warn({ cause: reasonOf(cause) }, 'the calls in progress could not be listed');
      }
      await pause(1_000);
    }
  }

  async #reconcile(): Promise<void> {
    // Only lines from before the question: one that comes while it is answered is not in the answer.
    const known = [...this.#lines.values()];
    const losses = this.#losses;
    const present = new Set(await this.#connection.channelIds());
    if (losses !== this.#losses) {
      return;
    }
    for (const line of known) {
      if (present.has(line.channelId)) {
        line.connectionRestored();
      } else {
        line.left();
      }
    }
    const strange: AriChannel[] = [];
    for (const channelId of present) {
      if (this.#lines.has(channelId)) {
        continue;
      }
      const channel = await this.#connection.channel(channelId);
      if (channel !== undefined && this.#past.has(channelId)) {
        await this.#release(channel);
      } else if (channel !== undefined) {
        strange.push(channel);
      }
    }
    await this.#adopt(strange);
  }

  /**
   * Channels that are ours and that we know nothing of: nobody has spoken to them yet, or someone else had.
   * Agents' lines come first, so that a caller finds the agent who waits.
   */
  async #adopt(channels: readonly AriChannel[]): Promise<void> {
    const isAgents = (channel: AriChannel): boolean => channel.args[0] === 'agent';
    for (const channel of channels.filter(isAgents)) {
      this.#begin(channel, 'new');
    }
    for (const channel of channels.filter((one) => !isAgents(one))) {
      // Only one whose agent came too can have been joined, and muted.
      if (channel.args[1] === 'ticket') {
        await this.#unmute(channel.id);
      }
      this.#begin(channel, channel.isUp ? 'orphan' : 'new');
    }
  }

  /** A caller who was keying a secret when the process ended is still muted towards their agent. */
  async #unmute(channelId: string): Promise<void> {
    try {
      await this.#connection.unmute(channelId);
    } catch (cause) {
      this.#options.log.error({ channelId, cause: reasonOf(cause) }, 'a caller could not be unmuted');
    }
  }

  /** A caller who was picked up already cannot be told to try elsewhere. */
  async #refuse(channel: AriChannel): Promise<void> {
    const { id, isUp } = channel;
    const { agents, log } = this.#options;
    if (!isUp || agents === undefined) {
      await this.#release(channel);
      return;
    }
    try {
      await this.#connection.continueAt(id, agents.context, agents.extension);
    } catch (cause) {
      log.error({ channelId: id, cause: reasonOf(cause) }, 'a caller could not be sent to the agents');
    }
  }

  /** Ends a channel that is no line of ours. One that was never picked up may find another node (SIP 503). */
  async #release({ id, isUp }: AriChannel): Promise<void> {
    try {
      await this.#connection.hangUp(id, isUp ? 'normal' : 'congestion');
    } catch (cause) {
      this.#options.log.error({ channelId: id, cause: reasonOf(cause) }, 'a call could not be hung up');
    }
  }
}
