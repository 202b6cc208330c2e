import type { Clock } from '../clock.js';
import type { BackOff } from './back-off.js';
import { backOffMs } from './back-off.js';
import type { TcpConnection } from './tcp-connection.js';

export type PrimaryReturnOptions = {
  /** Opens a connection to the primary host; rejects when it cannot be reached. */
  readonly connect: () => Promise<TcpConnection>;
  readonly backOff: BackOff;
  readonly clock: Clock;
  readonly random: () => number;
  /** Called when the primary was reached: `take` has the connection. */
  readonly onReached: () => void;
};

/**
 * Looks, while a line is up on another host, whether its primary can be reached again: in the background, so
 * that the line goes on meanwhile, and more rarely after each try.
 */
export class PrimaryReturn {
  readonly #options: PrimaryReturnOptions;
  #tries = 0;
  #dueAtMs = Number.POSITIVE_INFINITY;
  /** The try under way, if it still matters. */
  #trying: object | undefined;
  #reached: TcpConnection | undefined;

  constructor(options: PrimaryReturnOptions) {
    this.#options = options;
  }

  /** True while there is a connection to the primary to take. */
  get reached(): boolean {
    return this.#reached?.open === true;
  }

  /** How long until the next try; endless while none is planned or one is under way. */
  get dueInMs(): number {
    return this.#dueAtMs - this.#options.clock.monotonicMs();
  }

  /** Plans the next try. */
  plan(): void {
    const { backOff, clock, random } = this.#options;
    this.#tries += 1;
    this.#dueAtMs = clock.monotonicMs() + backOffMs(backOff, this.#tries, random);
  }

  /** The primary has proved itself: the next time begins with the shortest pause again. */
  forgetTries(): void {
    this.#tries = 0;
  }

  /** Tries to reach the primary. Returns at once. */
  begin(): void {
    const trying = {};
    this.#trying = trying;
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    this.#options.connect().then(
      (connection) => {
        if (this.#trying !== trying) {
          connection.drop('not needed any more');
          return;
        }
        this.#trying = undefined;
        this.#keep(connection);
      },
      () => {
        if (this.#trying === trying) {
          this.#trying = undefined;
          this.plan();
        }
      },
    );
  }

  /** Hands the connection out, once. */
  take(): TcpConnection | undefined {
    const connection = this.#reached;
    this.#reached = undefined;
    return connection;
  }

  /** Gives up a try under way, and a connection that nobody took. It can be planned anew afterwards. */
  end(): void {
    this.#trying = undefined;
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    this.take()?.drop('not needed any more');
  }

  /**
   * While the connection waits to be taken its end is noticed, and the next try planned. What a host says
   * meanwhile, such as an echo of its own, is said again or answered once the connection is the line's.
   */
  #keep(connection: TcpConnection): void {
    this.#reached = connection;
    connection.listen(
      () => undefined,
      () => {
        if (this.#reached === connection) {
          this.#reached = undefined;
          this.plan();
        }
      },
    );
    if (this.reached) {
      this.#options.onReached();
    }
  }
}
