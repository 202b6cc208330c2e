import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import { backOffMs } from './back-off.js';
import type { IsoMessage } from './iso8583/message.js';
import type { Profile } from './iso8583/profile.js';
import type { KeyVault } from './key-vault.js';
import type { LineCounts } from './line-counts.js';
import type { LineExchange } from './line-exchange.js';
import type { LineTiming } from './line-timing.js';
import { batchIn, echoMessage, signOnMessage, workingKeysOf } from './network-messages.js';
import { meaningOf } from './response-code.js';
import type { TerminalIdentity } from './terminal.js';
import { businessDay } from './terminal-time.js';
import type { TraceNumbers } from './trace-numbers.js';

export type NetworkManagementOptions = {
  readonly terminal: TerminalIdentity;
  readonly profile: Profile;
  readonly vault: KeyVault;
  readonly traces: TraceNumbers;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly timing: LineTiming;
  readonly counts: LineCounts;
  readonly exchange: LineExchange;
};

/** Signs a terminal in, and asks whether the bank is still there, over whatever connection the line has. */
export class NetworkManagement {
  readonly #options: NetworkManagementOptions;
  #wanted = true;
  #signedOnDay = '';
  /** How often the bank has asked for a sign-in since it last answered under the keys that it gave. */
  #asks = 0;
  #mayAskAgainAtMs = 0;
  #batchNumber: string | undefined;

  constructor(options: NetworkManagementOptions) {
    this.#options = options;
  }

  /** The terminal must sign in before anything else is sent. */
  wantSignOn(): void {
    this.#wanted = true;
  }

  /** Field 60.2 as the bank gave it at the last sign-in; undefined when it gave none. */
  get batchNumber(): string | undefined {
    return this.#batchNumber;
  }

  /**
   * The bank asks for a sign-in. The first time it gets one at once; a bank that goes on asking, though it has signed
   * the terminal in, gets one more and more rarely. False: not now.
   */
  bankAsksForSignOn(): boolean {
    const { clock, timing, random, log, terminal } = this.#options;
    const nowMs = clock.monotonicMs();
    if (this.#wanted) {
      return true;
    }
    if (this.#asks > 0 && nowMs < this.#mayAskAgainAtMs) {
      log.warn({ terminalId: terminal.terminalId }, 'the bank asks for a sign-in again so soon; not now');
      return false;
    }
    this.#asks += 1;
    this.#mayAskAgainAtMs = nowMs + backOffMs(timing.signOnAgain, this.#asks, random);
    this.#wanted = true;
    return true;
  }

  /** The bank has answered under the keys of now: the next time that it asks for a sign-in it gets one at once. */
  keysAreProven(): void {
    this.#asks = 0;
  }

  /** True when nothing may be sent before a sign-in. */
  get signOnDue(): boolean {
    return this.#wanted || this.#signedOnDay !== this.#today();
  }

  #today(): string {
    return businessDay(this.#options.clock.now(), this.#options.terminal);
  }

  /** Signs in and takes the working keys into use. False: the line cannot be used. */
  async signOn(): Promise<boolean> {
    const { profile, terminal, vault, log } = this.#options;
    const day = this.#today();
    const answer = await this.#ask((trace) =>
      signOnMessage(profile, terminal, { ...trace, batchNumber: this.#batchNumber }),
    );
    if (answer?.fields[39] !== '00') {
      this.#options.counts.signOnFailures += 1;
      const responseCode = answer?.fields[39];
      log.error({ terminalId: terminal.terminalId, responseCode }, 'the bank did not accept the sign-in');
      return false;
    }
    const keys = workingKeysOf(answer);
    const load = keys === undefined ? undefined : vault.loadWorkingKeys(keys, terminal.terminalId);
    if (load?.outcome !== 'loaded') {
      this.#options.counts.signOnFailures += 1;
      this.#options.counts.refusedKeys += 1;
      const why = load?.why ?? 'missing';
      log.error({ terminalId: terminal.terminalId, why }, 'the working keys of the bank are refused');
      return false;
    }
    this.#options.counts.signOns += 1;
    this.#batchNumber = batchIn(profile, answer);
    this.#wanted = false;
    this.#signedOnDay = day;
    log.info({ terminalId: terminal.terminalId, day }, 'signed in at the bank');
    return true;
  }

  /**
   * Asks whether the other end is still there and serves this terminal. False: the connection is of no use, because
   * nobody answers, or the bank says that it cannot work now. A bank that asks for a sign-in by this gets it.
   */
  async echo(): Promise<boolean> {
    const { profile, terminal, log } = this.#options;
    const { terminalId } = terminal;
    const answer = await this.#ask((trace) =>
      echoMessage(profile, terminal, { ...trace, batchNumber: this.#batchNumber }),
    );
    if (answer === undefined) {
      log.warn({ terminalId }, 'the bank does not answer an echo; the line is dropped');
      return false;
    }
    const responseCode = answer.fields[39];
    const meaning = meaningOf(responseCode ?? '');
    if (meaning?.class === 'hostFault' && meaning.signInAgain) {
      return this.bankAsksForSignOn();
    }
    // A bank that refuses echoes as such is there all the same.
    if (meaning?.class === 'approved' || meaning?.class === 'declined') {
      return true;
    }
    log.error({ terminalId, responseCode }, 'the bank answers an echo with a fault; the line is dropped');
    return false;
  }

  /** Sends a network management request; undefined when there is no answer. */
  async #ask(
    messageOf: (trace: Awaited<ReturnType<TraceNumbers['take']>>) => IsoMessage,
  ): Promise<IsoMessage | undefined> {
    const { traces, timing, log, terminal, exchange } = this.#options;
    try {
      const message = messageOf(await traces.take(terminal.terminalId));
      const answer = await exchange.request(message, timing.networkTimeoutMs);
      return answer.outcome === 'answered' ? answer.message : undefined;
    } catch (error) {
      log.error({ terminalId: terminal.terminalId, err: error }, 'a message to the bank cannot be made');
      return undefined;
    }
  }
}
