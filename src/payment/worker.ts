import type { Log } from '../log.js';

/** Something that is done again and again until it is stopped. */
export type Worker = {
  /** Begins with the first pass. Once only. */
  readonly start: () => void;
  /** Resolves when the pass in hand is over. */
  readonly stop: () => Promise<void>;
};

/** Returns a worker that makes a pass, pauses, and goes on; a pass that fails is logged, and the next comes. */
export function worker(
  pass: (stopping: AbortSignal) => Promise<unknown>,
  {
    pollMs,
    wait,
    log,
    name,
  }: {
    readonly pollMs: number;
    readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
    readonly log: Log;
    readonly name: string;
  },
): Worker {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await pass(stopping.signal);
      } catch (error) {
        log.error({ err: error, worker: name }, 'a pass of a worker failed');
      }
      await wait(pollMs, stopping.signal);
    }
  };
  return {
    start: () => {
      running = loop();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
