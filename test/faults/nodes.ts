import type { Lane } from './lane.js';
import type { Armed, PayerProcess } from './payer-process.js';

const mostStarts = 3;
const unarmed: Armed = { point: 0, doom: 'kill' };

/** The processes of one build that take payments in a lane: one or two nodes, used again by the next run. */
export class Nodes {
  readonly #lane: Lane;
  readonly #build: string;
  readonly #processes: (PayerProcess | undefined)[];
  /** Also those that were replaced. */
  readonly #living = new Set<PayerProcess>();
  #started = 0;

  constructor(lane: Lane, build: string, count: 1 | 2 = 2) {
    this.#lane = lane;
    this.#build = build;
    this.#processes = Array.from({ length: count }, () => undefined);
  }

  /** How many processes were started. */
  get started(): number {
    return this.#started;
  }

  at(node: number): PayerProcess {
    const process = this.#processes[node];
    if (process === undefined) {
      throw new Error('the node has no process');
    }
    return process;
  }

  all(): readonly PayerProcess[] {
    return this.#processes.filter((process) => process !== undefined);
  }

  /** Starts a process of the node; from now on it is the node's. */
  start(node: number, armed: Armed = unarmed): PayerProcess {
    const process = this.#lane.startPayer(this.#build, node, armed);
    this.#started += 1;
    this.#processes[node] = process;
    this.#living.add(process);
    void process.ended.then(() => this.#living.delete(process));
    return process;
  }

  /** Resolves when every node has a process that can take payments. */
  async ready(): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((node) => this.#readyAt(node)));
  }

  /** A process may have met a doom of the run before while it started: then another takes its place. */
  async #readyAt(node: number): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      if (this.#processes[node]?.hasEnded !== false) {
        this.start(node);
      }
      try {
        await this.at(node).ready;
        return;
      } catch (error) {
        if (tries >= mostStarts) {
          throw error;
        }
      }
    }
  }

  /** Ends the processes that have taken a payment; the next run begins with new ones. */
  async renew(): Promise<void> {
    await Promise.all(this.all().map(async (process) => (process.hasPaid ? process.kill() : undefined)));
  }

  /** Ends the processes; the next run begins with new ones. */
  async stop(): Promise<void> {
    await Promise.all([...this.#living].map((process) => process.kill()));
    this.#processes.fill(undefined);
  }
}
