import type { Response } from 'express';

export type StreamLimits = {
  /** A comment is sent so often, so that neither side takes the connection for dead. */
  readonly heartbeatMs: number;
  readonly maxOpen: number;
  readonly maxOpenPerUser: number;
  /**
   * A stream ends after so long. What a reader who has stopped reading is sent vanishes in buffers that nobody sees
   * into; only coming back shows that somebody is there, so that no place is held for longer.
   */
  readonly maxOpenMs: number;
  /** A reader for whom so much waits is cut off: it may come back with Last-Event-ID. */
  readonly maxWaitingBytes: number;
};

export const usualStreamLimits: StreamLimits = {
  heartbeatMs: 15_000,
  maxOpenMs: 60_000,
  maxOpen: 200,
  maxOpenPerUser: 10,
  maxWaitingBytes: 65_536,
};

/** One event on its way to a reader; `last`: nothing comes after it. */
export type StreamEvent = {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly last: boolean;
};

/** The streams of server-sent events that are open, bounded. */
export class EventStreams {
  readonly #limits: StreamLimits;
  readonly #openBy = new Map<string, number>();

  constructor(limits: StreamLimits = usualStreamLimits) {
    this.#limits = limits;
  }

  /** How many streams are open. */
  get open(): number {
    return [...this.#openBy.values()].reduce((sum, count) => sum + count, 0);
  }

  /** False when this user, or everybody together, has as many as there may be. */
  hasRoomFor(user: string): boolean {
    return this.open < this.#limits.maxOpen && (this.#openBy.get(user) ?? 0) < this.#limits.maxOpenPerUser;
  }

  /**
   * Turns the response into a stream. Returns what sends an event, which is safe to call when the stream is
   * over; `onClose` is called once, when it is, whoever ended it.
   */
  start(response: Response, user: string, onClose: () => void): (event: StreamEvent) => void {
    const { heartbeatMs, maxOpenMs, maxWaitingBytes } = this.#limits;
    if (response.closed) {
      // The reader went while it was looked up whether they may read.
      onClose();
      return () => {};
    }
    this.#openBy.set(user, (this.#openBy.get(user) ?? 0) + 1);
    const write = (text: string) => {
      if (response.writableEnded || response.destroyed) {
        return;
      }
      response.write(text);
      if (response.writableLength > maxWaitingBytes) {
        response.destroy();
      }
    };
    const heartbeat = setInterval(() => {
      if (response.writableNeedDrain || response.writableEnded) {
        // What was sent a whole heartbeat ago has not been taken.
        response.destroy();
        return;
      }
      write(': alive\n\n');
    }, heartbeatMs);
    const end = setTimeout(() => {
      if (response.writableNeedDrain) {
        response.destroy();
      } else {
        response.end();
      }
    }, maxOpenMs);
    response.once('close', () => {
      clearInterval(heartbeat);
      clearTimeout(end);
      this.#leave(user);
      onClose();
    });
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'X-Accel-Buffering': 'no',
    });
    // Whoever comes back is to come at once: what happens meanwhile waits for them.
    write('retry: 1000\n: open\n\n');
    return ({ id, type, data, last }) => {
      write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
      if (last && !response.destroyed) {
        response.end();
      }
    };
  }

  #leave(user: string): void {
    const left = (this.#openBy.get(user) ?? 1) - 1;
    if (left === 0) {
      this.#openBy.delete(user);
    } else {
      this.#openBy.set(user, left);
    }
  }
}
