import type { Money } from '../money.js';
import type { Utterance } from './line.js';

/** What a service knows of the thing that is paid for, as its own schema has it. Values are JSON. */
export type Details = Readonly<Record<string, unknown>>;

/**
 * A service's own words for one purchase, with their values. They travel with the purchase as data, so that no
 * shared dialogue knows a service.
 */
export type PurchaseWords = {
  /** What somebody asks the caller to pay, before anything is asked of them. */
  readonly announced: readonly Utterance[];
  /** What is to be paid, heard before it is confirmed. */
  readonly readBack: readonly Utterance[];
  readonly paid: readonly Utterance[];
  /** That an earlier payment went through. */
  readonly wentThrough: readonly Utterance[];
  /** What going on with it is called after a call broke off, as the label of a choice; words of the core if none. */
  readonly goOn?: readonly Utterance[] | undefined;
};

/** What a caller is about to pay. */
export type Purchase = {
  /** The id of the service. */
  readonly service: string;
  readonly details: Details;
  readonly amount: Money;
  readonly words: PurchaseWords;
  /** The order that is paid: nothing of it can be changed. */
  readonly orderId?: string | undefined;
};
