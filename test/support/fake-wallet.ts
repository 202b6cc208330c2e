import type { BankCard, Pan } from '../../src/bank/bank.js';
import type { Secret } from '../../src/secret.js';
import { parseCardNumber } from '../../src/wallet/card-number.js';
import type { ChosenLanguage, ChosenPace, Preferences, Wallet, WalletCard } from '../../src/wallet/wallet.js';

/** A wallet in memory, held to the same contract as the real one. Locks never end here. */
export class FakeWallet implements Wallet {
  readonly #preferences = new Map<string, Preferences>();
  readonly #cards = new Map<Pan, { cardId: string; card: BankCard; wrongPins: number }>();
  readonly #bound = new Map<string, string[]>();
  readonly #pinTries: number;

  constructor(pinTries = 3) {
    this.#pinTries = pinTries;
  }

  async preferencesOf(phone: string): Promise<Preferences> {
    return this.#preferences.get(phone) ?? { language: undefined, pace: undefined };
  }

  async rememberLanguage(phone: string, language: ChosenLanguage): Promise<void> {
    this.#preferences.set(phone, { ...(await this.preferencesOf(phone)), language });
  }

  async rememberPace(phone: string, pace: ChosenPace): Promise<void> {
    this.#preferences.set(phone, { ...(await this.preferencesOf(phone)), pace });
  }

  async cardsOf(phone: string): Promise<readonly WalletCard[]> {
    return (this.#bound.get(phone) ?? []).map((cardId) => this.#shown(cardId));
  }

  async admitCardNumber(number: Secret): Promise<WalletCard | undefined> {
    const pan = number.open((digits) => parseCardNumber(digits.toString('ascii'), ['62']));
    return pan && this.#shown(this.#admit({ pan }));
  }

  async bankCard(cardId: string): Promise<BankCard> {
    return this.#entry(cardId).card;
  }

  async countWrongPin(cardId: string): Promise<number> {
    const entry = this.#entry(cardId);
    entry.wrongPins += 1;
    return Math.max(0, this.#pinTries - entry.wrongPins);
  }

  async clearWrongPins(cardId: string): Promise<void> {
    this.#entry(cardId).wrongPins = 0;
  }

  async bind(phone: string, card: BankCard): Promise<WalletCard> {
    const cardId = this.#admit(card);
    const bound = this.#bound.get(phone) ?? [];
    this.#bound.set(phone, bound.includes(cardId) ? bound : [...bound, cardId]);
    return this.#shown(cardId);
  }

  #admit(card: BankCard): string {
    const entry = this.#cards.get(card.pan) ?? { cardId: `card-${this.#cards.size + 1}`, card, wrongPins: 0 };
    this.#cards.set(card.pan, entry);
    return entry.cardId;
  }

  #entry(cardId: string) {
    const entry = [...this.#cards.values()].find((candidate) => candidate.cardId === cardId);
    if (entry === undefined) {
      throw new Error('no such card');
    }
    return entry;
  }

  #shown(cardId: string): WalletCard {
    const { card, wrongPins } = this.#entry(cardId);
    return { cardId, lastFour: card.pan.slice(-4), locked: wrongPins >= this.#pinTries };
  }
}
