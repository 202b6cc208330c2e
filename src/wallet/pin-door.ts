import type { BalanceAnswer, Bank, BankCard, BankTrace, PurchaseAnswer } from '../bank/bank.js';
import type { Clock } from '../clock.js';
import type { DeclineReason } from '../decline-reason.js';
import type { Log } from '../log.js';
import type { Money } from '../money.js';
import type { Secret } from '../secret.js';
import type { AttemptScope, Attempts, Count, Place } from './attempts.js';
import type { PinCaller, PinCounters, PinLimits } from './pin-limits.js';
import { pinCounters } from './pin-limits.js';
import type { UnprovenCard, Wallet } from './wallet.js';

export type PinDoorDependencies = {
  readonly bank: Pick<Bank, 'purchase' | 'balance'>;
  readonly wallet: Pick<Wallet, 'isBound' | 'keepUnproven' | 'prove'>;
  readonly attempts: Attempts;
  readonly limits: PinLimits;
  /** Names a card in a counter without telling its number. */
  readonly subjectOf: (card: BankCard) => string;
  readonly clock: Clock;
  readonly wait: (ms: number) => Promise<void>;
  readonly log: Log;
  /** Called when wrong PINs have reached a limit that is not one card's. */
  readonly onAlarm: (scope: AttemptScope) => void;
  /** Called when a PIN is not tried. */
  readonly onRefusal: (scope: AttemptScope) => void;
};

export type PinRequest = {
  readonly cardId: string;
  readonly card: BankCard;
  /** The card as it was keyed, when nobody has proven it by a PIN before. */
  readonly unproven?: UnprovenCard | undefined;
  /** True: a payment will name the card, which must then be readable whatever becomes of this process. */
  readonly keepsCard: boolean;
  /** Undefined or empty: withheld. */
  readonly callerNumber: string | undefined;
  /** Consumed, whatever happens. */
  readonly pin: Secret;
};

/** The PIN was not tried: the bank hears nothing of it. */
export type PinRefused = { readonly outcome: 'refused'; readonly reason: DeclineReason };

/** What a caller may be told whom the bank refused. It tells strangers nothing about a card. */
export type ToldRefusal =
  | { readonly outcome: 'wrong-pin'; readonly triesLeft: number }
  | { readonly outcome: 'declined'; readonly reason: DeclineReason };

/** What the bank answered, for the records, and when it refused, what the caller may hear of that. */
export type Tried<A> = { readonly answer: A; readonly told: ToldRefusal | undefined };

const lookAgainMs = 200;

/**
 * Reasons that a bank may give before it has looked at the PIN: told to strangers, they would tell which cards
 * there are. To a stranger they are a wrong PIN, in words, in counting and in time.
 */
const tellsOfCard: Readonly<Record<DeclineReason, boolean>> = {
  'insufficient-funds': false,
  'amount-limit': false,
  'count-limit': false,
  'invalid-amount': false,
  'try-later': false,
  'expired-card': true,
  'card-not-usable': true,
  'card-blocked': true,
  'pin-tries-exceeded': true,
  'not-permitted': true,
  'contact-bank': true,
  'card-locked': true,
  'caller-locked': true,
  'not-proven': true,
};

/**
 * The only way to ask a bank with a PIN. A try is reserved in counters that all nodes share before the bank is
 * asked, and settled by its answer, so that wrong PINs and those under way never exceed what may reach the bank.
 */
export class PinDoor {
  readonly #with: PinDoorDependencies;

  constructor(dependencies: PinDoorDependencies) {
    this.#with = dependencies;
  }

  /**
   * Reserves a try for this PIN. Whoever gets one asks the bank with it, or releases it. Waits a while when
   * others have every place and may yet give one back.
   * @throws Error when the counters cannot be reached; the PIN is wiped then too.
   */
  async reserve(request: PinRequest): Promise<PinTry | PinRefused> {
    try {
      const { wallet, limits, subjectOf } = this.#with;
      const { cardId, card, callerNumber, unproven, keepsCard } = request;
      const caller: PinCaller =
        callerNumber === undefined || callerNumber === ''
          ? { kind: 'withheld' }
          : {
              kind: (await wallet.isBound(callerNumber, cardId)) ? 'bound' : 'stranger',
              number: callerNumber,
            };
      const counters = pinCounters(limits, { subject: subjectOf(card), pan: card.pan, caller });
      const places = await this.#places(counters, caller);
      if ('outcome' in places) {
        request.pin.wipe();
        return places;
      }
      const kept = unproven === undefined || !keepsCard ? cardId : await wallet.keepUnproven(unproven);
      return new PinTry(this.#with, { ...request, cardId: kept }, { caller, counters, places });
    } catch (error) {
      request.pin.wipe();
      throw error;
    }
  }

  async #places(counters: PinCounters, caller: PinCaller): Promise<readonly Place[] | PinRefused> {
    const { attempts, limits, clock, wait } = this.#with;
    const endMs = clock.monotonicMs() + limits.patienceMs;
    for (;;) {
      const counted = await attempts.counted(counters.lookedAt);
      const crowd = counters.lookedAt.find(({ limit }, index) => (counted[index] ?? 0) >= limit);
      if (crowd !== undefined) {
        return this.#refused(crowd.scope, caller);
      }
      const result = await attempts.take(counters.taken, limits.doubtMs);
      if (result.outcome === 'taken') {
        return result.places;
      }
      if (result.outcome === 'full') {
        return this.#refused(result.counter.scope, caller);
      }
      if (clock.monotonicMs() >= endMs) {
        this.#with.onRefusal(result.counter.scope);
        return { outcome: 'refused', reason: 'try-later' };
      }
      await wait(lookAgainMs);
    }
  }

  #refused(scope: AttemptScope, caller: PinCaller): PinRefused {
    const { log, onRefusal } = this.#with;
    onRefusal(scope);
    log.warn({ scope, caller: caller.kind }, 'a PIN was not tried: too many were wrong');
    const isOfCard = scope === 'pin-card' || scope === 'pin-card-stranger';
    return { outcome: 'refused', reason: isOfCard ? 'card-locked' : 'caller-locked' };
  }
}

type Reserved = {
  readonly caller: PinCaller;
  readonly counters: PinCounters;
  readonly places: readonly Place[];
};

/** One reserved try: it asks the bank once, or is released. */
export class PinTry {
  readonly #with: PinDoorDependencies;
  readonly #request: PinRequest;
  readonly #reserved: Reserved;
  #isUsed = false;

  /** Made by `PinDoor` only. */
  constructor(dependencies: PinDoorDependencies, request: PinRequest, reserved: Reserved) {
    this.#with = dependencies;
    this.#request = request;
    this.#reserved = reserved;
  }

  /** Under this id the card can be read again, whatever becomes of this process. */
  get cardId(): string {
    return this.#request.cardId;
  }

  /** Takes the amount from the card. Never rejects. */
  async purchase({ trace, amount }: { trace: BankTrace; amount: Money }): Promise<Tried<PurchaseAnswer>> {
    const { card, pin } = this.#request;
    return this.#ask(() => this.#with.bank.purchase({ trace, card, pin, amount }));
  }

  /** Asks for the card's available balance. Never rejects. */
  async balance({ trace }: { trace: BankTrace }): Promise<Tried<BalanceAnswer>> {
    const { card, pin } = this.#request;
    return this.#ask(() => this.#with.bank.balance({ trace, card, pin }));
  }

  /** Gives back a try that was not used, and wipes its PIN. Never rejects; safe to call at any time. */
  async release(): Promise<void> {
    this.#request.pin.wipe();
    if (!this.#isUsed) {
      this.#isUsed = true;
      await this.#settled(async () => this.#with.attempts.giveBack(this.#reserved.places));
    }
  }

  async #ask<A extends PurchaseAnswer | BalanceAnswer>(
    asks: () => Promise<A>,
  ): Promise<Tried<A | { outcome: 'unknown'; why: 'bad-answer' }>> {
    if (this.#isUsed) {
      throw new Error('a PIN try asks the bank once');
    }
    this.#isUsed = true;
    let answer: A;
    try {
      answer = await asks();
    } catch (error) {
      // The bank's port does not reject; should it, something may have left, so nothing is known.
      this.#with.log.error({ err: error }, 'the bank line failed');
      return { answer: { outcome: 'unknown', why: 'bad-answer' }, told: undefined };
    } finally {
      this.#request.pin.wipe();
    }
    return { answer, told: await this.#settle(answer) };
  }

  async #settle(answer: PurchaseAnswer | BalanceAnswer): Promise<ToldRefusal | undefined> {
    const { attempts } = this.#with;
    const { places, caller } = this.#reserved;
    switch (answer.outcome) {
      case 'approved':
        await this.#right();
        return undefined;
      case 'wrong-pin':
        return this.#wrong();
      case 'declined':
        if (caller.kind !== 'bound' && tellsOfCard[answer.reason]) {
          return this.#wrong();
        }
        await this.#settled(async () => attempts.giveBack(places));
        return { outcome: 'declined', reason: answer.reason };
      case 'not-sent':
        await this.#settled(async () => attempts.giveBack(places));
        return undefined;
      case 'unknown':
        // An approval of another amount is an approval. Otherwise the issuer may have counted the PIN as wrong, and
        // the place stays taken until its time is over.
        if (answer.why === 'other-amount') {
          await this.#right();
        }
        return undefined;
    }
  }

  async #right(): Promise<void> {
    const { attempts } = this.#with;
    // A caller's own wrong PINs stand: who has one card's PIN must not clear what was tried at others.
    const forgiven = ['pin-card', 'pin-card-stranger'] as const;
    await this.#settled(async () => attempts.giveBack(this.#reserved.places, forgiven));
    await this.#prove();
  }

  /** Counts it. A try that cannot be counted is the last one: tries without end are worse than one too few. */
  async #wrong(): Promise<ToldRefusal> {
    const { attempts, limits } = this.#with;
    const { places, counters, caller } = this.#reserved;
    const counts = await this.#settled(async () => attempts.count(places, counters.alsoCounted));
    if (counts === undefined) {
      return { outcome: 'declined', reason: 'try-later' };
    }
    this.#alarm(counts);
    const taken = counts.filter(({ scope }) => counters.taken.some((each) => each.scope === scope));
    const triesLeft = Math.max(0, Math.min(...taken.map(({ limit, counted }) => limit - counted)));
    if (caller.kind === 'bound' || (triesLeft > 0 && limits.perCardFromStrangers > 1)) {
      return { outcome: 'wrong-pin', triesLeft };
    }
    return { outcome: 'declined', reason: 'not-proven' };
  }

  #alarm(counts: readonly Count[]): void {
    const { log, onAlarm } = this.#with;
    for (const { scope, subject, limit, counted } of counts) {
      if (counted === limit && scope !== 'pin-card' && scope !== 'pin-card-stranger') {
        onAlarm(scope);
        const isOne = scope === 'pin-caller' && subject !== 'withheld';
        const say = isOne ? log.warn.bind(log) : log.error.bind(log);
        const who = isOne ? 'one number' : scope === 'pin-caller' ? 'withheld numbers' : 'one card prefix';
        say({ scope, who, limit }, 'wrong PINs have reached a limit: somebody may be guessing');
      }
    }
  }

  async #prove(): Promise<void> {
    const { unproven } = this.#request;
    if (unproven !== undefined) {
      await this.#settled(async () => this.#with.wallet.prove(unproven));
    }
  }

  /** What the bank did stands, whatever the counters say: a place that is not settled frees itself. */
  async #settled<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      this.#with.log.error({ err: error }, 'a PIN try could not be settled');
      return undefined;
    }
  }
}
