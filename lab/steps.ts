import { systemClock } from '../src/clock.js';

/** What a step reports besides its time, e.g. "12 built, 300 kept". */
export type Note = string | undefined;

/**
 * Tells a person what is being done and how long each part took. Steps may run at the same time: a line is
 * written when a step ends, and, for one that takes longer than a few seconds, when it is still going on.
 */
export class Steps {
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void = (line) => process.stdout.write(`${line}\n`)) {
    this.#write = write;
  }

  say(line: string): void {
    this.#write(line);
  }

  /** Runs `work`; what `note` makes of its result is added to the step's line. Errors pass through. */
  async run<T>(
    title: string,
    work: () => Promise<T>,
    note: (result: T) => Note = () => undefined,
  ): Promise<T> {
    const startedMs = systemClock.monotonicMs();
    const seconds = () => ((systemClock.monotonicMs() - startedMs) / 1000).toFixed(1).padStart(6);
    const stillRunning = setInterval(() => this.#write(`  ${seconds()} s  ${title} …`), 10_000);
    try {
      const result = await work();
      const remark = note(result);
      this.#write(`  ${seconds()} s  ${title}${remark === undefined ? '' : `: ${remark}`}`);
      return result;
    } catch (error) {
      this.#write(`  ${seconds()} s  ${title}: FAILED`);
      throw error;
    } finally {
      clearInterval(stillRunning);
    }
  }
}

/** Steps that nobody hears about, for tests. */
export const silentSteps = new Steps(() => undefined);
