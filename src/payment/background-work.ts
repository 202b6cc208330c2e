import type { Log } from '../log.js';

/** Work that nobody waits for at once, but that must be over before the process ends. */
export class BackgroundWork {
  readonly #running = new Set<Promise<void>>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Looks after the work; a fault in it is logged, for nobody else will see it. */
  run(work: Promise<unknown>): void {
    const watched = work
      .then(
        () => undefined,
        (error: unknown) => this.#log.error({ err: error }, 'background work failed'),
      )
      .finally(() => this.#running.delete(watched));
    this.#running.add(watched);
  }

  /** Resolves when nothing is running, also not what was begun meanwhile. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.all(this.#running);
    }
  }
}
