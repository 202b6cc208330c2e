import { isDeepStrictEqual } from 'node:util';
import { money } from '../../src/money.js';
import type { Carrier } from '../../src/provider/carrier/carrier.js';
import type {
  Ability,
  Delivery,
  Item,
  Listing,
  LookUp,
  Provider,
  ProviderOrder,
  Quote,
  Refused,
  Released,
} from '../../src/provider/provider.js';
import { cannot } from '../../src/provider/provider.js';

/** What happens to the next order instead of the ordinary answer. */
export type CarrierFault =
  /** It never came to the carrier. */
  | 'request-lost'
  /** The carrier did it, and its answer was lost. */
  | 'answer-lost'
  | 'refused'
  /** The carrier refused, and its answer was lost. */
  | 'refusal-lost';

/** The one phone that the carrier does not know. */
const stranger = '19999999999';

/** A carrier in memory that does each key once, with faults by script and its own journal. */
export class FakeCarrier implements Carrier, Provider {
  readonly id: string;
  readonly can: ReadonlySet<Ability> = new Set<Ability>(['quote']);
  /** Each order that was carried out, as the carrier's own books say. */
  readonly journal: ProviderOrder[] = [];
  /** Every order that arrived, carried out or not, the same key again included. */
  readonly arrived: string[] = [];
  lookUps = 0;
  /** True: no look-up is answered. */
  silent = false;
  readonly #faults: CarrierFault[] = [];
  readonly #answers = new Map<string, Delivery>();
  readonly #orders = new Map<string, ProviderOrder>();

  constructor(id = 'mobile') {
    this.id = id;
  }

  /** Makes `fault` happen to the next order, after those scripted before. */
  script(fault: CarrierFault): void {
    this.#faults.push(fault);
  }

  /** An order that was on its way all the time arrives now. */
  arrive(order: ProviderOrder): Delivery {
    this.arrived.push(order.key);
    const known = this.#answers.get(order.key);
    if (known !== undefined) {
      const first = this.#orders.get(order.key);
      return first?.service === order.service &&
        isDeepStrictEqual(first.details, order.details) &&
        first.amount.amountMinor === order.amount.amountMinor
        ? known
        : { outcome: 'refused', reason: 'key-reused' };
    }
    const answer: Delivery = { outcome: 'accepted', providerReference: `C${this.journal.length + 1}` };
    this.journal.push(order);
    this.#orders.set(order.key, order);
    this.#answers.set(order.key, answer);
    return answer;
  }

  async balance(phone: string): ReturnType<Carrier['balance']> {
    return phone === stranger ? { outcome: 'phone-unknown' } : { outcome: 'found', balance: money(1250) };
  }

  async bill(phone: string): ReturnType<Carrier['bill']> {
    return phone === stranger ? { outcome: 'phone-unknown' } : { outcome: 'found', due: money(8640) };
  }

  async list(): Promise<Listing> {
    return { outcome: 'listed', items: [] };
  }

  async quote({ service, details }: Item): Promise<Quote | Refused> {
    const phone = String(details['phone']);
    return phone === stranger
      ? { outcome: 'refused', reason: 'phone-unknown' }
      : {
          ...{ outcome: 'quoted', quoteId: phone, fee: money(0) },
          ...(service === 'bill' && { price: money(8640) }),
        };
  }

  async hold(): Promise<Refused> {
    return cannot;
  }

  async release(): Promise<Released> {
    return { outcome: 'released' };
  }

  async cancel(): Promise<Refused> {
    return cannot;
  }

  async deliver(order: ProviderOrder): Promise<Delivery> {
    const fault = this.#faults.shift();
    switch (fault) {
      case undefined:
        return this.arrive(order);
      case 'request-lost':
        return { outcome: 'unknown' };
      case 'answer-lost':
        this.arrive(order);
        return { outcome: 'unknown' };
      case 'refused':
      case 'refusal-lost': {
        this.arrived.push(order.key);
        const refusal: Delivery = { outcome: 'refused', reason: 'phone-suspended' };
        this.#answers.set(order.key, refusal);
        this.#orders.set(order.key, order);
        return fault === 'refused' ? refusal : { outcome: 'unknown' };
      }
    }
  }

  async lookUp(key: string): Promise<LookUp> {
    this.lookUps += 1;
    return this.silent ? { outcome: 'unknown' } : (this.#answers.get(key) ?? { outcome: 'never-seen' });
  }
}
