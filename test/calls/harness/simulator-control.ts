/** A simulator seen from outside: its control port and its journal. */
import { readFileSync } from 'node:fs';
import { labWait } from './lab-wait.js';

/** One line of the issuer host's journal. */
export type BankEntry = {
  readonly event: 'purchase' | 'balance' | 'reversal' | 'reset';
  readonly rrn: string;
  readonly terminal: string;
  readonly stan: string;
  readonly panMasked: string;
  readonly amountMinor: number;
  readonly result: string;
};

/** One line of the carrier's journal. */
export type CarrierEntry = {
  readonly event: 'accepted' | 'refused';
  readonly key: string;
  readonly service: 'recharge' | 'bill';
  readonly phone: string;
  readonly amountMinor: number;
};

/** One line of a provider's journal, other than the carrier's. */
export type ProviderEntry = {
  readonly event: 'accepted' | 'refused' | 'cancelled' | 'held' | 'released';
  readonly key: string;
  readonly service: string;
  readonly amountMinor: number;
  readonly reference?: string;
  readonly order: { readonly details: Readonly<Record<string, unknown>> };
};

/** True for what the bank did of a payment, which it knows by terminal and STAN: its references are its own. */
export function ofPayment(payment: { terminal_id: string; stan: number }) {
  return ({ terminal, stan }: BankEntry): boolean =>
    terminal === payment.terminal_id && Number(stan) === payment.stan;
}

/** Steers one simulator, and reads what it wrote down. */
export class SimulatorControl {
  readonly #url: string;
  readonly #journal: string;

  constructor(url: string, journal: string) {
    this.#url = url;
    this.#journal = journal;
  }

  /** Sends an order to the control port. @throws Error when the simulator does not take it. */
  async order(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      signal: AbortSignal.timeout(5_000),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`the simulator answered ${response.status} to ${method} ${path}: ${text}`);
    }
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  /** Scripts a fault. */
  async fails(fault: object): Promise<void> {
    await this.order('POST', '/faults', fault);
  }

  /** Every line of the journal that `matches`, oldest first. */
  entries<Entry extends BankEntry | CarrierEntry | ProviderEntry>(
    matches: (entry: Entry) => boolean,
  ): readonly Entry[] {
    return readFileSync(this.#journal, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Entry)
      .filter(matches);
  }

  /** Waits until so many lines of the journal match, and returns them. */
  async awaitEntries<Entry extends BankEntry | CarrierEntry | ProviderEntry>(
    count: number,
    matches: (entry: Entry) => boolean,
  ): Promise<readonly Entry[]> {
    return labWait('the journal to have the line', () => {
      const entries = this.entries(matches);
      return entries.length >= count ? entries : undefined;
    });
  }

  /** All of the journal, as it stands in the file. */
  journalText(): string {
    return readFileSync(this.#journal, 'utf8');
  }
}
