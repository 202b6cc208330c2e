import type { Carrier, CarrierAnswer, CarrierLookUp, CarrierOrder } from '../../src/carrier/carrier.js';
import { money } from '../../src/money.js';

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
export class FakeCarrier implements Carrier {
  /** Each order that was carried out, as the carrier's own books say. */
  readonly journal: CarrierOrder[] = [];
  /** Every order that arrived, carried out or not, the same key again included. */
  readonly arrived: string[] = [];
  lookUps = 0;
  /** True: no look-up is answered. */
  silent = false;
  readonly #faults: CarrierFault[] = [];
  readonly #answers = new Map<string, CarrierAnswer>();
  readonly #orders = new Map<string, CarrierOrder>();

  /** Makes `fault` happen to the next order, after those scripted before. */
  script(fault: CarrierFault): void {
    this.#faults.push(fault);
  }

  /** An order that was on its way all the time arrives now. */
  arrive(order: CarrierOrder): CarrierAnswer {
    this.arrived.push(order.key);
    const known = this.#answers.get(order.key);
    if (known !== undefined) {
      const first = this.#orders.get(order.key);
      return first?.phone === order.phone && first.amount.amountMinor === order.amount.amountMinor
        ? known
        : { outcome: 'refused', reason: 'key-reused' };
    }
    const answer: CarrierAnswer = { outcome: 'accepted', carrierReference: `C${this.journal.length + 1}` };
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

  async deliver(order: CarrierOrder): Promise<CarrierAnswer> {
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
        const refusal: CarrierAnswer = { outcome: 'refused', reason: 'phone-suspended' };
        this.#answers.set(order.key, refusal);
        this.#orders.set(order.key, order);
        return fault === 'refused' ? refusal : { outcome: 'unknown' };
      }
    }
  }

  async lookUp(key: string): Promise<CarrierLookUp> {
    this.lookUps += 1;
    return this.silent ? { outcome: 'unknown' } : (this.#answers.get(key) ?? { outcome: 'never-seen' });
  }
}
