import type { BankCard } from '../bank/bank.js';
import type { Secret } from '../secret.js';
import type { SealedPan } from './card-sealer.js';

/** A card as anyone outside the wallet may know it. */
export type WalletCard = {
  readonly cardId: string;
  readonly lastFour: string;
  /** Too many wrong PINs lately, from whatever phone: the bank is not asked until the lock ends. */
  readonly locked: boolean;
};

/** A card of which nobody has given proof: its number was keyed, and no bank has approved anything with it. */
export type UnprovenCard = { readonly cardId: string; readonly sealed: SealedPan };

/** What a keyed number turned out to be; `unproven` is undefined when the wallet has proof of the card already. */
export type KeyedCard = { readonly card: WalletCard; readonly unproven: UnprovenCard | undefined };

/** A language that was chosen: the code of one that is spoken. */
export type ChosenLanguage = string;

/** A pace that was chosen. */
export type ChosenPace = 'normal' | 'slow';

/** How a phone wants to be spoken to; what it never chose is undefined. */
export type Preferences = {
  readonly language: ChosenLanguage | undefined;
  readonly pace: ChosenPace | undefined;
};

/** Which phone belongs to which cards, and who may still try. Phone numbers are digits. */
export interface Wallet {
  /** What this phone chose before: one query for all of it. A language that is not spoken is as none chosen. */
  preferencesOf(phone: string): Promise<Preferences>;
  rememberLanguage(phone: string, language: ChosenLanguage): Promise<void>;
  rememberPace(phone: string, pace: ChosenPace): Promise<void>;
  /** The phone's cards in the order they were bound. */
  cardsOf(phone: string): Promise<readonly WalletCard[]>;
  /** True when the card is bound to the phone. A phone number is claimed, not proven. */
  isBound(phone: string, cardId: string): Promise<boolean>;
  /**
   * Takes a keyed card number (consumed): 13–19 digits, an issuer range that is served, and Luhn (ISO/IEC 7812-1
   * annex B) unless the range is known not to use it. Returns what it is, or undefined when it is no such number.
   * Stores nothing, and binds it to no phone: whoever keyed it has proven nothing.
   */
  recognise(number: Secret, phone: string | undefined): Promise<KeyedCard | undefined>;
  /** What the bank must be told of a keyed card that is kept nowhere yet. */
  openUnproven(card: UnprovenCard): BankCard;
  /** Keeps an unproven card, sealed, for as long as a payment may need it. Returns the id it is kept under. */
  keepUnproven(card: UnprovenCard): Promise<string>;
  /** Makes it a card of the wallet: its bank has approved its PIN. */
  prove(card: UnprovenCard): Promise<void>;
  /**
   * What the bank must be told of the card, proven or kept unproven. The only way, besides `openUnproven`, in
   * which a clear card number leaves the wallet.
   */
  bankCard(cardId: string): Promise<BankCard>;
}
