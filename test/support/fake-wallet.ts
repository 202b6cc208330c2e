import { createHash } from 'node:crypto';
import type { BankCard, Pan } from '../../src/bank/bank.js';
import { languageCodes } from '../../src/languages/catalogue.js';
import type { Secret } from '../../src/secret.js';
import type { Attempts } from '../../src/wallet/attempts.js';
import { parseCardNumber } from '../../src/wallet/card-number.js';
import type {
  ChosenLanguage,
  ChosenPace,
  KeyedCard,
  Preferences,
  UnprovenCard,
  Wallet,
  WalletCard,
} from '../../src/wallet/wallet.js';

export const fakePinLimits = { perCard: 2, perCardFromStrangers: 1 };

/** How the fake names a card in the counters of attempts. */
export function fakeSubjectOf({ pan }: Pick<BankCard, 'pan'>): string {
  return `card ${pan}`;
}

/** A wallet in memory, held to the same contract as the real one. */
export class FakeWallet implements Wallet {
  readonly #preferences = new Map<string, Preferences>();
  readonly #cards = new Map<Pan, { cardId: string; card: BankCard }>();
  readonly #unproven = new Map<Pan, string>();
  readonly #bound = new Map<string, string[]>();
  readonly #attempts: Pick<Attempts, 'counted'>;
  #keyed = 0;

  constructor(attempts: Pick<Attempts, 'counted'>) {
    this.#attempts = attempts;
  }

  async preferencesOf(phone: string): Promise<Preferences> {
    const { language, pace } = this.#preferences.get(phone) ?? { language: undefined, pace: undefined };
    return { language: languageCodes.find((spoken) => spoken === language), pace };
  }

  async rememberLanguage(phone: string, language: ChosenLanguage): Promise<void> {
    this.#preferences.set(phone, { ...(await this.preferencesOf(phone)), language });
  }

  async rememberPace(phone: string, pace: ChosenPace): Promise<void> {
    this.#preferences.set(phone, { ...(await this.preferencesOf(phone)), pace });
  }

  async cardsOf(phone: string): Promise<readonly WalletCard[]> {
    return Promise.all(
      (this.#bound.get(phone) ?? []).map(async (cardId) => {
        const bound = [...this.#cards.values()].find((candidate) => candidate.cardId === cardId);
        if (bound === undefined) {
          throw new Error('no such card');
        }
        return this.#shown(cardId, bound.card.pan, false);
      }),
    );
  }

  async isBound(phone: string, cardId: string): Promise<boolean> {
    return (this.#bound.get(phone) ?? []).includes(cardId);
  }

  async recognise(number: Secret, phone: string | undefined): Promise<KeyedCard | undefined> {
    const pan = number.open((digits) => parseCardNumber(digits.toString('ascii'), ['62'], ['6299']));
    if (pan === undefined) {
      return undefined;
    }
    const known = this.#cards.get(pan);
    this.#keyed += 1;
    const cardId = known?.cardId ?? `keyed-${this.#keyed}`;
    const isStranger = phone === undefined || !(await this.isBound(phone, cardId));
    return {
      card: await this.#shown(cardId, pan, isStranger),
      unproven: known === undefined ? { cardId, sealed: sealedAs(pan) } : undefined,
    };
  }

  openUnproven({ sealed }: UnprovenCard): BankCard {
    return { pan: sealed.sealed.toString('latin1') as Pan };
  }

  async keepUnproven(card: UnprovenCard): Promise<string> {
    const { pan } = this.openUnproven(card);
    const kept = this.#cards.get(pan)?.cardId ?? this.#unproven.get(pan) ?? card.cardId;
    if (!this.#cards.has(pan)) {
      this.#unproven.set(pan, kept);
    }
    return kept;
  }

  async prove(card: UnprovenCard): Promise<void> {
    const { pan } = this.openUnproven(card);
    const cardId = await this.keepUnproven(card);
    this.#cards.set(pan, { cardId, card: this.#cards.get(pan)?.card ?? { pan } });
  }

  async bankCard(cardId: string): Promise<BankCard> {
    const proven = [...this.#cards.values()].find((candidate) => candidate.cardId === cardId)?.card;
    const [unproven] = [...this.#unproven].find(([, id]) => id === cardId) ?? [];
    const card = proven ?? (unproven && { pan: unproven });
    if (card === undefined) {
      throw new Error('no such card');
    }
    return card;
  }

  async bind(phone: string, card: BankCard): Promise<WalletCard> {
    const { cardId } = this.#cards.get(card.pan) ?? { cardId: `card-${this.#cards.size + 1}` };
    this.#cards.set(card.pan, this.#cards.get(card.pan) ?? { cardId, card });
    const bound = this.#bound.get(phone) ?? [];
    this.#bound.set(phone, bound.includes(cardId) ? bound : [...bound, cardId]);
    return this.#shown(cardId, card.pan, false);
  }

  async #shown(cardId: string, pan: Pan, isStranger: boolean): Promise<WalletCard> {
    const subject = fakeSubjectOf({ pan });
    const [all = 0, strangers = 0] = await this.#attempts.counted([
      { scope: 'pin-card', subject },
      { scope: 'pin-card-stranger', subject },
    ]);
    const locked =
      all >= fakePinLimits.perCard || (isStranger && strangers >= fakePinLimits.perCardFromStrangers);
    return { cardId, lastFour: pan.slice(-4), locked };
  }
}

function sealedAs(pan: Pan): UnprovenCard['sealed'] {
  return {
    sealed: Buffer.from(pan, 'latin1'),
    keyId: 'fake',
    hash: createHash('sha256').update(pan).digest(),
  };
}
