import type { Money } from '../money.js';

/** The provider could not be asked, or did not answer usably: nothing is known. */
export type Unknown = { readonly outcome: 'unknown' };
/** A definite no. After a `deliver` it holds for that key now and later. */
export type Refused = { readonly outcome: 'refused'; readonly reason: string };

/** What a provider can do besides `deliver` and `lookUp`, which every provider can. */
export type Ability = 'quote' | 'hold' | 'cancel' | 'secret' | 'results' | 'feed';

/** What a service says of the thing that is bought, as its own schema has it. Values are JSON. */
export type Details = Readonly<Record<string, unknown>>;

/** Asks for what is on sale. */
export type Query = { readonly service: string; readonly filter?: Readonly<Record<string, string>> };
/** One thing on sale. `label` names a prompt, or is a number that can be spoken. */
type ListedItem = { readonly id: string; readonly label: string; readonly price?: Money };
export type Listing = { readonly outcome: 'listed'; readonly items: readonly ListedItem[] };

/** What is to be priced. */
export type Item = { readonly service: string; readonly details: Details };
export type Quote = {
  readonly outcome: 'quoted';
  readonly quoteId: string;
  /** What is paid in all, `fee` included; zero when nothing is due, left out where the payer chooses. */
  readonly price?: Money;
  readonly fee: Money;
  /** The id of a prompt that says the terms. */
  readonly terms?: string;
  readonly validUntil?: Date;
  /** When the sale ends, whatever the quote says. */
  readonly closesAt?: Date;
};

export type Held = {
  readonly outcome: 'held';
  readonly holdId: string;
  readonly expiresAt: Date;
  readonly price: Money;
  /** Ids or numbers of what is kept, such as seats. */
  readonly items: readonly string[];
};
export type Released = { readonly outcome: 'released' };

/** What is to be delivered. */
export type ProviderOrder = {
  /** The payment's key: the provider does the same key once only. */
  readonly key: string;
  readonly service: string;
  readonly quoteId?: string;
  readonly holdId?: string;
  readonly amount: Money;
  /** The phone number of who pays; left out when it was withheld. */
  readonly payer?: string;
  readonly details: Details;
};

export type Accepted = {
  readonly outcome: 'accepted';
  readonly providerReference: string;
  /** What the provider says that it charges, where it says so. */
  readonly amount?: Money;
  /** What the payer gets, such as a ticket code or a card number. Never a secret. */
  readonly goods?: Readonly<Record<string, string>>;
  /** The one secret among the goods, sealed on arrival; left out when the provider sent none. */
  readonly sealedSecret?: Uint8Array;
  /** Names and values that may be spoken. */
  readonly told?: Readonly<Record<string, string>>;
};
export type Delivery = Accepted | Refused | Unknown;
/** Definite: the provider has not seen the key. It may still be on its way there. */
type NeverSeen = { readonly outcome: 'never-seen' };
export type LookUp = Delivery | NeverSeen;

export type Cancelled = { readonly outcome: 'cancelled'; readonly refund: Money; readonly fee: Money };

/**
 * Who delivers what is bought. Amounts are in minor units. No method rejects for anything that the provider or
 * the network does. A method that the provider does not have is answered without asking it: an empty list,
 * `refused` with the reason `cannot`, `released` where nothing can be held; `can` says so beforehand.
 */
export interface Provider {
  /** Its name in payments, in the ledger and in settings. */
  readonly id: string;
  readonly can: ReadonlySet<Ability>;
  /** What is on sale. */
  list(query: Query): Promise<Listing | Unknown>;
  /** Price, fee and terms. */
  quote(item: Item): Promise<Quote | Refused | Unknown>;
  /** Keeps what was quoted for a time. The same key holds once. */
  hold(key: string, quoteId: string): Promise<Held | Refused | Unknown>;
  /** Gives back what the key holds; `released` too when it holds nothing any more. */
  release(holdKey: string): Promise<Released | Unknown>;
  /** Delivers under the payment's key. After `unknown`, ask `lookUp`; never order again blindly. */
  deliver(order: ProviderOrder): Promise<Delivery>;
  /** What became of the order with this key. */
  lookUp(key: string): Promise<LookUp>;
  /** Takes a delivery back. The same cancelKey cancels once. */
  cancel(key: string, cancelKey: string): Promise<Cancelled | Refused | Unknown>;
}

/** The answer of a provider that is asked for what it cannot do. */
export const cannot: Refused = { outcome: 'refused', reason: 'cannot' };

/** Names that fit the ledger's accounts, the settings and a metric's label. */
export const providerIdPattern = /^[a-z0-9-]{1,20}$/;
