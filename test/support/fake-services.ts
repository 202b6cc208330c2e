/** The services behind a conversation, in memory and by the lab's data: what `npm run talk -- --offline` uses. */
import { labCards, labPhones, labProviders } from '../../lab/data.js';
import type { Language, Pace } from '../../src/dialogue/line.js';
import type { Purchase } from '../../src/dialogue/purchase.js';
import type {
  AssistedProgress,
  CardChoice,
  OrderClosed,
  OrderToPay,
  PaymentNews,
  Perform,
  Work,
  WorkOutcome,
} from '../../src/dialogue/work.js';
import { type Money, money } from '../../src/money.js';
import type { Secret } from '../../src/secret.js';
import { catalogue } from '../../src/services/catalogue.js';
import { saleNamed } from '../../src/services/service.js';

/** What is wrong in the world of a conversation. */
export type Trouble =
  | 'bank-down'
  | 'carrier-down'
  | 'bank-silent'
  | 'carrier-silent'
  | 'carrier-refuses'
  /** A provider besides the carrier cannot be asked. */
  | 'provider-down'
  /** The work itself breaks, which nobody expects. */
  | 'pay-breaks'
  | 'find-cards-breaks'
  | 'orders-unavailable'
  /** Other calls keyed wrong PINs, of the card or as this caller, while this one stood at the question. */
  | 'locked-meanwhile'
  | 'caller-locked'
  /** This caller has asked about phones too often. */
  | 'asked-too-often'
  /** Another call paid the order a moment ago. */
  | 'paid-elsewhere';

type Card = {
  readonly pan: string;
  readonly pin: string;
  readonly expired: boolean;
  balanceMinor: number;
  wrongPins: number;
  wrongPinsOfStrangers: number;
};
type WorkOf<D extends Work['do']> = Extract<Work, { do: D }>;

/** As the wallet's limits have it: fewer than an issuer allows, and fewer still for strangers. */
const pinTries = 2;
const pinTriesOfStrangers = 1;

/** Behaves like the bank, the carrier, the wallet and the payments together. */
export class FakeServices {
  readonly troubles = new Set<Trouble>();
  /** Whether agents answer. */
  hasAgents = false;
  /** Payments whose outcome the caller has not heard yet. */
  news: PaymentNews[] = [];
  readonly languages = new Map<string, Language>();
  readonly paces = new Map<string, Pace>();
  /** What can be paid, or why it cannot, by its code. */
  readonly orders = new Map<string, OrderToPay | OrderClosed>();
  /** What was paid, all of it at five past two. */
  readonly #paidBefore = new Set<string>();
  /** The code of the order that came with the call. */
  broughtCode = '';
  /** Says what the agent on the line wants next; without one, none is there. */
  agent: (because: AssistedProgress) => Promise<WorkOutcome> = async () => ({ type: 'agentLeft' });
  /** Every work that was done, without its secrets. */
  readonly done: Work['do'][] = [];
  readonly #cards = new Map<string, Card>();
  readonly #bound = new Map<string, readonly string[]>();
  readonly #balances = new Map<string, number>();
  readonly #due = new Map<string, number>();
  #payments = 0;
  #kept: { readonly cardId: string; readonly pin: Secret } | undefined;

  constructor() {
    for (const { pan, pin, expiry, balanceMinor } of labCards) {
      const expired = expiry < '2611';
      this.#cards.set(idOf(pan), { pan, pin, expired, balanceMinor, wrongPins: 0, wrongPinsOfStrangers: 0 });
    }
    for (const { phone, language, cards, balanceMinor, dueMinor } of labPhones) {
      this.#bound.set(phone, cards.map(idOf));
      this.#balances.set(phone, balanceMinor);
      this.#due.set(phone, dueMinor);
      if (language !== undefined) {
        this.languages.set(phone, language);
      }
    }
  }

  /** Gives the phone one more card. */
  bind(phone: string, pan: string): void {
    this.#bound.set(phone, [...(this.#bound.get(phone) ?? []), idOf(pan)]);
  }

  /** The card has had as many wrong PINs before. */
  countWrongPins(pan: string, wrongPins: number): void {
    this.#card(idOf(pan)).wrongPins = wrongPins;
  }

  /** Locks the card as two wrong PINs would. */
  lock(pan: string): void {
    this.countWrongPins(pan, pinTries);
  }

  /** The caller paid this before, as `find-earlier` finds out. */
  payBefore(service: string, subject: string, amount: Money): void {
    this.#paidBefore.add(sameAs(service, subject, amount));
  }

  setDue(phone: string, dueMinor: number): void {
    this.#due.set(phone, dueMinor);
  }

  /** Does what a conversation with this caller asks for. */
  performFor(callerPhone: string | undefined): Perform {
    return async (work) => {
      this.done.push(work.do);
      switch (work.do) {
        case 'remember-language':
          if (callerPhone !== undefined) {
            this.languages.set(callerPhone, work.language);
          }
          return { type: 'done' };
        case 'remember-pace':
          if (callerPhone !== undefined) {
            this.paces.set(callerPhone, work.pace);
          }
          return { type: 'done' };
        case 'find-cards':
          return this.#findCards(callerPhone);
        case 'check-card-number':
          return this.#checkNumber(work.number, callerPhone);
        case 'ask-card-balance':
          return this.#cardBalance(work, callerPhone);
        case 'ask-phone-balance':
          return this.#ofPhone(work.phone, (phone) => ({
            type: 'balance',
            balance: money(this.#balances.get(phone) ?? 0),
          }));
        case 'quote':
          return this.#ofPhone(String(work.details['phone']), (phone) => {
            if (work.service !== 'bill') {
              return { type: 'quoted' };
            }
            const due = money(this.#due.get(phone) ?? 0);
            return due.amountMinor > 0 ? { type: 'quoted', price: due } : { type: 'nothingDue' };
          });
        case 'list':
          return this.#list(work.service);
        case 'pay':
          return this.#pay(work, callerPhone);
        case 'find-news':
          return { type: 'news', news: this.news };
        case 'news-heard':
          this.news = this.news.filter(({ reference }) => !work.references.includes(reference));
          return { type: 'done' };
        case 'find-earlier': {
          const { service, amount } = work.purchase;
          return this.#paidBefore.has(sameAs(service, subjectOf(work.purchase), amount))
            ? { type: 'earlierFound', at: { hour: 14, minute: 5 } }
            : { type: 'noEarlier' };
        }
        case 'find-order':
          return work.code === undefined ? this.#findOrder(this.broughtCode) : this.#findByCode(work.code);
        case 'await-agent':
          return this.agent(work.because);
        case 'keep-pin':
          this.#kept?.pin.wipe();
          this.#kept = { cardId: work.card.cardId, pin: work.pin };
          return { type: 'done' };
        case 'pay-kept':
          return this.#payKept(work, callerPhone);
        case 'take-unfinished':
          return { type: 'done' };
        case 'reach-agent':
          return { type: this.hasAgents ? 'transferred' : 'unavailable' };
      }
    };
  }

  #list(service: string): WorkOutcome {
    const { provider } = saleNamed(catalogue, service);
    const items = labProviders.find(({ id }) => id === provider)?.items;
    return items === undefined || this.troubles.has('provider-down')
      ? { type: 'unavailable' }
      : { type: 'listed', items: items.map(({ id, label }) => ({ id, label })) };
  }

  #findCards(callerPhone: string | undefined): WorkOutcome {
    if (this.troubles.has('find-cards-breaks')) {
      throw new Error('the database is gone');
    }
    if (this.troubles.has('bank-down')) {
      return { type: 'unavailable' };
    }
    return {
      type: 'cardsFound',
      cards: (this.#bound.get(callerPhone ?? '') ?? []).map((id) => this.#choice(id)),
    };
  }

  #checkNumber(number: Secret, callerPhone: string | undefined): WorkOutcome {
    const id = idOf(number.open((digits) => digits.toString('ascii')));
    return this.#cards.has(id)
      ? { type: 'cardAccepted', card: this.#choice(id, this.#isStranger(callerPhone, id)) }
      : { type: 'cardRefused' };
  }

  #isStranger(callerPhone: string | undefined, cardId: string): boolean {
    return callerPhone === undefined || this.#bound.get(callerPhone)?.includes(cardId) !== true;
  }

  #cardBalance(
    { card: { cardId }, pin }: WorkOf<'ask-card-balance'>,
    callerPhone: string | undefined,
  ): WorkOutcome {
    const card = this.#card(cardId);
    return (
      this.#refusal(card, pin, this.#isStranger(callerPhone, cardId)) ?? {
        type: 'balance',
        balance: money(card.balanceMinor),
      }
    );
  }

  /** Whoever keys a code hears one answer for all under which nothing can be paid. */
  #findByCode(code: string): WorkOutcome {
    const outcome = this.#findOrder(code);
    return outcome.type === 'orderClosed' ? { type: 'orderClosed', why: 'unknown' } : outcome;
  }

  #findOrder(code: string): WorkOutcome {
    if (this.troubles.has('orders-unavailable')) {
      return { type: 'unavailable' };
    }
    const order = this.orders.get(code) ?? 'unknown';
    return typeof order === 'string' ? { type: 'orderClosed', why: order } : { type: 'orderFound', order };
  }

  #payKept({ order, card }: WorkOf<'pay-kept'>, callerPhone: string | undefined): WorkOutcome {
    const kept = this.#kept;
    this.#kept = undefined;
    return kept?.cardId === card.cardId
      ? this.#pay({ do: 'pay', purchase: order, card, pin: kept.pin }, callerPhone)
      : { type: 'pinMissing' };
  }

  #pay({ card: { cardId }, pin, purchase }: WorkOf<'pay'>, callerPhone: string | undefined): WorkOutcome {
    const { amount, service, orderId } = purchase;
    if (this.troubles.has('pay-breaks')) {
      throw new Error('the database is gone');
    }
    const ordered = [...this.orders].find(
      ([, order]) => typeof order !== 'string' && order.orderId === orderId,
    );
    if (orderId !== undefined && (ordered === undefined || this.troubles.has('paid-elsewhere'))) {
      return { type: 'orderClosed', why: 'paid' };
    }
    const card = this.#card(cardId);
    const refusal = this.#refusal(card, pin, this.#isStranger(callerPhone, cardId), amount);
    if (refusal !== undefined) {
      return refusal;
    }
    this.#payments += 1;
    const reference = String(900_000_000_000 + this.#payments);
    if (this.troubles.has('bank-silent') || this.troubles.has('carrier-refuses')) {
      return { type: 'returning', reference };
    }
    if (this.troubles.has('carrier-silent')) {
      return { type: 'unresolved', reference };
    }
    if (ordered !== undefined) {
      this.orders.set(ordered[0], 'paid');
    }
    this.#paidBefore.add(sameAs(service, subjectOf(purchase), amount));
    card.balanceMinor -= amount.amountMinor;
    const { phone } = purchase.details;
    if (typeof phone === 'string') {
      this.#credit(service, phone, amount);
    }
    return { type: 'paid', reference };
  }

  /** A phone has less to pay, or more on it. */
  #credit(service: string, phone: string, amount: Money): void {
    const [account, sign] = service === 'bill' ? [this.#due, -1] : [this.#balances, 1];
    account.set(phone, (account.get(phone) ?? 0) + sign * amount.amountMinor);
  }

  #refusal(card: Card, pin: Secret, isStranger: boolean, amount?: Money): WorkOutcome | undefined {
    const right = pin.open((digits) => digits.toString('ascii') === card.pin);
    if (this.troubles.has('caller-locked')) {
      return { type: 'declined', reason: 'caller-locked' };
    }
    if (card.wrongPins >= pinTries || this.troubles.has('locked-meanwhile')) {
      return { type: 'declined', reason: 'card-locked' };
    }
    if (isStranger && (card.expired || !right)) {
      card.wrongPins += 1;
      card.wrongPinsOfStrangers += 1;
      return { type: 'declined', reason: 'not-proven' };
    }
    if (card.expired) {
      return { type: 'declined', reason: 'expired-card' };
    }
    if (!right) {
      card.wrongPins += 1;
      return { type: 'wrongPin', triesLeft: Math.max(0, pinTries - card.wrongPins) };
    }
    card.wrongPins = 0;
    card.wrongPinsOfStrangers = 0;
    return amount !== undefined && amount.amountMinor > card.balanceMinor
      ? { type: 'declined', reason: 'insufficient-funds' }
      : undefined;
  }

  #ofPhone(phone: string | undefined, found: (phone: string) => WorkOutcome): WorkOutcome {
    if (this.troubles.has('asked-too-often')) {
      return { type: 'askedTooOften' };
    }
    if (this.troubles.has('carrier-down')) {
      return { type: 'unavailable' };
    }
    return phone !== undefined && this.#balances.has(phone) ? found(phone) : { type: 'subjectUnknown' };
  }

  #choice(cardId: string, isStranger = false): CardChoice {
    const { pan, wrongPins, wrongPinsOfStrangers } = this.#card(cardId);
    const locked = wrongPins >= pinTries || (isStranger && wrongPinsOfStrangers >= pinTriesOfStrangers);
    return { cardId, lastFour: pan.slice(-4), locked };
  }

  #card(cardId: string): Card {
    const card = this.#cards.get(cardId);
    if (card === undefined) {
      throw new Error('there is no such card');
    }
    return card;
  }
}

function subjectOf({ service, details }: Purchase): string {
  const read = saleNamed(catalogue, service).read(details);
  if (read.outcome === 'invalid') {
    throw new Error(`the details of a payment for ${service} do not fit`);
  }
  return read.subject;
}

/** Names what is the same when it is paid twice. */
function sameAs(service: string, subject: string, { amountMinor }: Money): string {
  return `${service} ${subject} ${amountMinor}`;
}

function idOf(pan: string): string {
  return `card-${pan}`;
}
