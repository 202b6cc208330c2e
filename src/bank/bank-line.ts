import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { BackOff } from './back-off.js';
import { backOffMs } from './back-off.js';
import type { BankMessageRecord, StrayAnswer } from './conversation.js';
import type { IsoMessage } from './iso8583/message.js';
import type { Profile } from './iso8583/profile.js';
import type { KeyVault } from './key-vault.js';
import type { LineAnswer, LineCounts } from './line-exchange.js';
import { LineExchange } from './line-exchange.js';
import { echoMessage, signOnMessage, workingKeysOf } from './network-messages.js';
import type { HostAddress } from './tcp-connection.js';
import { TcpConnection } from './tcp-connection.js';
import type { TerminalIdentity } from './terminal.js';
import { businessDay } from './terminal-time.js';
import type { TraceNumbers } from './trace-numbers.js';

/** How a line behaves in time; milliseconds on the monotonic clock. */
export type LineTiming = {
  readonly connectTimeoutMs: number;
  readonly sendTimeoutMs: number;
  readonly frameTimeoutMs: number;
  /** How long a transaction's or reversal's answer is waited for. */
  readonly answerTimeoutMs: number;
  /** How long the answer to a sign-in or an echo is waited for. */
  readonly networkTimeoutMs: number;
  /** An echo is sent after so long without a word from the bank. */
  readonly echoIdleMs: number;
  readonly backOff: BackOff;
  /** A line that was up for so long is reconnected without regard to earlier failures. */
  readonly stableMs: number;
};

export const usualLineTiming: LineTiming = {
  connectTimeoutMs: 5_000,
  sendTimeoutMs: 5_000,
  frameTimeoutMs: 5_000,
  answerTimeoutMs: 20_000,
  networkTimeoutMs: 5_000,
  echoIdleMs: 60_000,
  backOff: { firstMs: 200, longestMs: 30_000 },
  stableMs: 10_000,
};

export type BankLineOptions = {
  readonly terminal: TerminalIdentity;
  /** The primary host, then the others in the order they are tried. */
  readonly hosts: readonly [HostAddress, ...HostAddress[]];
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
const dayCheckMs = 200;

/**
 * One terminal's line to the bank. It connects, signs in, and stays so until `stop`: one attempt at a time,
 * with back-off; the hosts take turns while attempts fail, and after a line is lost the primary comes first.
 */
export class BankLine {
  readonly terminalId: string;
  readonly counts: LineCounts = {
    connects: 0,
    signOns: 0,
    signOnFailures: 0,
    refusedKeys: 0,
    requests: 0,
    unanswered: 0,
    lost: 0,
    badMacs: 0,
    garbled: 0,
    late: 0,
    duplicates: 0,
    unmatched: 0,
  };
  readonly #options: BankLineOptions;
  readonly #exchange: LineExchange;
  readonly #ended = new AbortController();
  #state: LineState = 'stopped';
  #running: Promise<void> | undefined;
  #stopping = false;
  #signOnWanted = true;
  #echoWanted = false;
  #signedOnDay = '';
  #wake: () => void = () => undefined;

  constructor(options: BankLineOptions) {
    const { terminal, profile, vault, clock, log, onMessage, onStray } = options;
    this.terminalId = terminal.terminalId;
    this.#options = options;
    this.#exchange = new LineExchange({
      terminalId: this.terminalId,
      ...{ profile, vault, clock, log, onMessage, onStray },
      counts: this.counts,
      onSignInAsked: () => {
        this.#signOnWanted = true;
        this.#wake();
      },
    });
  }

  get state(): LineState {
    return this.#state;
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
      !this.#signOnDue() &&
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
   * @throws IsoError (rejects) when the message breaks the profile; nothing has left then.
   */
  async request(message: IsoMessage): Promise<LineAnswer> {
    if (!this.available) {
      return { outcome: 'not-sent' };
    }
    const answer = await this.#exchange.request(message, this.#options.timing.answerTimeoutMs);
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
    let host = 0;
    while (!this.#isEnded()) {
      const upMs = await this.#session(hosts[host] ?? hosts[0]);
      host = upMs === undefined ? (host + 1) % hosts.length : 0;
      failures = upMs !== undefined && upMs >= timing.stableMs ? 1 : failures + 1;
      const waitMs = backOffMs(timing.backOff, failures, random);
      if (!this.#isEnded()) {
        log.warn({ terminalId: this.terminalId, failures, waitMs }, 'the bank line is down');
        this.#state = 'waiting';
        await pause(waitMs, this.#ended.signal);
      }
    }
  }

  /** Returns for how long the line was up, or undefined when it never was. */
  async #session(address: HostAddress): Promise<number | undefined> {
    const { timing, profile, log, clock } = this.#options;
    this.#state = 'connecting';
    this.#signOnWanted = true;
    this.counts.connects += 1;
    let connection: TcpConnection;
    try {
      const { connectTimeoutMs, sendTimeoutMs, frameTimeoutMs } = timing;
      connection = await TcpConnection.connect({
        ...{ address, connectTimeoutMs, sendTimeoutMs, frameTimeoutMs },
        maxFrameLength: profile.maxFrameLength,
        signal: this.#ended.signal,
      });
    } catch (error) {
      if (!this.#isEnded()) {
        log.warn({ terminalId: this.terminalId, ...address, err: error }, 'the bank host cannot be reached');
      }
      return undefined;
    }
    this.#exchange.attach(connection, (reason) => {
      if (!this.#isEnded()) {
        log.warn({ terminalId: this.terminalId, ...address, reason }, 'the connection to the bank ended');
      }
      this.#wake();
    });
    try {
      const upSinceMs = await this.#serve();
      return upSinceMs === undefined ? undefined : clock.monotonicMs() - upSinceMs;
    } finally {
      connection.drop('stopped');
    }
  }

  /** Keeps the connection signed in and alive until it ends. Returns since when the line was up. */
  async #serve(): Promise<number | undefined> {
    const { timing, clock } = this.#options;
    let upSinceMs: number | undefined;
    while (this.#exchange.connected && !this.#isEnded()) {
      if (this.#signOnDue()) {
        this.#state = 'signing-on';
        // New keys would make the answers to what is in flight look forged.
        await this.#exchange.quiet(timing.networkTimeoutMs);
        if (!(await this.#signOn())) {
          return upSinceMs;
        }
        upSinceMs ??= clock.monotonicMs();
        this.#state = 'up';
      } else if (this.#echoWanted || this.#exchange.idleMs >= timing.echoIdleMs) {
        this.#echoWanted = false;
        if (!(await this.#echo())) {
          return upSinceMs;
        }
      } else {
        await this.#rest(Math.min(timing.echoIdleMs - this.#exchange.idleMs, dayCheckMs));
      }
    }
    return upSinceMs;
  }

  #signOnDue(): boolean {
    return this.#signOnWanted || this.#signedOnDay !== this.#today();
  }

  #today(): string {
    return businessDay(this.#options.clock.now(), this.#options.terminal);
  }

  /** Signs in and takes the working keys into use. False: the line cannot be used. */
  async #signOn(): Promise<boolean> {
    const { profile, terminal, vault, log } = this.#options;
    const day = this.#today();
    const answer = await this.#ask((trace) => signOnMessage(profile, terminal, trace));
    if (answer?.fields[39] !== '00') {
      this.counts.signOnFailures += 1;
      const responseCode = answer?.fields[39];
      log.error({ terminalId: this.terminalId, responseCode }, 'the bank did not accept the sign-in');
      return false;
    }
    const keys = workingKeysOf(answer);
    const load = keys === undefined ? undefined : vault.loadWorkingKeys(keys, this.terminalId);
    if (load?.outcome !== 'loaded') {
      this.counts.signOnFailures += 1;
      this.counts.refusedKeys += 1;
      const why = load?.why ?? 'missing';
      log.error({ terminalId: this.terminalId, why }, 'the working keys of the bank are refused');
      return false;
    }
    this.counts.signOns += 1;
    this.#signOnWanted = false;
    this.#signedOnDay = day;
    log.info({ terminalId: this.terminalId, day }, 'signed in at the bank');
    return true;
  }

  /** Asks whether the other end is still there. False: it is not. */
  async #echo(): Promise<boolean> {
    const { profile, terminal, log } = this.#options;
    const answer = await this.#ask((trace) => echoMessage(profile, terminal, trace));
    if (answer === undefined) {
      log.warn({ terminalId: this.terminalId }, 'the bank does not answer an echo; the line is dropped');
      return false;
    }
    return true;
  }

  /** Sends a network management request; undefined when there is no answer. */
  async #ask(
    messageOf: (trace: Awaited<ReturnType<TraceNumbers['take']>>) => IsoMessage,
  ): Promise<IsoMessage | undefined> {
    const { traces, timing, log } = this.#options;
    try {
      const message = messageOf(await traces.take(this.terminalId));
      const answer = await this.#exchange.request(message, timing.networkTimeoutMs);
      return answer.outcome === 'answered' ? answer.message : undefined;
    } catch (error) {
      log.error({ terminalId: this.terminalId, err: error }, 'a message to the bank cannot be made');
      return undefined;
    }
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

/** Waits, at most until the line is ended. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
