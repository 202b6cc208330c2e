import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildProduct } from './build.js';
import { DatabaseServer } from './database-server.js';
import { faultsDir, Lane } from './lane.js';
import { Nodes } from './nodes.js';
import type { Recovery, RecoveryPlan } from './recovery-time.js';
import { measureRecovery } from './recovery-time.js';
import type { Outcome } from './run-schedule.js';
import { runSchedule } from './run-schedule.js';
import type { Schedule } from './schedule.js';

/** The payments of so many runs are kept, so that what one run does to the next shows too. */
const runsKept = 25;

/** Runs one schedule after the other in a lane of its own, with processes of one build. */
export class Runner {
  readonly lane: Lane;
  #nodes: Nodes;
  #runs = 0;
  #started = 0;

  private constructor(lane: Lane, nodes: Nodes) {
    this.lane = lane;
    this.#nodes = nodes;
  }

  static async start(folder: string, build: string, nodes: 1 | 2, server?: DatabaseServer): Promise<Runner> {
    const lane = await Lane.start(folder, build, server);
    return new Runner(lane, new Nodes(lane, build, nodes));
  }

  /** How many processes were started under test. */
  get started(): number {
    return this.#started + this.#nodes.started;
  }

  /** Runs a schedule. `fresh`: in new processes, so that the points have the same numbers each time. */
  async run(
    schedule: Schedule,
    { fresh = false, settleMs }: { readonly fresh?: boolean; readonly settleMs?: number } = {},
  ): Promise<Outcome> {
    if (fresh) {
      await this.#nodes.renew();
    }
    const outcome = await runSchedule(this.lane, this.#nodes, schedule, settleMs);
    this.#runs += 1;
    if (outcome.breaks.length > 0 || this.#runs % runsKept === 0) {
      await this.forget();
    }
    return outcome;
  }

  /** Takes another build, or other nodes, from the next run on. */
  async use(build: string, nodes: 1 | 2): Promise<void> {
    await this.#nodes.stop();
    this.#started += this.#nodes.started;
    this.#nodes = new Nodes(this.lane, build, nodes);
    await this.forget();
  }

  /** Forgets every payment; what a broken run left unfinished must not be finished in the next. */
  async forget(): Promise<void> {
    await this.#nodes.stop();
    await this.lane.forget();
  }

  /** Measures, in the lane alone, how soon a process that was killed is followed by one that has its work. */
  async recovery(build: string, plan: RecoveryPlan): Promise<Recovery> {
    await this.forget();
    return measureRecovery(this.lane, build, plan);
  }

  async stop(): Promise<void> {
    await this.lane.stop();
  }
}

/** Where this process has its builds, journals and logs. */
const ownDir = join(faultsDir, String(process.pid));

/**
 * Starts a runner on two nodes whose database server is its own.
 * @param product the folder of a compiled product.
 */
export async function startRunnerWithServer(product: string, name: string): Promise<Runner> {
  const folder = join(ownDir, name);
  const server = await DatabaseServer.start(join(ownDir, `${name}-server`));
  try {
    return await Runner.start(folder, product, 2, server);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/**
 * Compiles the product, and starts so many runners of it: all, or none.
 * @param withServers true: each has a database server of its own.
 */
export async function startRunners(
  count: number,
  nodes: 1 | 2,
  withServers = false,
): Promise<{ readonly runners: readonly Runner[]; readonly product: string }> {
  mkdirSync(ownDir, { recursive: true });
  const product = join(ownDir, 'product');
  buildProduct(product);
  const started = await Promise.allSettled(
    Array.from({ length: count }, async (_, lane) =>
      withServers
        ? startRunnerWithServer(product, `lane-${lane}`)
        : Runner.start(join(ownDir, `lane-${lane}`), product, nodes),
    ),
  );
  const runners = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const fault = started.find((each) => each.status === 'rejected');
  if (fault !== undefined) {
    await stopRunners(runners);
    throw fault.reason;
  }
  return { runners, product };
}

export async function stopRunners(runners: readonly Runner[]): Promise<void> {
  await Promise.all(runners.map((runner) => runner.stop()));
}

/** Gives `work` so many runners, which are stopped afterwards whatever happens. */
export async function withRunners<T>(
  count: number,
  nodes: 1 | 2,
  work: (runners: readonly Runner[], product: string) => Promise<T>,
  withServers = false,
): Promise<T> {
  const { runners, product } = await startRunners(count, nodes, withServers);
  try {
    return await work(runners, product);
  } finally {
    await stopRunners(runners);
  }
}

/** Lets each runner take the next task as soon as it is free. Rejects with the first fault, when all have ended. */
export async function spread<T>(
  runners: readonly Runner[],
  tasks: Iterable<T>,
  work: (runner: Runner, task: T) => Promise<void>,
): Promise<void> {
  const queue = tasks[Symbol.iterator]();
  const ended = await Promise.allSettled(
    runners.map(async (runner) => {
      for (let next = queue.next(); next.done !== true; next = queue.next()) {
        await work(runner, next.value);
      }
    }),
  );
  const fault = ended.find((each) => each.status === 'rejected');
  if (fault !== undefined) {
    throw fault.reason;
  }
}
