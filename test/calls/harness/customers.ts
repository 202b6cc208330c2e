/**
 * People with a phone, a card, money and a bill. Most tests make people of their own, so that no test
 * depends on what another left behind and calls can go on side by side.
 */
import { randomInt } from 'node:crypto';
import { labCards, labPhones } from '../../../lab/data.js';
import type { Pan } from '../../../src/bank/bank.js';
import { systemClock } from '../../../src/clock.js';
import type { Database } from '../../../src/database/database.js';
import type { Language } from '../../../src/dialogue/line.js';
import { languageCodes } from '../../../src/languages/catalogue.js';
import { CardSealer } from '../../../src/wallet/card-sealer.js';
import { cardSubject, MysqlWallet } from '../../../src/wallet/mysql-wallet.js';
import type { SimulatorControl } from './simulator-control.js';

/** A card with its PIN. */
export type CustomerCard = {
  readonly pan: string;
  readonly pin: string;
  readonly lastFour: string;
  readonly balanceMinor: number;
};

/** A phone and the cards bound to it. */
export type Customer = {
  readonly phone: string;
  readonly language: Language | undefined;
  readonly cards: readonly CustomerCard[];
  /** The only card, or the first one. */
  readonly card: CustomerCard;
  readonly balanceMinor: number;
  readonly dueMinor: number;
};

type NewCustomer = {
  readonly language?: Language | undefined;
  readonly balanceMinor?: number;
  readonly dueMinor?: number;
  readonly cardBalanceMinor?: number;
  /** YYMM. */
  readonly expiry?: string;
  readonly cards?: number;
  readonly pin?: string;
};

type CustomersOptions = {
  readonly database: Database;
  /** Hexadecimal. */
  readonly cardKey: string;
  readonly cardHashKey: string;
  readonly bank: SimulatorControl;
  readonly carrier: SimulatorControl;
};

/** Makes customers, and sets the lab's own back to how they began. */
export class Customers {
  readonly #options: CustomersOptions;
  readonly #wallet: MysqlWallet;
  readonly #sealer: CardSealer;

  constructor(options: CustomersOptions) {
    this.#options = options;
    const [key, hashKey] = [Buffer.from(options.cardKey, 'hex'), Buffer.from(options.cardHashKey, 'hex')];
    this.#sealer = new CardSealer(key, hashKey);
    this.#wallet = new MysqlWallet({
      database: options.database,
      sealer: this.#sealer,
      clock: systemClock,
      languages: languageCodes,
      servedPrefixes: [],
    });
  }

  /** A new customer whom the bank, the carrier and the wallet know; English and 1,000.00 by default. */
  async create(wishes: NewCustomer = {}): Promise<Customer> {
    const { cards: count = 1, cardBalanceMinor = 100_000, expiry = '4912' } = wishes;
    const cards = Array.from({ length: count }, () => {
      const pan = newPan();
      const pin = wishes.pin ?? String(randomInt(100_000, 1_000_000));
      return { pan, pin, lastFour: pan.slice(-4), balanceMinor: cardBalanceMinor };
    });
    const customer = {
      phone: `17${String(randomInt(1_000_000_000)).padStart(9, '0')}`,
      language: 'language' in wishes ? wishes.language : ('en' as const),
      cards,
      card: cards[0] ?? noCard,
      balanceMinor: wishes.balanceMinor ?? 2_345,
      dueMinor: wishes.dueMinor ?? 0,
    };
    await this.#register(customer, expiry);
    return customer;
  }

  /** One of the lab's phones (lab/data.ts), with its balances, bill, language and PIN counts as they began. */
  async original(phone: string): Promise<Customer> {
    const known = labPhones.find((each) => each.phone === phone);
    if (known === undefined) {
      throw new Error(`the lab has no phone ${phone}`);
    }
    const cards = known.cards.map((pan) => this.originalCard(pan));
    const customer = {
      phone,
      language: known.language,
      cards,
      card: cards[0] ?? noCard,
      balanceMinor: known.balanceMinor,
      dueMinor: known.dueMinor,
    };
    await this.#register(customer, labCards.find(({ pan }) => pan === known.cards[0])?.expiry ?? '4912');
    return customer;
  }

  /** One of the lab's cards; it is not set back. */
  originalCard(pan: string): CustomerCard {
    const card = labCards.find((each) => each.pan === pan);
    if (card === undefined) {
      throw new Error('the lab has no such card');
    }
    return { pan, pin: card.pin, lastFour: pan.slice(-4), balanceMinor: card.balanceMinor };
  }

  /** Makes the bank know these cards with their balances, and no wrong PIN counted anywhere. */
  async restoreCards(cards: readonly CustomerCard[], expiry = '4912'): Promise<void> {
    if (cards.length === 0) {
      return;
    }
    await this.#options.bank.order('PUT', '/accounts', {
      cards: cards.map(({ pan, pin, balanceMinor }) => ({ pan, pin, balanceMinor, expiry })),
    });
    await this.#options
      .database('attempt_counters')
      .whereIn(
        'subject',
        cards.map(({ pan }) => cardSubject(this.#sealer.hash(pan as Pan))),
      )
      .delete();
  }

  async #register(customer: Customer, expiry: string): Promise<void> {
    const { phone, language, cards, balanceMinor, dueMinor } = customer;
    const { database, carrier } = this.#options;
    await this.restoreCards(cards, expiry);
    await carrier.order('PUT', '/phones', { phone, balanceMinor, dueMinor });
    for (const { pan } of cards) {
      await this.#wallet.bind(phone, { pan: pan as Pan, expiry });
    }
    if (language === undefined) {
      await database('phones').where({ number: phone }).update({ language: null });
    } else {
      await this.#wallet.rememberLanguage(phone, language);
    }
    await database('payments').where({ caller_number: phone }).update({ news_due: 0 });
  }
}

const noCard: CustomerCard = { pan: '', pin: '', lastFour: '', balanceMinor: 0 };

/** A card number of 19 digits in a range that is served, with its check digit (ISO/IEC 7812-1 annex B). */
function newPan(): string {
  const body = `62${String(randomInt(10 ** 8)).padStart(8, '0')}${String(randomInt(10 ** 8)).padStart(8, '0')}`;
  const sum = Array.from(body)
    .reverse()
    .reduce((total, digit, index) => {
      const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1);
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}
