import type { AgentLine } from '../../src/call/call.js';
import { deferred } from '../../src/call/deferred.js';
import type { Speech } from '../../src/dialogue/line.js';

type ScriptedAgentLineOptions = {
  readonly ticket: string;
  readonly channelId?: string;
  readonly agent?: string | undefined;
  /** The agent hangs up while this prompt is being said. */
  readonly hangsUpDuring?: string;
};

/** An agent's line without a telephone: it writes down what the agent heard and how the line ended. */
export class ScriptedAgentLine implements AgentLine {
  readonly channelId: string;
  readonly agent: string | undefined;
  readonly ticket: string;
  readonly ended: Promise<void>;
  /** `> prompt`, `= holds`, and how it ended, in order. */
  readonly transcript: string[] = [];
  endedBy: 'agent' | 'us' | undefined;
  readonly #hangsUpDuring: string | undefined;
  readonly #end = deferred<void>();

  constructor({
    ticket,
    channelId = `agent-${ticket}`,
    agent = '1001',
    hangsUpDuring,
  }: ScriptedAgentLineOptions) {
    this.ticket = ticket;
    this.channelId = channelId;
    this.agent = agent;
    this.#hangsUpDuring = hangsUpDuring;
    this.ended = this.#end.promise;
  }

  /** The agent hangs up now. */
  agentHangsUp(): void {
    this.#over('agent', '< (hangs up)');
  }

  async hold(): Promise<void> {
    this.transcript.push('= holds');
  }

  async hears({ utterances }: Speech): Promise<'heard' | 'hangup'> {
    for (const { prompt } of utterances) {
      if (this.endedBy !== undefined) {
        return 'hangup';
      }
      this.transcript.push(`> ${prompt}`);
      if (prompt === this.#hangsUpDuring) {
        this.agentHangsUp();
      }
    }
    return this.#isOver() ? 'hangup' : 'heard';
  }

  async hangUp(): Promise<void> {
    this.#over('us', '= hung up');
  }

  #isOver(): boolean {
    return this.endedBy !== undefined;
  }

  #over(by: 'agent' | 'us', line: string): void {
    if (this.endedBy === undefined) {
      this.endedBy = by;
      this.transcript.push(line);
      this.#end.resolve();
    }
  }
}
