import type { AgentLine } from '../call/call.js';
import { deferred } from '../call/deferred.js';
import type { Pause } from '../dialogue/waiting.js';
import type { Log } from '../log.js';
import type { AgentVoice } from './agent-voice.js';

/** How long a line waits for its caller before its agent is told that nobody comes, in milliseconds. */
const unclaimedMs = 10_000;

type Waiting = { readonly line: AgentLine; readonly taken: () => void };

/** Agents' lines that have come to us, each until its caller's call takes it. */
export class AgentLines {
  readonly #pause: Pause;
  readonly #log: Log;
  readonly #voice: AgentVoice;
  readonly #waiting = new Map<string, Waiting>();
  readonly #claims = new Map<string, (line: AgentLine) => void>();

  constructor(pause: Pause, log: Log, voice: AgentVoice) {
    this.#pause = pause;
    this.#log = log;
    this.#voice = voice;
  }

  /** How many lines wait for their caller. */
  get count(): number {
    return this.#waiting.size;
  }

  /**
   * A line has come: it holds until it is claimed. Resolves when it was, or is over. Never rejects. A second
   * line of one ticket is ended: a caller has one agent.
   */
  async bring(line: AgentLine): Promise<void> {
    const { ticket } = line;
    try {
      await line.hold();
      if (this.#waiting.has(ticket)) {
        await line.hangUp();
        return;
      }
      const taken = deferred<void>();
      this.#waiting.set(ticket, { line, taken: () => taken.resolve() });
      this.#handOver(ticket);
      const patience = new AbortController();
      await Promise.race([taken.promise, line.ended, this.#pause(unclaimedMs, patience.signal)]);
      patience.abort();
      if (this.#waiting.get(ticket)?.line === line) {
        this.#waiting.delete(ticket);
        await this.#dismiss(line);
      }
    } catch (error) {
      this.#log.error({ channelId: line.channelId, err: error }, 'the line of an agent could not be held');
    }
  }

  /** Ends the line with this ticket, whose caller does not come. */
  async dismiss(ticket: string): Promise<void> {
    const waiting = this.#waiting.get(ticket);
    if (waiting !== undefined) {
      this.#waiting.delete(ticket);
      waiting.taken();
      await this.#dismiss(waiting.line);
    }
  }

  /** Returns the line with this ticket, which from now on is the claimant's to end; waits for it so long. */
  async claim(ticket: string, patienceMs: number): Promise<AgentLine | undefined> {
    const claimed = deferred<AgentLine | undefined>();
    this.#claims.set(ticket, claimed.resolve);
    this.#handOver(ticket);
    const patience = new AbortController();
    try {
      return await Promise.race([
        claimed.promise,
        this.#pause(patienceMs, patience.signal).then(() => undefined),
      ]);
    } finally {
      patience.abort();
      if (this.#claims.get(ticket) === claimed.resolve) {
        this.#claims.delete(ticket);
      }
    }
  }

  /** Tells the agent that the caller is gone, and ends the line. */
  async #dismiss(line: AgentLine): Promise<void> {
    await this.#voice.tellCallerGone(line);
    await line.hangUp();
  }

  #handOver(ticket: string): void {
    const waiting = this.#waiting.get(ticket);
    const claim = this.#claims.get(ticket);
    if (waiting !== undefined && claim !== undefined) {
      this.#waiting.delete(ticket);
      this.#claims.delete(ticket);
      waiting.taken();
      claim(waiting.line);
    }
  }
}
