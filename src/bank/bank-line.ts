import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import { backOffMs } from './back-off.js';
import type { BankMessageRecord, StrayAnswer } from './conversation.js';
import type { IsoMessage } from './iso8583/message.js';
import type { Profile } from './iso8583/profile.js';
import type { KeyVault } from './key-vault.js';
import type { LineCounts } from './line-counts.js';
import { nothingCounted } from './line-counts.js';
import type { LineAnswer } from './line-exchange.js';
import { LineExchange } from './line-exchange.js';
import type { LineTiming } from './line-timing.js';
import { NetworkManagement } from './network-management.js';
import type { HostAddress, LineTls } from './open-socket.js';
import { pause } from './pause.js';
import { PrimaryReturn } from './primary-return.js';
import { TcpConnection } from './tcp-connection.js';
import type { TerminalIdentity } from './terminal.js';
import type { TraceNumbers } from './trace-numbers.js';

export type BankLineOptions = {
  readonly terminal: TerminalIdentity;
  /** The primary host, then the others in the order they are tried. */
  readonly hosts: readonly [HostAddress, ...HostAddress[]];
  /** How the line is kept secret, to every host; plain TCP when not given. */
  readonly tls?: LineTls | undefined;
  readonly profile: Profile;
  readonly vault: KeyVault;
  readonly traces: TraceNumbers;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly timing: LineTiming;
  /** More requests than this at once are not sent. */
  readonly maxInFlight: number;
  readonly onMessage?: ((record: BankMessageRecord) => void) | undefined;
  readonly onStray?: ((stray: StrayAnswer) => void) | undefined;
};

export type LineState = 'stopped' | 'connecting' | 'signing-on' | 'up' | 'waiting';

/** The business day may begin at any moment: how often it is looked at while nothing else happens. */
const longestRestMs = 200;

/**
 * One terminal's line to the bank. It connects, signs in, and stays so until `stop`: one attempt at a time,
 * with back-off; the hosts take turns while attempts fail, and after a line is lost the primary comes first.
 * A line that is up on another host goes back to the primary in a moment in which nothing is in flight.
 */
export class BankLine {
  readonly terminalId: string;
  readonly counts: LineCounts = nothingCounted();
  readonly #options: BankLineOptions;
  readonly #exchange: LineExchange;
  readonly #ended = new AbortController();
  readonly #network: NetworkManagement;
  readonly #primaryReturn: PrimaryReturn;
  #connection: TcpConnection | undefined;
  #hostNumber = 0;
  #state: LineState = 'stopped';
  #running: Promise<void> | undefined;
  #stopping = false;
  #echoWanted = false;
  #wake: () => void = () => undefined;

  constructor(options: BankLineOptions) {
    const { terminal, profile, vault, traces, clock, log, random, timing, onMessage, onStray } = options;
    const { counts } = this;
    this.terminalId = terminal.terminalId;
    this.#options = options;
    this.#exchange = new LineExchange({
      ...{ terminal, profile, vault, clock, log, counts, onMessage, onStray },
      onSignInAsked: () => {
        this.#network.bankAsksForSignOn();
        this.#wake();
      },
      onKeysProven: () => this.#network.keysAreProven(),
    });
    const exchange = this.#exchange;
    this.#network = new NetworkManagement({
      ...{ terminal, profile, vault, traces, clock, log, random, timing, counts, exchange },
    });
    this.#primaryReturn = new PrimaryReturn({
      connect: () => this.#connect(0),
      backOff: timing.primaryReturn,
      ...{ clock, random },
      onReached: () => this.#wake(),
    });
  }

  get state(): LineState {
    return this.#state;
  }

  /** The host that it is connected to, or tries next. */
  get host(): HostAddress {
    return this.#hostAt(this.#hostNumber);
  }

  /** Field 60.2 of what is sent now, when the bank gave a batch at the sign-in. */
  get batchNumber(): string | undefined {
    return this.#network.batchNumber;
  }

  get inFlight(): number {
    return this.#exchange.inFlight;
  }

  /** True while a transaction would be sent at once. */
  get available(): boolean {
    return (
      this.#state === 'up' &&
      !this.#stopping &&
      this.#exchange.connected &&
      !this.#network.signOnDue &&
      this.inFlight < this.#options.maxInFlight
    );
  }

  /** Starts to connect. Returns at once; `available` tells when the line is up. */
  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Takes no more requests, waits for those in flight at most `drainMs`, and closes the line. Afterwards no
   * timer and no socket is left.
   */
  async stop(drainMs: number): Promise<void> {
    this.#stopping = true;
    await this.#exchange.quiet(drainMs);
    this.#ended.abort();
    this.#wake();
    await this.#running;
    this.#state = 'stopped';
  }

  /**
   * Sends a transaction or a reversal at once, before this returns, and waits for its answer.
   * @param reference what we call it in the record, whether it is in the message or not.
   * @throws IsoError (rejects) when the message breaks the profile; nothing has left then.
   */
  async request(message: IsoMessage, reference?: string): Promise<LineAnswer> {
    if (!this.available) {
      return { outcome: 'not-sent' };
    }
    const answer = await this.#exchange.request(message, this.#options.timing.answerTimeoutMs, reference);
    if (answer.outcome === 'unknown' && answer.why === 'no-answer') {
      // Is the bank slow, or is the line dead without either end knowing?
      this.#echoWanted = true;
      this.#wake();
    }
    return answer;
  }

  async #run(): Promise<void> {
    const { hosts, timing, random, log } = this.#options;
    let failures = 0;
    while (!this.#isEnded()) {
      const upMs = await this.#session();
      const wasStable = upMs !== undefined && upMs >= timing.stableMs;
      if (wasStable && this.#hostNumber === 0) {
        this.#primaryReturn.forgetTries();
      }
      this.#hostNumber = upMs === undefined ? (this.#hostNumber + 1) % hosts.length : 0;
      failures = wasStable ? 1 : failures + 1;
      const waitMs = backOffMs(timing.backOff, failures, random);
      if (!this.#isEnded()) {
        log.warn({ terminalId: this.terminalId, failures, waitMs }, 'the bank line is down');
        this.#state = 'waiting';
        await pause(waitMs, this.#ended.signal);
      }
    }
  }

  /** Returns for how long the line was up, or undefined when it never was. */
  async #session(): Promise<number | undefined> {
    const { log, clock } = this.#options;
    this.#state = 'connecting';
    this.#network.wantSignOn();
    let connection: TcpConnection;
    try {
      connection = await this.#connect(this.#hostNumber);
    } catch (error) {
      if (!this.#isEnded()) {
        log.warn(
          { terminalId: this.terminalId, ...this.host, err: error },
          'the bank host cannot be reached',
        );
      }
      return undefined;
    }
    this.#attach(connection);
    if (this.#hostNumber !== 0) {
      this.#primaryReturn.plan();
    }
    try {
      const upSinceMs = await this.#serve();
      return upSinceMs === undefined ? undefined : clock.monotonicMs() - upSinceMs;
    } finally {
      this.#primaryReturn.end();
      this.#connection?.drop('stopped');
      this.#connection = undefined;
    }
  }

  #hostAt(number: number): HostAddress {
    const { hosts } = this.#options;
    return hosts[number] ?? hosts[0];
  }

  async #connect(hostNumber: number): Promise<TcpConnection> {
    const { connectTimeoutMs, sendTimeoutMs, frameTimeoutMs } = this.#options.timing;
    this.counts.connects += 1;
    return TcpConnection.connect({
      address: this.#hostAt(hostNumber),
      tls: this.#options.tls,
      ...{ connectTimeoutMs, sendTimeoutMs, frameTimeoutMs },
      maxFrameLength: this.#options.profile.maxFrameLength,
      signal: this.#ended.signal,
    });
  }

  /** Makes this connection the line's own. */
  #attach(connection: TcpConnection): void {
    const address = this.host;
    this.#connection = connection;
    this.#exchange.attach(connection, (reason) => {
      if (!this.#isEnded() && connection === this.#connection) {
        const { terminalId } = this;
        this.#options.log.warn({ terminalId, ...address, reason }, 'the connection to the bank ended');
      }
      this.#wake();
    });
  }

  /** Keeps the connection signed in and alive until it ends. Returns since when the line was up. */
  async #serve(): Promise<number | undefined> {
    const { timing, clock } = this.#options;
    let upSinceMs: number | undefined;
    while (this.#exchange.connected && !this.#isEnded()) {
      if (this.#network.signOnDue) {
        this.#state = 'signing-on';
        // New keys would make the answers to what is in flight look forged.
        await this.#exchange.quiet(timing.networkTimeoutMs);
        if (!(await this.#network.signOn())) {
          return upSinceMs;
        }
        upSinceMs ??= clock.monotonicMs();
        this.#state = 'up';
      } else if (this.#echoWanted || this.#exchange.idleMs >= timing.echoIdleMs) {
        this.#echoWanted = false;
        if (!(await this.#network.echo())) {
          return upSinceMs;
        }
      } else if (this.#primaryReturn.reached) {
        if (this.inFlight > 0) {
          await this.#exchange.quiet(longestRestMs);
        } else if (await this.#returnToPrimary()) {
          upSinceMs = clock.monotonicMs();
        }
      } else if (this.#primaryReturn.dueInMs <= 0) {
        this.#primaryReturn.begin();
      } else {
        const { idleMs } = this.#exchange;
        await this.#rest(Math.min(timing.echoIdleMs - idleMs, this.#primaryReturn.dueInMs, longestRestMs));
      }
    }
    return upSinceMs;
  }

  /**
   * Signs in at the primary, with nothing in flight and nothing sent meanwhile, and goes on there. False: it
   * goes on where it is, signed in again, because the bank may have made new keys all the same.
   */
  async #returnToPrimary(): Promise<boolean> {
    const { log } = this.#options;
    const [before, beforeNumber] = [this.#connection, this.#hostNumber];
    const primary = this.#primaryReturn.take();
    if (before === undefined || primary === undefined) {
      return false;
    }
    this.#state = 'signing-on';
    this.#hostNumber = 0;
    this.#attach(primary);
    if (await this.#network.signOn()) {
      this.counts.returns += 1;
      before.drop('the line went back to its primary host');
      log.info({ terminalId: this.terminalId, ...this.host }, 'the bank line is back on its primary host');
      this.#state = 'up';
      return true;
    }
    primary.drop('the primary host did not accept the sign-in');
    this.#connection = before;
    this.#hostNumber = beforeNumber;
    this.#exchange.use(before);
    this.#network.wantSignOn();
    this.#primaryReturn.plan();
    return false;
  }

  /** Waits, at most until something happens to the line. */
  async #rest(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #isEnded(): boolean {
    return this.#ended.signal.aborted;
  }
}
