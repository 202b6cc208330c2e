import type { z } from 'zod';
import { money } from '../money.js';
import {
  acceptedBody,
  cancelledBody,
  heldBody,
  listingBody,
  neverSeenBody,
  quotedBody,
  refusedBody,
  releasedBody,
} from './http-provider-answers.js';
import type { JsonAnswer, JsonExchangeOptions } from './json-exchange.js';
import { JsonExchange } from './json-exchange.js';
import type {
  Ability,
  Accepted,
  Cancelled,
  Delivery,
  Held,
  Item,
  Listing,
  LookUp,
  Provider,
  ProviderOrder,
  Query,
  Quote,
  Refused,
  Released,
  Unknown,
} from './provider.js';
import { cannot } from './provider.js';

export type HttpProviderOptions = JsonExchangeOptions & {
  readonly id: string;
  readonly can: readonly Ability[];
  /**
   * Seals the one secret of an accepted order, under the key of the payment. Without it a secret is dropped where
   * it arrives: nothing else may see it, and a later look-up brings it again.
   */
  readonly seal?: (key: string, secret: string) => Uint8Array;
};

const unknown: Unknown = { outcome: 'unknown' };
const done = [200, 201];
const no = [200, 422];

/**
 * A provider behind JSON over HTTP, as docs/provider-interface.md describes it. Every answer is checked; one that
 * names another provider or another key is no answer, whichever way it came here.
 */
export class HttpProvider implements Provider {
  readonly id: string;
  readonly can: ReadonlySet<Ability>;
  readonly #options: HttpProviderOptions;
  readonly #exchange: JsonExchange;

  constructor(options: HttpProviderOptions) {
    this.id = options.id;
    this.can = new Set(options.can);
    this.#options = options;
    this.#exchange = new JsonExchange(options);
  }

  async list({ service, filter = {} }: Query): Promise<Listing | Unknown> {
    const query = new URLSearchParams({ ...filter, service });
    const answer = await this.#exchange.request('GET', `/items?${query.toString()}`);
    const listing = read(answer, [200], listingBody);
    return listing === undefined
      ? this.#unknown('list', answer)
      : {
          outcome: 'listed',
          items: listing.items.map(({ id, label, priceMinor }) => ({
            ...{ id, label },
            ...(priceMinor !== undefined && { price: money(priceMinor, listing.currency) }),
          })),
        };
  }

  async quote({ service, details }: Item): Promise<Quote | Refused | Unknown> {
    if (!this.can.has('quote')) {
      return cannot;
    }
    const answer = await this.#exchange.request('POST', '/quotes', { service, details });
    const quoted = read(answer, done, quotedBody);
    if (quoted !== undefined) {
      const { currency, quoteId, priceMinor, feeMinor, terms, validUntil, closesAt } = quoted;
      return {
        outcome: 'quoted',
        ...{ quoteId, fee: money(feeMinor, currency) },
        ...(priceMinor !== undefined && { price: money(priceMinor, currency) }),
        ...(terms !== undefined && { terms }),
        ...(validUntil !== undefined && { validUntil }),
        ...(closesAt !== undefined && { closesAt }),
      };
    }
    return this.#refused(answer, undefined) ?? this.#unknown('quote', answer);
  }

  async hold(key: string, quoteId: string): Promise<Held | Refused | Unknown> {
    if (!this.can.has('hold')) {
      return cannot;
    }
    const answer = await this.#exchange.request('PUT', `/holds/${encodeURIComponent(key)}`, { quoteId });
    const held = this.#own(read(answer, done, heldBody), key);
    if (held !== undefined) {
      const { holdId, expiresAt, priceMinor, currency, items } = held;
      return { outcome: 'held', holdId, expiresAt, price: money(priceMinor, currency), items };
    }
    return this.#refused(answer, key) ?? this.#unknown('hold', answer);
  }

  async release(holdKey: string): Promise<Released | Unknown> {
    if (!this.can.has('hold')) {
      return { outcome: 'released' };
    }
    const answer = await this.#exchange.request('DELETE', `/holds/${encodeURIComponent(holdKey)}`);
    const isReleased =
      this.#own(read(answer, [200], releasedBody), holdKey) !== undefined ||
      this.#own(read(answer, [404], neverSeenBody), holdKey) !== undefined;
    return isReleased ? { outcome: 'released' } : this.#unknown('release', answer);
  }

  async deliver({ key, amount, ...order }: ProviderOrder): Promise<Delivery> {
    const answer = await this.#exchange.request('PUT', `/orders/${encodeURIComponent(key)}`, {
      ...order,
      amountMinor: amount.amountMinor,
      currency: amount.currency,
    });
    return this.#delivery(answer, key) ?? this.#unknown('deliver', answer);
  }

  async lookUp(key: string): Promise<LookUp> {
    const answer = await this.#exchange.request('GET', `/orders/${encodeURIComponent(key)}`);
    if (this.#own(read(answer, [404], neverSeenBody), key) !== undefined) {
      return { outcome: 'never-seen' };
    }
    return this.#delivery(answer, key) ?? this.#unknown('look-up', answer);
  }

  async cancel(key: string, cancelKey: string): Promise<Cancelled | Refused | Unknown> {
    if (!this.can.has('cancel')) {
      return cannot;
    }
    const path = `/orders/${encodeURIComponent(key)}/cancellations/${encodeURIComponent(cancelKey)}`;
    const answer = await this.#exchange.request('PUT', path, {});
    const cancelled = this.#own(read(answer, done, cancelledBody), key);
    if (cancelled !== undefined) {
      const { refundMinor, feeMinor, currency } = cancelled;
      return { outcome: 'cancelled', refund: money(refundMinor, currency), fee: money(feeMinor, currency) };
    }
    return this.#refused(answer, key) ?? this.#unknown('cancel', answer);
  }

  #delivery(answer: JsonAnswer | undefined, key: string): Accepted | Refused | undefined {
    const accepted = this.#own(read(answer, done, acceptedBody), key);
    if (accepted === undefined) {
      return this.#refused(answer, key);
    }
    const { reference, amountMinor, currency, told } = accepted;
    // The secret goes no further than here.
    const { secret, ...goods } = accepted.goods ?? {};
    const { seal, log } = this.#options;
    if (secret !== undefined && seal === undefined) {
      log.error({ providerId: this.id, key }, 'a provider sent a secret, and nothing here can seal it');
    }
    return {
      outcome: 'accepted',
      providerReference: reference,
      amount: money(amountMinor, currency),
      ...(accepted.goods !== undefined && { goods }),
      ...(secret !== undefined && seal !== undefined && { sealedSecret: seal(key, secret) }),
      ...(told !== undefined && { told }),
    };
  }

  #refused(answer: JsonAnswer | undefined, key: string | undefined): Refused | undefined {
    const refused = read(answer, no, refusedBody);
    if (refused === undefined || refused.provider !== this.id || refused.key !== key) {
      return undefined;
    }
    return { outcome: 'refused', reason: refused.reason };
  }

  /** Returns the answer if it is this provider's about this key. */
  #own<T extends { readonly provider: string; readonly key: string }>(
    body: T | undefined,
    key: string,
  ): T | undefined {
    return body?.provider === this.id && body.key === key ? body : undefined;
  }

  #unknown(operation: string, answer: JsonAnswer | undefined): Unknown {
    this.#options.log.warn(
      { operation, providerId: this.id, status: answer?.status ?? 'none' },
      'a provider gave no usable answer',
    );
    return unknown;
  }
}

function read<T>(
  answer: JsonAnswer | undefined,
  statuses: readonly number[],
  schema: z.ZodType<T>,
): T | undefined {
  if (answer === undefined || !statuses.includes(answer.status)) {
    return undefined;
  }
  const body = schema.safeParse(answer.body);
  return body.success ? body.data : undefined;
}
