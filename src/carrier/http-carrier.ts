import { z } from 'zod';
import { money } from '../money.js';
import type { Carrier, CarrierAnswer, CarrierLookUp, CarrierOrder, CarrierUnknown } from './carrier.js';
import type { JsonAnswer, JsonExchangeOptions } from './json-exchange.js';
import { JsonExchange } from './json-exchange.js';

const amountMinor = z.number().int().min(-1_000_000_000_000).max(1_000_000_000_000);
const balanceBody = z.object({ balanceMinor: amountMinor, currency: z.literal('CNY') });
const billBody = z.object({ dueMinor: amountMinor.min(0), currency: z.literal('CNY') });
const acceptedBody = z.object({ state: z.literal('accepted'), reference: z.string().min(1).max(64) });
const refusedBody = z.object({ state: z.literal('refused'), reason: z.string().min(1).max(64) });
const orderBody = z.discriminatedUnion('state', [acceptedBody, refusedBody]);
/** Only the carrier itself says so: a 404 of some proxy in between proves nothing. */
const neverSeenBody = z.object({ state: z.literal('never-seen') });
const phoneUnknownBody = z.object({ state: z.literal('phone-unknown') });

const unknown: CarrierUnknown = { outcome: 'unknown' };

/**
 * A carrier behind JSON over HTTP, as docs/carrier-interface.md describes it. An order is a PUT under the
 * payment's key, so that the carrier does the same key once.
 */
export class HttpCarrier implements Carrier {
  readonly #options: JsonExchangeOptions;
  readonly #exchange: JsonExchange;

  constructor(options: JsonExchangeOptions) {
    this.#options = options;
    this.#exchange = new JsonExchange(options);
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

  async deliver(order: CarrierOrder): Promise<CarrierAnswer> {
    const answer = await this.#exchange.request('PUT', `/orders/${encodeURIComponent(order.key)}`, {
      service: order.service,
      phone: order.phone,
      amountMinor: order.amount.amountMinor,
      currency: order.amount.currency,
    });
    return readOrder(answer) ?? this.#unknown('deliver', answer);
  }

  async lookUp(key: string): Promise<CarrierLookUp> {
    const answer = await this.#exchange.request('GET', `/orders/${encodeURIComponent(key)}`);
    if (answer?.status === 404 && neverSeenBody.safeParse(answer.body).success) {
      return { outcome: 'never-seen' };
    }
    return readOrder(answer) ?? this.#unknown('look-up', answer);
  }

  #unknown(operation: string, answer: JsonAnswer | undefined): CarrierUnknown {
    this.#options.log.warn(
      { operation, status: answer?.status ?? 'none' },
      'the carrier gave no usable answer',
    );
    return unknown;
  }
}

function isPhoneUnknown(answer: JsonAnswer | undefined): boolean {
  return answer?.status === 404 && phoneUnknownBody.safeParse(answer.body).success;
}

function readOrder(answer: JsonAnswer | undefined): CarrierAnswer | undefined {
  const order = orderBody.safeParse(answer?.body);
  if (!order.success || answer === undefined) {
    return undefined;
  }
  if (order.data.state === 'accepted' && (answer.status === 200 || answer.status === 201)) {
    return { outcome: 'accepted', carrierReference: order.data.reference };
  }
  if (order.data.state === 'refused' && (answer.status === 200 || answer.status === 422)) {
    return { outcome: 'refused', reason: order.data.reason };
  }
  return undefined;
}
