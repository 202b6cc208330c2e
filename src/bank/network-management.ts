import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { IsoMessage } from './iso8583/message.js';
import type { Profile } from './iso8583/profile.js';
import type { KeyVault } from './key-vault.js';
import type { LineCounts, LineExchange } from './line-exchange.js';
import type { LineTiming } from './line-timing.js';
import { echoMessage, signOnMessage, workingKeysOf } from './network-messages.js';
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
  readonly timing: LineTiming;
  readonly counts: LineCounts;
  readonly exchange: LineExchange;
};

/** Signs a terminal in, and asks whether the bank is still there, over whatever connection the line has. */
export class NetworkManagement {
  readonly #options: NetworkManagementOptions;
  #wanted = true;
  #signedOnDay = '';

  constructor(options: NetworkManagementOptions) {
    this.#options = options;
  }

  /** The terminal must sign in before anything else is sent. */
  wantSignOn(): void {
    this.#wanted = true;
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
    const answer = await this.#ask((trace) => signOnMessage(profile, terminal, trace));
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
    this.#wanted = false;
    this.#signedOnDay = day;
    log.info({ terminalId: terminal.terminalId, day }, 'signed in at the bank');
    return true;
  }

  /** Asks whether the other end is still there. False: it is not. */
  async echo(): Promise<boolean> {
    const { profile, terminal, log } = this.#options;
    const answer = await this.#ask((trace) => echoMessage(profile, terminal, trace));
    if (answer === undefined) {
      log.warn({ terminalId: terminal.terminalId }, 'the bank does not answer an echo; the line is dropped');
      return false;
    }
    return true;
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
