import type { Call, Switch } from '../call/call.js';
import { BackgroundWork } from '../payment/background-work.js';
import { endOrphan } from './end-orphan.js';
import { type TakeCallDependencies, takeCall } from './take-call.js';

/** Takes every call that the switch brings, and knows which ones are going on. */
export class Reception {
  readonly #dependencies: TakeCallDependencies;
  readonly #switch: Switch;
  /** Calls going on, by channel, with the promise of their end. */
  readonly #calls = new Map<string, Promise<void>>();
  /** Agents' lines until their callers' calls take them over. */
  readonly #lines: BackgroundWork;

  constructor(dependencies: TakeCallDependencies, phoneSwitch: Switch) {
    this.#dependencies = dependencies;
    this.#lines = new BackgroundWork(dependencies.log);
    this.#switch = phoneSwitch;
  }

  /** How many calls are going on. */
  get callCount(): number {
    return this.#calls.size;
  }

  get connected(): boolean {
    return this.#switch.connected;
  }

  /**
   * Takes calls from now on. Calls that the records hold as open, and the switch does not know any more, are
   * closed in the records.
   */
  async start(): Promise<void> {
    const { agentLines } = this.#dependencies;
    await this.#switch.start({
      onCall: (call) => this.#track(call, () => takeCall(this.#dependencies, call)),
      onOrphan: (call) => this.#track(call, () => endOrphan(this.#dependencies, call)),
      onAgentLine: (line) => this.#lines.run(agentLines.bring(line)),
    });
    const lost = await this.#dependencies.callLog.closeLost([...this.#calls.keys()]);
    if (lost > 0) {
      this.#dependencies.log.warn({ calls: lost }, 'calls had ended while nobody watched');
    }
  }

  /**
   * Takes no more calls and waits for those that go on, `drainMs` at most. A call that is cut off here has its
   * payments in the database. A caller and an agent who talk with each other are left talking, and are found
   * again by the process that comes next.
   */
  async stop(drainMs: number): Promise<void> {
    this.#switch.refuseCalls();
    const { sessions } = this.#dependencies;
    const talking = sessions.talking();
    const others = [...this.#calls].filter(([channelId]) => !talking.has(channelId));
    const drained = Promise.all([...others.map(([, done]) => done), this.#lines.idle()]);
    let timer: NodeJS.Timeout | undefined;
    const outOfPatience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, drainMs);
    });
    await Promise.race([drained, outOfPatience]);
    clearTimeout(timer);
    await this.#switch.stop(sessions.talking());
  }

  #track(call: Call, work: () => Promise<void>): void {
    // A caller who went to an agent may be sent back before the record of the first part is closed.
    const earlier = this.#calls.get(call.channelId);
    const done: Promise<void> = (earlier === undefined ? work() : earlier.then(work))
      .catch((error: unknown) =>
        this.#dependencies.log.error({ err: error }, 'a call could not be ended in order'),
      )
      .finally(() => {
        if (this.#calls.get(call.channelId) === done) {
          this.#calls.delete(call.channelId);
        }
      });
    this.#calls.set(call.channelId, done);
  }
}
