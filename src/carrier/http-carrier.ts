import { z } from 'zod';
import type { Log } from '../log.js';
import { money } from '../money.js';
import type { Carrier, CarrierAnswer, CarrierLookUp, CarrierOrder, CarrierUnknown } from './carrier.js';

/** Where the carrier is, and how long to wait for it. */
export type HttpCarrierOptions = {
  readonly url: string;
  readonly timeoutMs: number;
  /** Bearer token, when the carrier wants one. */
  readonly token?: string | undefined;
  readonly log: Log;
};

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

/** No answer of a carrier is longer; a longer one is not read. */
const maxBodyBytes = 65_536;

type HttpAnswer = { readonly status: number; readonly body: unknown };

/**
 * A carrier behind JSON over HTTP, as docs/carrier-interface.md describes it. An order is a PUT under the
 * payment's key, so that the carrier does the same key once.
 */
export class HttpCarrier implements Carrier {
  readonly #options: HttpCarrierOptions;

  constructor(options: HttpCarrierOptions) {
    this.#options = options;
  }

  async balance(phone: string): ReturnType<Carrier['balance']> {
    const answer = await this.#request('GET', `/phones/${encodeURIComponent(phone)}/balance`);
    const found = balanceBody.safeParse(answer?.body);
    if (answer?.status === 200 && found.success) {
      return { outcome: 'found', balance: money(found.data.balanceMinor, found.data.currency) };
    }
    return isPhoneUnknown(answer) ? { outcome: 'phone-unknown' } : this.#unknown('balance', answer);
  }

  async bill(phone: string): ReturnType<Carrier['bill']> {
    const answer = await this.#request('GET', `/phones/${encodeURIComponent(phone)}/bill`);
    const found = billBody.safeParse(answer?.body);
    if (answer?.status === 200 && found.success) {
      return { outcome: 'found', due: money(found.data.dueMinor, found.data.currency) };
    }
    return isPhoneUnknown(answer) ? { outcome: 'phone-unknown' } : this.#unknown('bill', answer);
  }

  async deliver(order: CarrierOrder): Promise<CarrierAnswer> {
    const answer = await this.#request('PUT', `/orders/${encodeURIComponent(order.key)}`, {
      service: order.service,
      phone: order.phone,
      amountMinor: order.amount.amountMinor,
      currency: order.amount.currency,
    });
    return readOrder(answer) ?? this.#unknown('deliver', answer);
  }

  async lookUp(key: string): Promise<CarrierLookUp> {
    const answer = await this.#request('GET', `/orders/${encodeURIComponent(key)}`);
    if (answer?.status === 404 && neverSeenBody.safeParse(answer.body).success) {
      return { outcome: 'never-seen' };
    }
    return readOrder(answer) ?? this.#unknown('look-up', answer);
  }

  #unknown(operation: string, answer: HttpAnswer | undefined): CarrierUnknown {
    this.#options.log.warn(
      { operation, status: answer?.status ?? 'none' },
      'the carrier gave no usable answer',
    );
    return unknown;
  }

  /** Returns what the carrier answered, or undefined when nothing usable came back in time. */
  async #request(method: 'GET' | 'PUT', path: string, body?: object): Promise<HttpAnswer | undefined> {
    try {
      const response = await fetch(`${this.#options.url.replace(/\/$/, '')}${path}`, {
        method,
        headers: {
          accept: 'application/json',
          ...(body && { 'content-type': 'application/json' }),
          ...(this.#options.token !== undefined && { authorization: `Bearer ${this.#options.token}` }),
        },
        ...(body && { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(this.#options.timeoutMs),
      });
      return { status: response.status, body: JSON.parse(await readBounded(response)) };
    } catch (error) {
      // What a network or a carrier does is an outcome; the error's own text may quote the carrier's body.
      this.#options.log.debug(
        { method, error: error instanceof Error ? error.name : 'unknown' },
        'carrier request failed',
      );
      return undefined;
    }
  }
}

function isPhoneUnknown(answer: HttpAnswer | undefined): boolean {
  return answer?.status === 404 && phoneUnknownBody.safeParse(answer.body).success;
}

function readOrder(answer: HttpAnswer | undefined): CarrierAnswer | undefined {
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

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) {
      throw new RangeError('the carrier sent more than an answer can hold');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
