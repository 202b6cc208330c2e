import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** A phone as the accounts file gives it. */
export type PhoneAccount = { phone: string; balanceMinor: number; dueMinor: number };

/** One line of the journal: an order that was decided, in the order in which it happened. */
export type JournalEntry = {
  at: string;
  event: 'accepted' | 'refused';
  key: string;
  service: 'recharge' | 'bill';
  phone: string;
  amountMinor: number;
  reference?: string;
  reason?: string;
};

export type Order = Pick<JournalEntry, 'key' | 'service' | 'phone' | 'amountMinor'>;
export type Decision = { state: 'accepted'; reference: string } | { state: 'refused'; reason: string };

/**
 * The carrier's books: accounts, and an append-only journal that is written before anything is answered.
 * A restart reads the journal again, so that what was accepted stays accepted.
 */
export class CarrierBooks {
  readonly #journal: string;
  readonly #opening: readonly PhoneAccount[];
  readonly #phones = new Map<string, PhoneAccount>();
  readonly #orders = new Map<string, JournalEntry[]>();
  #count = 0;
  /** Off: the same key is done again, so that a true duplicate shows in the journal. */
  duplicateCheck = true;

  constructor(accounts: readonly PhoneAccount[], journal: string) {
    this.#journal = journal;
    this.#opening = accounts;
    this.reset();
    if (existsSync(journal)) {
      for (const line of readFileSync(journal, 'utf8').split('\n').filter(Boolean)) {
        this.#apply(JSON.parse(line) as JournalEntry);
      }
    }
  }

  /** Sets every phone back to its opening balance. The journal and the orders stay as they are. */
  reset(): void {
    for (const account of this.#opening) {
      this.#phones.set(account.phone, { ...account });
    }
  }

  phone(number: string): Readonly<PhoneAccount> | undefined {
    return this.#phones.get(number);
  }

  setPhone(account: PhoneAccount): void {
    this.#phones.set(account.phone, { ...account });
  }

  /** Returns what was decided for the key, or undefined when it was never seen. */
  decisionOf(key: string): Decision | undefined {
    const entry = this.#orders.get(key)?.[0];
    return entry && decisionIn(entry);
  }

  /** True when the key was seen with another content: the same key must always mean the same order. */
  contradicts(order: Order): boolean {
    const seen = this.#orders.get(order.key)?.[0];
    return (
      seen !== undefined &&
      (seen.service !== order.service || seen.phone !== order.phone || seen.amountMinor !== order.amountMinor)
    );
  }

  /** Decides an order, writes it down, and returns the decision; the same key gets the same decision. */
  decide(order: Order, forcedRefusal?: string): Decision {
    const before = this.decisionOf(order.key);
    if (before && this.duplicateCheck) {
      return before;
    }
    const reason = forcedRefusal ?? this.#reasonToRefuse(order);
    const entry: JournalEntry = {
      at: new Date().toISOString(),
      event: reason === undefined ? 'accepted' : 'refused',
      ...order,
      ...(reason === undefined ? { reference: `C${String(this.#count + 1).padStart(9, '0')}` } : { reason }),
    };
    appendFileSync(this.#journal, `${JSON.stringify(entry)}\n`);
    this.#apply(entry);
    return decisionIn(entry);
  }

  #reasonToRefuse(order: Order): string | undefined {
    const account = this.#phones.get(order.phone);
    if (account === undefined) {
      return 'phone-unknown';
    }
    return order.service === 'bill' && order.amountMinor > account.dueMinor ? 'more-than-due' : undefined;
  }

  #apply(entry: JournalEntry): void {
    this.#count += 1;
    this.#orders.set(entry.key, [...(this.#orders.get(entry.key) ?? []), entry]);
    const account = this.#phones.get(entry.phone);
    if (entry.event !== 'accepted' || account === undefined) {
      return;
    }
    if (entry.service === 'recharge') {
      account.balanceMinor += entry.amountMinor;
    } else {
      account.dueMinor -= entry.amountMinor;
    }
  }
}

function decisionIn(entry: JournalEntry): Decision {
  return entry.event === 'accepted'
    ? { state: 'accepted', reference: entry.reference ?? '' }
    : { state: 'refused', reason: entry.reason ?? 'unknown' };
}
