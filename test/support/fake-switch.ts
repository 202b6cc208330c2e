import type { AgentLine, Call, Switch, SwitchHandlers } from '../../src/call/call.js';

/** A switch that brings what a test hands it. */
export class FakeSwitch implements Switch {
  readonly connected = true;
  readonly happened: string[] = [];
  #handlers: SwitchHandlers | undefined;
  readonly #orphans: readonly Call[];
  readonly #lines: readonly AgentLine[];

  /** What the switch finds in progress at its start. */
  constructor(orphans: readonly Call[] = [], lines: readonly AgentLine[] = []) {
    this.#orphans = orphans;
    this.#lines = lines;
  }

  async start(handlers: SwitchHandlers): Promise<void> {
    this.#handlers = handlers;
    for (const line of this.#lines) {
      handlers.onAgentLine(line);
    }
    for (const orphan of this.#orphans) {
      handlers.onOrphan(orphan);
    }
  }

  /** A call comes. */
  bring(call: Call): void {
    this.#handlers?.onCall(call);
  }

  /** An agent's line comes. */
  bringAgent(line: AgentLine): void {
    this.#handlers?.onAgentLine(line);
  }

  refuseCalls(): void {
    this.happened.push('refuses calls');
  }

  async stop(leave: ReadonlySet<string> = new Set()): Promise<void> {
    this.happened.push(['stopped', ...leave].join(' '));
  }
}
