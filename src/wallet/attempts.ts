/** What is counted. Each scope has subjects of its own: a card, a caller, a phone, a prefix. */
export type AttemptScope =
  /** Wrong PINs of a card, whoever keyed them. */
  | 'pin-card'
  /** Those of them that came from phones that the card is not bound to. */
  | 'pin-card-stranger'
  /** Wrong PINs of a caller, whatever the card; everybody who withholds the number is one caller. */
  | 'pin-caller'
  /** Wrong PINs of all cards with the same leading digits: from strangers, and from phones with the card bound. */
  | 'pin-prefix'
  | 'pin-prefix-bound'
  /** Enquiries about phones: of a caller, and about one phone by others. */
  | 'enquiry-caller'
  | 'enquiry-phone'
  /** Order codes under which nothing can be paid: of a caller, and of all. */
  | 'order-code-caller'
  | 'order-code-all';

/** Names one counter and says how much it takes. */
export type Counter = {
  readonly scope: AttemptScope;
  readonly subject: string;
  readonly limit: number;
  /** What was counted is forgotten after so many milliseconds… */
  readonly windowMs: number;
  /** …without another; or for what many do together, counted from the first, so that a trickle never adds up. */
  readonly from: 'last' | 'first';
};

/** One place in a counter, taken before the act that it stands for, and settled afterwards. */
export type Place = Counter & {
  readonly epoch: number;
  /** What was counted when the place was taken. */
  readonly countedBefore: number;
};

export type TakeResult =
  | { readonly outcome: 'taken'; readonly places: readonly Place[] }
  /** Enough is counted: nothing more until the window ends. */
  | { readonly outcome: 'full'; readonly counter: Counter }
  /** Others have taken what is left, and may yet give it back. */
  | { readonly outcome: 'busy'; readonly counter: Counter };

export type Count = Counter & { readonly counted: number };

/**
 * Counts attempts for all nodes together. A place is taken atomically, so that what is counted and what is under
 * way never exceed a limit together. Every method rejects when the database does not do it.
 */
export interface Attempts {
  /**
   * Takes a place in each counter, or in none. A place that nobody settles is free again after `holdMs`: its
   * process died, or what came of it is not known.
   */
  take(counters: readonly Counter[], holdMs: number): Promise<TakeResult>;
  /** Turns the places into counts, and counts one in each of `others`; returns how much each has now. */
  count(places: readonly Place[], others?: readonly Counter[]): Promise<readonly Count[]>;
  /**
   * Gives the places back. In the scopes of `forgiven`, what was counted when the place was taken is forgotten,
   * unless the counter became full meanwhile: what others did in between stands until its window ends.
   */
  giveBack(places: readonly Place[], forgiven?: readonly AttemptScope[]): Promise<void>;
  /** Returns what is counted in each of them now, in their order. */
  counted(counters: readonly Pick<Counter, 'scope' | 'subject'>[]): Promise<readonly number[]>;
  /** Deletes counters whose window is over. Returns how many. */
  prune(): Promise<number>;
}
