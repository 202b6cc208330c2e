import type { Socket } from 'node:net';
import { FrameSplitter } from './iso8583/frame-splitter.js';
import type { SocketOptions } from './open-socket.js';
import { openSocket } from './open-socket.js';

export type TcpConnectionOptions = SocketOptions & {
  /** The longest frame, without its length, that is taken. */
  readonly maxFrameLength: number;
  /** Bytes that the network has not taken by then end the connection. */
  readonly sendTimeoutMs: number;
  /** A frame that has begun and is not whole by then ends the connection. */
  readonly frameTimeoutMs: number;
};

/** More than this waiting to leave means that the host has stopped reading. */
const mostBytesWaiting = 65_536;

/**
 * One TCP connection that carries frames. It ends once, for one reason, and is not opened again; the reason
 * is a fixed phrase, without content.
 */
export class TcpConnection {
  readonly #socket: Socket;
  readonly #options: TcpConnectionOptions;
  readonly #splitter: FrameSplitter;
  readonly #timers = new Set<NodeJS.Timeout>();
  #frameTimer: NodeJS.Timeout | undefined;
  #onFrame: (frame: Buffer) => void = () => undefined;
  #onClosed: (reason: string) => void = () => undefined;
  #flowing = false;
  #reason: string | undefined;
  readonly #onAbort = (): void => this.drop('stopped');

  private constructor(socket: Socket, options: TcpConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#splitter = new FrameSplitter(options.maxFrameLength);
    socket.on('error', () => this.drop('connection failed'));
    socket.on('end', () => this.drop('host closed the connection'));
    socket.on('close', () => this.drop('connection closed'));
    options.signal.addEventListener('abort', this.#onAbort);
    if (options.signal.aborted) {
      this.drop('stopped');
    }
  }

  /**
   * Opens a connection.
   * @throws Error (with cause) when it is refused, takes longer than `connectTimeoutMs`, or is aborted.
   */
  static async connect(options: TcpConnectionOptions): Promise<TcpConnection> {
    return new TcpConnection(await openSocket(options), options);
  }

  get open(): boolean {
    return this.#reason === undefined;
  }

  /**
   * Starts the flow of whole frames, each of which is wiped when `onFrame` returns. `onClosed` is called once.
   * Whoever listens last gets what comes from then on.
   */
  listen(onFrame: (frame: Buffer) => void, onClosed: (reason: string) => void): void {
    this.#onFrame = onFrame;
    this.#onClosed = onClosed;
    if (this.#reason !== undefined) {
      onClosed(this.#reason);
      return;
    }
    if (!this.#flowing) {
      this.#flowing = true;
      this.#socket.on('data', (chunk) => this.#take(chunk));
    }
  }

  /**
   * Returns false when certainly no byte has left; true when the frame may have left, whole or in part. The
   * frame belongs to the connection, which wipes it: a card number is in it.
   */
  send(frame: Buffer): boolean {
    if (!this.open || !this.#socket.writable || this.#socket.writableLength > mostBytesWaiting) {
      frame.fill(0);
      return false;
    }
    const timer = setTimeout(() => this.drop('sending took too long'), this.#options.sendTimeoutMs);
    this.#timers.add(timer);
    this.#socket.write(frame, () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
      frame.fill(0);
    });
    return true;
  }

  /** Ends the connection at once. */
  drop(reason: string): void {
    if (this.#reason !== undefined) {
      return;
    }
    this.#reason = reason;
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    clearTimeout(this.#frameTimer);
    for (const timer of this.#timers) {
      clearTimeout(timer);
    }
    this.#socket.destroy();
    this.#onClosed(reason);
  }

  #take(chunk: Buffer): void {
    let frames: Buffer[];
    try {
      frames = this.#splitter.push(chunk);
    } catch {
      // What was read is not a frame, and where the next one begins cannot be known.
      this.drop('unexpected bytes');
      return;
    } finally {
      chunk.fill(0);
    }
    this.#watchPartialFrame(frames.length > 0);
    try {
      for (const frame of frames) {
        if (!this.open) {
          return;
        }
        this.#onFrame(frame);
      }
    } finally {
      for (const frame of frames) {
        frame.fill(0);
      }
    }
    if (this.#splitter.fault !== undefined) {
      this.drop('unexpected bytes');
    }
  }

  /** The time-out runs from the first byte of a frame, so that a trickle of bytes does not extend it. */
  #watchPartialFrame(frameCompleted: boolean): void {
    if (frameCompleted || this.#splitter.pending === 0) {
      clearTimeout(this.#frameTimer);
      this.#frameTimer = undefined;
    }
    if (this.#splitter.pending > 0) {
      this.#frameTimer ??= setTimeout(() => this.drop('half a frame'), this.#options.frameTimeoutMs);
    }
  }
}
