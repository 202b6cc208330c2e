import { z } from 'zod';
import { money } from '../../money.js';
import type { JsonAnswer, JsonExchangeOptions } from '../json-exchange.js';
import { JsonExchange } from '../json-exchange.js';
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
  Unknown,
} from '../provider.js';
import { cannot } from '../provider.js';
import type { Carrier } from './carrier.js';

const amountMinor = z.number().int().min(-1_000_000_000_000).max(1_000_000_000_000);
const balanceBody = z.object({ balanceMinor: amountMinor, currency: z.literal('CNY') });
const billBody = z.object({ dueMinor: amountMinor.min(0), currency: z.literal('CNY') });
const acceptedBody = z.object({ state: z.literal('accepted'), reference: z.string().min(1).max(64) });
const refusedBody = z.object({ state: z.literal('refused'), reason: z.string().min(1).max(64) });
const orderBody = z.discriminatedUnion('state', [acceptedBody, refusedBody]);
/** Only the carrier itself says so: a 404 of some proxy in between proves nothing. */
const neverSeenBody = z.object({ state: z.literal('never-seen'), provider: z.string().optional() });
const phoneUnknownBody = z.object({ state: z.literal('phone-unknown') });

const unknown: Unknown = { outcome: 'unknown' };

/** What a recharge and a bill say of their thing. */
const phoneDetails = z.object({ phone: z.string().min(1).max(32) });

export type HttpCarrierOptions = JsonExchangeOptions & {
  /** The carrier's name among providers. */
  readonly id: string;
};

/**
 * A carrier behind JSON over HTTP, as docs/carrier-interface.md describes it: it answers enquiries, and delivers
 * recharges and bill payments as a provider. An order is a PUT under the payment's key, so that the carrier does
 * the same key once.
 */
export class HttpCarrier implements Carrier, Provider {
  readonly id: string;
  readonly can: ReadonlySet<Ability> = new Set<Ability>(['quote']);
  readonly #options: HttpCarrierOptions;
  readonly #exchange: JsonExchange;

  constructor(options: HttpCarrierOptions) {
    this.id = options.id;
    this.#options = options;
    this.#exchange = new JsonExchange(options);
  }

  /** A carrier has no list: what it sells is every phone of its own. */
  async list(): Promise<Listing> {
    return { outcome: 'listed', items: [] };
  }

  /** A bill has a price of its own, what is due on it; of anything else it is said that there is such a phone. */
  async quote({ service, details }: Item): Promise<Quote | Refused | Unknown> {
    const asked = phoneDetails.safeParse(details);
    if (!asked.success) {
      return cannot;
    }
    const { phone } = asked.data;
    const found = await (service === 'bill' ? this.bill(phone) : this.balance(phone));
    switch (found.outcome) {
      case 'found':
        return {
          ...{ outcome: 'quoted', quoteId: phone, fee: money(0) },
          ...('due' in found && { price: found.due }),
        };
      case 'phone-unknown':
        return { outcome: 'refused', reason: 'phone-unknown' };
      case 'unknown':
        return unknown;
    }
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

  async balance(phone: string): ReturnType<Carrier['balance']> {
    const answer = await this.#exchange.request('GET', `/phones/${encodeURIComponent(phone)}/balance`);
    const found = balanceBody.safeParse(answer?.body);
    if (answer?.status === 200 && found.success) {
      return { outcome: 'found', balance: money(found.data.balanceMinor, found.data.currency) };
    }
    return isPhoneUnknown(answer) ? { outcome: 'phone-unknown' } : this.#unknown('balance', answer);
  }

  async bill(phone: string): ReturnType<Carrier['bill']> {
    const answer = await this.#exchange.request('GET', `/phones/${encodeURIComponent(phone)}/bill`);
    const found = billBody.safeParse(answer?.body);
    if (answer?.status === 200 && found.success) {
      return { outcome: 'found', due: money(found.data.dueMinor, found.data.currency) };
    }
    return isPhoneUnknown(answer) ? { outcome: 'phone-unknown' } : this.#unknown('bill', answer);
  }

  async deliver(order: ProviderOrder): Promise<Delivery> {
    const details = phoneDetails.safeParse(order.details);
    if (!details.success) {
      return { outcome: 'refused', reason: 'no-phone-given' };
    }
    const answer = await this.#exchange.request('PUT', `/orders/${encodeURIComponent(order.key)}`, {
      service: order.service,
      phone: details.data.phone,
      amountMinor: order.amount.amountMinor,
      currency: order.amount.currency,
    });
    return readOrder(answer) ?? this.#unknown('deliver', answer);
  }

  async lookUp(key: string): Promise<LookUp> {
    const answer = await this.#exchange.request('GET', `/orders/${encodeURIComponent(key)}`);
    const neverSeen = neverSeenBody.safeParse(answer?.body);
    // Another provider may have moved to this address: what it never saw says nothing.
    if (answer?.status === 404 && neverSeen.success && (neverSeen.data.provider ?? this.id) === this.id) {
      return { outcome: 'never-seen' };
    }
    return readOrder(answer) ?? this.#unknown('look-up', answer);
  }

  #unknown(operation: string, answer: JsonAnswer | undefined): Unknown {
    this.#options.log.warn(
      { operation, providerId: this.id, status: answer?.status ?? 'none' },
      'the carrier gave no usable answer',
    );
    return unknown;
  }
}

function isPhoneUnknown(answer: JsonAnswer | undefined): boolean {
  return answer?.status === 404 && phoneUnknownBody.safeParse(answer.body).success;
}

function readOrder(answer: JsonAnswer | undefined): Delivery | undefined {
  const order = orderBody.safeParse(answer?.body);
  if (!order.success || answer === undefined) {
    return undefined;
  }
  if (order.data.state === 'accepted' && (answer.status === 200 || answer.status === 201)) {
    return { outcome: 'accepted', providerReference: order.data.reference };
  }
  if (order.data.state === 'refused' && (answer.status === 200 || answer.status === 422)) {
    return { outcome: 'refused', reason: order.data.reason };
  }
  return undefined;
}
