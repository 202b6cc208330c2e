import type { BankCard } from '../bank/bank.js';
import type { Secret } from '../secret.js';

/** A card as anyone outside the wallet may know it. */
export type WalletCard = {
  readonly cardId: string;
  readonly lastFour: string;
  /** Too many wrong PINs lately, from whatever phone: the bank is not asked until the lock ends. */
  readonly locked: boolean;
};

/** A language that was chosen, an ISO 639-1 code. */
export type ChosenLanguage = 'en' | 'zh';

/** A pace that was chosen. */
export type ChosenPace = 'normal' | 'slow';

/** How a phone wants to be spoken to; what it never chose is undefined. */
export type Preferences = {
  readonly language: ChosenLanguage | undefined;
  readonly pace: ChosenPace | undefined;
};

/** Which phone belongs to which cards, and who may still try. Phone numbers are digits. */
export interface Wallet {
  /** What this phone chose before: one query for all of it. */
  preferencesOf(phone: string): Promise<Preferences>;
  rememberLanguage(phone: string, language: ChosenLanguage): Promise<void>;
  rememberPace(phone: string, pace: ChosenPace): Promise<void>;
  /** The phone's cards in the order they were bound. */
  cardsOf(phone: string): Promise<readonly WalletCard[]>;
  /**
   * Takes a keyed card number (consumed): 13–19 digits, Luhn (ISO/IEC 7812-1 annex B), an issuer range that
   * is served. Returns the card, stored encrypted if it was not known, or undefined when it is no such
   * number. Does not bind it to any phone.
   */
  admitCardNumber(number: Secret): Promise<WalletCard | undefined>;
  /** What the bank must be told of the card. The only way a clear card number leaves the wallet. */
  bankCard(cardId: string): Promise<BankCard>;
  /** Counts a wrong PIN for the card, whoever called. Returns how many tries are left; 0 locks the card. */
  countWrongPin(cardId: string): Promise<number>;
  /** Forgets the wrong PINs counted for the card. */
  clearWrongPins(cardId: string): Promise<void>;
}
