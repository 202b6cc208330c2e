import { v7 as uuidv7 } from 'uuid';
import type { BankCard } from '../bank/bank.js';
import type { Clock } from '../clock.js';
import type { Database } from '../database/database.js';
import { inTransaction } from '../database/transaction.js';
import type { Secret } from '../secret.js';
import type { Attempts } from './attempts.js';
import { parseCardNumber } from './card-number.js';
import type { CardSealer, SealedPan } from './card-sealer.js';
import type { PinLimits } from './pin-limits.js';
import type {
  ChosenLanguage,
  ChosenPace,
  KeyedCard,
  Preferences,
  UnprovenCard,
  Wallet,
  WalletCard,
} from './wallet.js';

export type MysqlWalletOptions = {
  readonly database: Database;
  readonly sealer: CardSealer;
  readonly clock: Clock;
  /** The codes of the languages that are spoken: a phone may have chosen one that is not there any more. */
  readonly languages: readonly string[];
  /** Leading digits of the cards that are served. */
  readonly servedPrefixes: readonly string[];
  /** Leading digits of served cards whose last digit is no check digit: their issuer decides. */
  readonly prefixesWithoutCheckDigit?: readonly string[];
  /** Where wrong PINs are counted. Left out, as by who only stores cards, no card is shown as locked. */
  readonly locks?: {
    readonly attempts: Pick<Attempts, 'counted'>;
    /** So many wrong PINs lock a card, and so many of strangers lock it for strangers. */
    readonly limits: Pick<PinLimits, 'perCard' | 'perCardFromStrangers'>;
  };
};

type CardRow = {
  id: string;
  pan_hash: Buffer;
  pan_sealed: Buffer;
  pan_key_id: string;
  last_four: string;
  expiry: string | null;
};
type UnprovenRow = Pick<CardRow, 'id' | 'pan_sealed' | 'pan_key_id'>;

/** An unproven card that no payment needs is deleted after so long. */
const unprovenKeptMs = 86_400_000;
const prunedAtOnce = 1_000;

/** The wallet in MySQL, shared by every node. */
export class MysqlWallet implements Wallet {
  readonly #options: MysqlWalletOptions;

  constructor(options: MysqlWalletOptions) {
    this.#options = options;
  }

  async preferencesOf(phone: string): Promise<Preferences> {
    const row = await this.#options
      .database<{ number: string; language: string | null; pace: string | null }>('phones')
      .where({ number: phone })
      .first('language', 'pace');
    return {
      language: this.#options.languages.find((spoken) => spoken === row?.language),
      pace: row?.pace === 'normal' || row?.pace === 'slow' ? row.pace : undefined,
    };
  }

  async rememberLanguage(phone: string, language: ChosenLanguage): Promise<void> {
    await this.#remember(phone, { language });
  }

  async rememberPace(phone: string, pace: ChosenPace): Promise<void> {
    await this.#remember(phone, { pace });
  }

  async cardsOf(phone: string): Promise<readonly WalletCard[]> {
    const rows: CardRow[] = await this.#options
      .database('phone_cards')
      .join('cards', 'cards.id', 'phone_cards.card_id')
      .where('phone_cards.phone', phone)
      .orderBy('phone_cards.position')
      .select('cards.*');
    return this.#toCards(rows, false);
  }

  async isBound(phone: string, cardId: string): Promise<boolean> {
    const row = await this.#options
      .database('phone_cards')
      .where({ phone, card_id: cardId })
      .first<{ card_id: string } | undefined>('card_id');
    return row !== undefined;
  }

  async recognise(number: Secret, phone: string | undefined): Promise<KeyedCard | undefined> {
    const { sealer, servedPrefixes, prefixesWithoutCheckDigit } = this.#options;
    const sealed = number.open((digits) => {
      const pan = parseCardNumber(digits.toString('ascii'), servedPrefixes, prefixesWithoutCheckDigit);
      return pan && { ...sealer.seal(pan), lastFour: pan.slice(-4) };
    });
    if (sealed === undefined) {
      return undefined;
    }
    const { lastFour, ...pan } = sealed;
    const row = await this.#rowByHash(pan.hash);
    const id = row?.id ?? uuidv7();
    const isStranger = phone === undefined || row === undefined || !(await this.isBound(phone, id));
    const [card] = await this.#toCards([{ id, pan_hash: pan.hash, last_four: lastFour }], isStranger);
    if (card === undefined) {
      throw new Error('one row gives one card');
    }
    return { card, unproven: row === undefined ? { cardId: id, sealed: pan } : undefined };
  }

  openUnproven({ sealed: { sealed, keyId } }: UnprovenCard): BankCard {
    return { pan: this.#options.sealer.open(sealed, keyId) };
  }

  async keepUnproven({ cardId, sealed }: UnprovenCard): Promise<string> {
    const { database, clock } = this.#options;
    const proven = await this.#rowByHash(sealed.hash);
    if (proven !== undefined) {
      return proven.id;
    }
    await database('unproven_cards')
      .insert({ ...columnsOf(cardId, sealed), created_at: clock.now() })
      // Another call may have keyed the same number before: it is kept once.
      .onConflict('pan_hash')
      .ignore();
    const row = await database('unproven_cards')
      .where({ pan_hash: sealed.hash })
      .first<{ id: string } | undefined>('id');
    if (row === undefined) {
      throw new Error('a card that was just kept cannot be found');
    }
    return row.id;
  }

  async prove(card: UnprovenCard): Promise<void> {
    const { database, clock } = this.#options;
    const { pan } = this.openUnproven(card);
    const id = await this.keepUnproven(card);
    await database('cards')
      .insert({
        ...columnsOf(id, card.sealed),
        last_four: pan.slice(-4),
        created_at: clock.now(),
      })
      .onConflict('pan_hash')
      .ignore();
  }

  async bankCard(cardId: string): Promise<BankCard> {
    const { database, sealer } = this.#options;
    const proven = await database<CardRow>('cards').where({ id: cardId }).first();
    const row = proven ?? (await database<UnprovenRow>('unproven_cards').where({ id: cardId }).first());
    if (row === undefined) {
      throw new Error('no such card');
    }
    return {
      pan: sealer.open(row.pan_sealed, row.pan_key_id),
      ...(typeof proven?.expiry === 'string' && { expiry: proven.expiry }),
    };
  }

  /** Deletes unproven cards that are a day old and that no payment may need any more. Returns how many. */
  async pruneUnproven(): Promise<number> {
    const { database, clock } = this.#options;
    return database('unproven_cards')
      .where('created_at', '<', new Date(clock.now().getTime() - unprovenKeptMs))
      .whereNotExists(
        database('payments')
          .select(database.raw('1'))
          .where('payments.card_id', database.ref('unproven_cards.id'))
          .whereNot('payments.state', 'declined'),
      )
      .limit(prunedAtOnce)
      .delete();
  }

  /** Binds a card to a phone as its next one, adding what is new; binding it again changes nothing. */
  async bind(phone: string, card: BankCard): Promise<WalletCard> {
    const { id } = await this.#admit(card);
    const { database, clock } = this.#options;
    await inTransaction(database, async (transaction) => {
      await transaction('phones')
        .insert({ number: phone, updated_at: clock.now() })
        .onConflict('number')
        .ignore();
      // The phone's row is the lock under which its positions are given out.
      await transaction('phones').where({ number: phone }).forUpdate().first('number');
      const bound = await transaction<{ phone: string; card_id: string; position: number }>(
        'phone_cards',
      ).where({ phone });
      if (!bound.some((row) => row.card_id === id)) {
        const position = Math.max(0, ...bound.map((row) => row.position)) + 1;
        await transaction('phone_cards').insert({ phone, card_id: id, position });
      }
    });
    const bound = (await this.cardsOf(phone)).find((entry) => entry.cardId === id);
    if (bound === undefined) {
      throw new Error('the card was unbound while it was being bound');
    }
    return bound;
  }

  async #remember(phone: string, chosen: Partial<Preferences>): Promise<void> {
    await this.#options
      .database('phones')
      .insert({ number: phone, ...chosen, updated_at: this.#options.clock.now() })
      .onConflict('number')
      .merge([...Object.keys(chosen), 'updated_at']);
  }

  async #rowByHash(hash: Buffer): Promise<CardRow | undefined> {
    return this.#options.database<CardRow>('cards').where({ pan_hash: hash }).first();
  }

  async #admit(card: BankCard): Promise<CardRow> {
    const { database, sealer, clock } = this.#options;
    const known = await this.#rowByHash(sealer.hash(card.pan));
    if (known !== undefined) {
      return known;
    }
    await database('cards')
      .insert({
        ...columnsOf(uuidv7(), sealer.seal(card.pan)),
        last_four: card.pan.slice(-4),
        expiry: card.expiry ?? null,
        created_at: clock.now(),
      })
      // Another call may have keyed the same card at the same moment.
      .onConflict('pan_hash')
      .ignore();
    const row = await this.#rowByHash(sealer.hash(card.pan));
    if (row === undefined) {
      throw new Error('a card that was just stored cannot be found');
    }
    return row;
  }

  /** Wrong PINs are counted by the card's number, so that one that nobody knows locks like any other. */
  async #toCards(
    rows: readonly Pick<CardRow, 'id' | 'pan_hash' | 'last_four'>[],
    isStranger: boolean,
  ): Promise<readonly WalletCard[]> {
    const { locks } = this.#options;
    if (locks === undefined) {
      return rows.map(({ id, last_four: lastFour }) => ({ cardId: id, lastFour, locked: false }));
    }
    const { attempts, limits } = locks;
    const counters = rows.flatMap(({ pan_hash: hash }) => [
      { scope: 'pin-card' as const, subject: cardSubject(hash) },
      { scope: 'pin-card-stranger' as const, subject: cardSubject(hash) },
    ]);
    const counted = await attempts.counted(counters);
    return rows.map((row, index) => {
      const [all = 0, strangers = 0] = counted.slice(index * 2);
      const locked = all >= limits.perCard || (isStranger && strangers >= limits.perCardFromStrangers);
      return { cardId: row.id, lastFour: row.last_four, locked };
    });
  }
}

/** Returns the name of a card in the counters of attempts: its keyed hash. */
export function cardSubject(hash: Buffer): string {
  return hash.toString('hex');
}

function columnsOf(id: string, { sealed, keyId, hash }: SealedPan) {
  return { id, pan_hash: hash, pan_sealed: sealed, pan_key_id: keyId };
}
