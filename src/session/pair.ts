import type { AgentLine, Call } from '../call/call.js';
import type { Log } from '../log.js';
import type { AgentVoice } from './agent-voice.js';
import type { SessionResult } from './payment-sessions.js';

type Gone = 'callerLeft' | 'agentLeft';

/**
 * A caller and the agent who sent them, while both lines are with us. The agent's line is ended with the
 * caller's, whatever happens in between.
 */
export class Pair {
  /** Resolves with who was gone first. */
  readonly gone: Promise<Gone>;
  readonly #call: Call;
  readonly #line: AgentLine;
  readonly #voice: AgentVoice;
  readonly #log: Log;
  #agentIsThere = true;
  /** True once the payment is over and the two simply talk. */
  #talking = false;
  #told: SessionResult | undefined;
  #telling: Promise<void> = Promise.resolve();

  constructor(call: Call, line: AgentLine, voice: AgentVoice, log: Log) {
    this.#call = call;
    this.#line = line;
    this.#voice = voice;
    this.#log = log;
    const agentLeft = line.ended.then(() => {
      this.#agentIsThere = false;
      return 'agentLeft' as const;
    });
    this.gone = Promise.race([call.ended.then(() => 'callerLeft' as const), agentLeft]);
  }

  get agentIsThere(): boolean {
    return this.#agentIsThere;
  }

  /**
   * Sees to the agent's line until it is over. An agent whose caller is gone is told so, but for one who has
   * just heard them go. Never rejects.
   */
  async attend(): Promise<void> {
    if ((await this.gone) === 'agentLeft') {
      return;
    }
    if (!this.#talking) {
      await this.#say(() => this.#voice.tellCallerGone(this.#line));
    }
    try {
      await this.#line.hangUp();
    } catch (error) {
      this.#log.error({ err: error }, 'the line of an agent could not be ended');
    }
  }

  /**
   * Tells the agent how it came out, once for each result: as soon as it is known, while the caller hears it too.
   */
  tell(result: SessionResult): void {
    if (this.#told !== result && this.#agentIsThere) {
      this.#told = result;
      this.#telling = this.#say(() => this.#voice.tellResult(this.#line, result));
    }
  }

  /** Makes one conversation of the two, who were apart, when the agent has heard everything. */
  async reunite(): Promise<boolean> {
    await this.#telling;
    await this.#say(() => this.#voice.tellCallerIsBack(this.#line));
    return this.join();
  }

  /** Makes one conversation of the two. False: one of them is gone, or it could not be done. */
  async join(): Promise<boolean> {
    try {
      return this.#agentIsThere && (await this.#call.join(this.#line)) === 'joined';
    } catch (error) {
      this.#log.error({ err: error }, 'a caller and an agent could not be joined');
      return false;
    }
  }

  /** Lets the two talk until one of them hangs up. Whoever called ends the call for the other then. */
  async talk(): Promise<void> {
    this.#talking = true;
    await this.gone;
  }

  /** An agent who could not be told sees it all the same, and must not be kept from the caller. */
  async #say(words: () => Promise<void>): Promise<void> {
    try {
      await words();
    } catch (error) {
      this.#log.error({ err: error }, 'something could not be said to an agent');
    }
  }
}
