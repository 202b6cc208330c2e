import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

/** What the provider sells, as its file says it: `details` name an item by its id. */
export type SoldItem = {
  readonly id: string;
  readonly label: string;
  /** Without a price any amount is taken. */
  readonly priceMinor?: number | undefined;
  /** Goods that come with it, with a secret when there is one to hand out. */
  readonly goods?: Readonly<Record<string, string>> | undefined;
  readonly secret?: boolean | undefined;
};

/** One line of the journal, in the order in which it happened. */
export type ProviderEntry = {
  readonly at: string;
  readonly event: 'accepted' | 'refused' | 'cancelled' | 'held' | 'released';
  readonly key: string;
  readonly service: string;
  readonly amountMinor: number;
  readonly reference?: string | undefined;
  readonly reason?: string | undefined;
  /** What was ordered, so that a restart knows the same key again. */
  readonly order?: unknown;
  readonly holdId?: string | undefined;
};

export type Ordered = {
  readonly key: string;
  readonly service: string;
  readonly amountMinor: number;
  readonly details: Readonly<Record<string, unknown>>;
  readonly quoteId?: string | undefined;
  readonly holdId?: string | undefined;
};
export type Hold = {
  readonly holdId: string;
  readonly item: SoldItem;
  /** Until when it was said to be kept, and until when it is. */
  readonly toldUntilMs: number;
  readonly keptUntilMs: number;
};

/**
 * A provider's books: items, holds, and an append-only journal that is written before anything is answered. A
 * restart reads the journal again, so that what was accepted stays accepted.
 */
export class ProviderBooks {
  readonly items: readonly SoldItem[];
  readonly #journal: string;
  readonly #orders = new Map<string, ProviderEntry[]>();
  readonly #holds = new Map<string, Hold>();
  readonly #cancelled = new Map<string, string>();
  #count = 0;
  /** Off: the same key is done again, so that a true duplicate shows in the journal. */
  duplicateCheck = true;

  constructor(items: readonly SoldItem[], journal: string) {
    this.items = items;
    this.#journal = journal;
    if (existsSync(journal)) {
      for (const line of readFileSync(journal, 'utf8').split('\n').filter(Boolean)) {
        this.#apply(JSON.parse(line) as ProviderEntry);
      }
    }
  }

  /** Returns the item that is named, or else the one that the service is. */
  item(details: Readonly<Record<string, unknown>>, service: string): SoldItem | undefined {
    return this.items.find(({ id }) => id === (details['item'] ?? service));
  }

  /** Returns what was first decided for the key, or undefined when it was never seen. */
  decisionOf(key: string): ProviderEntry | undefined {
    return this.#orders.get(key)?.[0];
  }

  /** True when the key was seen with another content: the same key must always mean the same order. */
  contradicts({ key, ...order }: Ordered): boolean {
    const seen = this.decisionOf(key);
    return seen !== undefined && !isDeepStrictEqual(seen.order, plain(order));
  }

  /** Decides an order, writes it down, and returns the decision; the same key gets the same decision. */
  decide(ordered: Ordered, forcedRefusal?: string): ProviderEntry {
    const { key, ...order } = ordered;
    const before = this.decisionOf(key);
    if (before !== undefined && this.duplicateCheck) {
      return before;
    }
    const reason = forcedRefusal ?? this.#reasonToRefuse(ordered);
    return this.#write({
      ...{ at: now(), event: reason === undefined ? 'accepted' : 'refused', key },
      ...{ service: order.service, amountMinor: order.amountMinor },
      ...(reason === undefined ? { reference: `P${String(this.#count + 1).padStart(9, '0')}` } : { reason }),
      order: plain(order),
    });
  }

  /** Keeps an item; the same key keeps the same. */
  hold(key: string, item: SoldItem, until: Pick<Hold, 'toldUntilMs' | 'keptUntilMs'>): Hold {
    const held = this.#holds.get(key);
    if (held !== undefined && held.keptUntilMs > Date.now()) {
      return held;
    }
    const hold = { holdId: `H${key}`, item, ...until };
    this.#holds.set(key, hold);
    this.#write({ ...this.#holdEntry('held', key, item), holdId: hold.holdId });
    return hold;
  }

  release(key: string): boolean {
    const held = this.#holds.get(key);
    if (held !== undefined) {
      this.#holds.delete(key);
      this.#write({ ...this.#holdEntry('released', key, held.item), holdId: held.holdId });
    }
    return held !== undefined;
  }

  /** Takes a delivery back once; undefined when there is none. */
  cancel(key: string, cancelKey: string): number | undefined {
    const accepted = this.decisionOf(key);
    if (accepted?.event !== 'accepted') {
      return undefined;
    }
    const by = this.#cancelled.get(key);
    if (by === undefined) {
      const { service, amountMinor } = accepted;
      this.#cancelled.set(key, cancelKey);
      this.#write({ at: now(), event: 'cancelled', key, service, amountMinor, reference: cancelKey });
    }
    return by === undefined || by === cancelKey ? accepted.amountMinor : undefined;
  }

  #holdEntry(event: 'held' | 'released', key: string, { id, priceMinor }: SoldItem) {
    return { at: now(), event, key, service: id, amountMinor: priceMinor ?? 0 } as const;
  }

  #reasonToRefuse({ service, details, amountMinor, holdId }: Ordered): string | undefined {
    const item = this.item(details, service);
    if (item === undefined) {
      return 'not-sold';
    }
    if (item.priceMinor !== undefined && item.priceMinor !== amountMinor) {
      return 'price-changed';
    }
    const hold = [...this.#holds.values()].find((each) => each.holdId === holdId);
    return holdId !== undefined && (hold === undefined || hold.keptUntilMs <= Date.now())
      ? 'hold-expired'
      : undefined;
  }

  #write(entry: ProviderEntry): ProviderEntry {
    appendFileSync(this.#journal, `${JSON.stringify(entry)}\n`);
    this.#apply(entry);
    return entry;
  }

  #apply(entry: ProviderEntry): void {
    this.#count += 1;
    if (entry.event === 'accepted' || entry.event === 'refused') {
      this.#orders.set(entry.key, [...(this.#orders.get(entry.key) ?? []), entry]);
    }
    if (entry.event === 'cancelled') {
      this.#cancelled.set(entry.key, entry.reference ?? '');
    }
  }
}

/** As it will be when it is read again. */
function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

const now = (): string => new Date().toISOString();
