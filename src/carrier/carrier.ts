import type { Money } from '../money.js';

/** The carrier could not be asked, or did not answer: nothing is known. */
export type CarrierUnknown = { readonly outcome: 'unknown' };

/** What an order to the carrier came to, for the key that named it. */
export type CarrierAnswer =
  | { readonly outcome: 'accepted'; readonly carrierReference: string }
  /** A definite no: the carrier will not deliver this key, now or later. */
  | { readonly outcome: 'refused'; readonly reason: string }
  | CarrierUnknown;

/** What a carrier says of a key when asked later. */
export type CarrierLookUp = CarrierAnswer | { readonly outcome: 'never-seen' };

export type CarrierOrder = {
  /** The payment's key: the carrier does the same key once only. */
  readonly key: string;
  readonly service: string;
  readonly phone: string;
  readonly amount: Money;
};

/** A phone company's billing system. No method rejects for anything the carrier or the network does. */
export interface Carrier {
  /** The phone's remaining credit. */
  balance(
    phone: string,
  ): Promise<{ outcome: 'found'; balance: Money } | { outcome: 'phone-unknown' } | CarrierUnknown>;
  /** What is due on the phone's bill; zero when nothing is. */
  bill(
    phone: string,
  ): Promise<{ outcome: 'found'; due: Money } | { outcome: 'phone-unknown' } | CarrierUnknown>;
  /** Recharges the phone or pays its bill. After `unknown`, ask `lookUp`; never post again blindly. */
  deliver(order: CarrierOrder): Promise<CarrierAnswer>;
  /** What became of the order with this key. `never-seen` is definite. */
  lookUp(key: string): Promise<CarrierLookUp>;
}
