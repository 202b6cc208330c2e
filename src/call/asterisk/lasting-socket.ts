import type { EventEmitter } from 'node:events';
import type { Log } from '../../log.js';
import { AriFault } from './ari.js';

/** A WebSocket as the package ws makes it: 'open', 'message', 'pong', 'error' and 'close' events. */
export type RawSocket = Pick<EventEmitter, 'on'> & { ping(): void; close(): void; terminate(): void };

export type SocketLimits = {
  /** How long a connection may take to open. */
  readonly openMs: number;
  /** How often the far end is asked for a sign of life, and how long it may take to give one. */
  readonly pingMs: number;
  readonly pongMs: number;
  /** The first pause before trying again; it doubles up to the greatest. */
  readonly firstRetryMs: number;
  readonly greatestRetryMs: number;
};

export const defaultSocketLimits: SocketLimits = {
  openMs: 5_000,
  pingMs: 5_000,
  pongMs: 3_000,
  firstRetryMs: 100,
  greatestRetryMs: 5_000,
};

/** How long the far end may take to answer our goodbye. */
const closeMs = 500;

type SocketHandlers = {
  readonly onUp: () => void;
  /** It was lost; not called for a socket that we closed for good. */
  readonly onDown: () => void;
  /** What the socket gave: bytes of a text, of a WebSocket. They are wiped when this returns. */
  readonly onMessage: (message: unknown) => void;
};

export type LastingSocketOptions = {
  /** Starts to open a socket. A rejection counts as a failed try. */
  readonly open: () => Promise<RawSocket>;
  readonly handlers: SocketHandlers;
  readonly limits: SocketLimits;
  readonly log: Log;
  /** A number in [0, 1), so that many processes do not come back in step. */
  readonly random: () => number;
};

/** A socket that comes back whenever it is lost, for ever, and that notices a far end that went silent. */
export class LastingSocket {
  readonly #options: LastingSocketOptions;
  #connected = false;
  #stopped = false;
  #running: Promise<void> | undefined;
  #endLife: (how: 'at once' | 'politely') => void = () => undefined;
  #endPause: () => void = () => undefined;
  #failures = 0;

  constructor(options: LastingSocketOptions) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#connected;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Closes the connection and does not come back. Resolves when all is over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#endLife('politely');
    this.#endPause();
    await this.#running;
  }

  /** Ends this connection and comes back after the longest pause: the far end is taken by someone else. */
  yieldForNow(): void {
    this.#failures = Number.POSITIVE_INFINITY;
    this.#endLife('at once');
  }

  async #run(): Promise<void> {
    while (!this.#isStopped()) {
      try {
        const socket = await this.#options.open();
        if (this.#isStopped()) {
          socket.on('error', () => undefined);
          socket.terminate();
          return;
        }
        await this.#live(socket);
      } catch (cause) {
        this.#options.log.warn({ cause: reasonOf(cause) }, 'Asterisk cannot be reached');
      }
      if (!this.#isStopped()) {
        await this.#pause();
      }
    }
  }

  #isStopped(): boolean {
    return this.#stopped;
  }

  /** Resolves when this socket is over, whichever way. */
  async #live(socket: RawSocket): Promise<void> {
    const { handlers, limits, log } = this.#options;
    let watch: NodeJS.Timeout | undefined;
    let opening: NodeJS.Timeout | undefined;
    let silence: NodeJS.Timeout | undefined;
    const heard = (): void => {
      clearTimeout(silence);
      silence = undefined;
    };
    await new Promise<void>((over) => {
      const cut = (): void => {
        socket.terminate();
        over();
      };
      this.#endLife = (how) => {
        if (how === 'politely' && this.#connected) {
          socket.close();
          clearTimeout(opening);
          opening = setTimeout(cut, closeMs);
        } else {
          cut();
        }
      };
      opening = setTimeout(cut, limits.openMs);
      const dead = (): void => {
        log.warn({}, 'Asterisk gave no sign of life');
        cut();
      };
      // A second look: after a long pause of our own loop its answer may be waiting behind this timer.
      const suspect = (): void => {
        silence = setTimeout(dead, 50);
      };
      socket.on('open', () => {
        clearTimeout(opening);
        this.#failures = 0;
        this.#connected = true;
        watch = setInterval(() => {
          silence ??= setTimeout(suspect, limits.pongMs);
          socket.ping();
        }, limits.pingMs);
        handlers.onUp();
      });
      socket.on('pong', heard);
      socket.on('message', (data: unknown) => {
        heard();
        try {
          handlers.onMessage(data);
        } finally {
          wipe(data);
        }
      });
      socket.on('error', (cause: unknown) => {
        log.warn({ cause: reasonOf(cause) }, 'the connection to Asterisk failed');
        over();
      });
      socket.on('close', over);
    });
    clearTimeout(opening);
    clearTimeout(silence);
    clearInterval(watch);
    this.#endLife = () => undefined;
    const wasConnected = this.#connected;
    this.#connected = false;
    if (wasConnected && !this.#stopped) {
      handlers.onDown();
    }
  }

  async #pause(): Promise<void> {
    const { firstRetryMs, greatestRetryMs } = this.#options.limits;
    const longest = Math.min(firstRetryMs * 2 ** this.#failures, greatestRetryMs);
    this.#failures += 1;
    const ms = longest * (0.5 + this.#options.random() / 2);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A key of a PIN may have come in it. */
function wipe(data: unknown): void {
  if (data instanceof Uint8Array) {
    data.fill(0);
  }
}

/** Returns why a connection failed, in words that hold no address: an address may carry a password. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) {
    return 'unknown';
  }
  if (cause instanceof AriFault) {
    return cause.message;
  }
  if ('code' in cause && typeof cause.code === 'string') {
    return cause.code;
  }
  return /Unexpected server response: \d{3}/.exec(cause.message)?.[0] ?? cause.name;
}
