import { v7 as uuidv7 } from 'uuid';
import type { BankCard, Pan } from '../bank/bank.js';
import type { Clock } from '../clock.js';
import type { Database } from '../database/database.js';
import { inTransaction } from '../database/transaction.js';
import type { Secret } from '../secret.js';
import { parseCardNumber } from './card-number.js';
import type { CardSealer } from './card-sealer.js';
import type { ChosenLanguage, ChosenPace, Preferences, Wallet, WalletCard } from './wallet.js';

export type MysqlWalletOptions = {
  readonly database: Database;
  readonly sealer: CardSealer;
  readonly clock: Clock;
  /** Leading digits of the cards that are served. */
  readonly servedPrefixes: readonly string[];
  /** So many wrong PINs in a row lock a card … */
  readonly pinTries: number;
  /** … for so long. */
  readonly pinLockMs: number;
};

type CardRow = {
  id: string;
  pan_sealed: Buffer;
  pan_key_id: string;
  last_four: string;
  expiry: string | null;
  wrong_pins: number;
  locked_until: Date | null;
};

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
      language: row?.language === 'en' || row?.language === 'zh' ? row.language : undefined,
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
    return rows.map((row) => this.#toCard(row));
  }

  async admitCardNumber(number: Secret): Promise<WalletCard | undefined> {
    const pan = number.open((digits) =>
      parseCardNumber(digits.toString('ascii'), this.#options.servedPrefixes),
    );
    return pan && this.#toCard(await this.#admit({ pan }));
  }

  async bankCard(cardId: string): Promise<BankCard> {
    const row = await this.#options.database<CardRow>('cards').where({ id: cardId }).first();
    if (row === undefined) {
      throw new Error('no such card');
    }
    return {
      pan: this.#options.sealer.open(row.pan_sealed, row.pan_key_id),
      ...(row.expiry !== null && { expiry: row.expiry }),
    };
  }

  async countWrongPin(cardId: string): Promise<number> {
    const { database, clock, pinTries, pinLockMs } = this.#options;
    return inTransaction(database, async (transaction) => {
      // Locked, because two calls may be trying the same card at this moment.
      const row = await transaction<CardRow>('cards').where({ id: cardId }).forUpdate().first();
      if (row === undefined) {
        throw new Error('no such card');
      }
      const lockIsOver = row.locked_until !== null && row.locked_until <= clock.now();
      const wrongPins = (lockIsOver ? 0 : row.wrong_pins) + 1;
      const lockedUntil = wrongPins >= pinTries ? new Date(clock.now().getTime() + pinLockMs) : null;
      await transaction('cards')
        .where({ id: cardId })
        .update({ wrong_pins: wrongPins, locked_until: lockedUntil });
      return Math.max(0, pinTries - wrongPins);
    });
  }

  async clearWrongPins(cardId: string): Promise<void> {
    // The condition spares the write, and its commit, of every card that has nothing to clear.
    await this.#options
      .database('cards')
      .where({ id: cardId })
      .where('wrong_pins', '>', 0)
      .update({ wrong_pins: 0, locked_until: null });
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

  async #rowByPan(pan: Pan): Promise<CardRow | undefined> {
    return this.#options
      .database<CardRow & { pan_hash: Buffer }>('cards')
      .where({ pan_hash: this.#options.sealer.hash(pan) })
      .first();
  }

  async #admit(card: BankCard): Promise<CardRow> {
    const { database, sealer, clock } = this.#options;
    const known = await this.#rowByPan(card.pan);
    if (known !== undefined) {
      return known;
    }
    const { sealed, keyId, hash } = sealer.seal(card.pan);
    await database('cards')
      .insert({
        id: uuidv7(),
        pan_hash: hash,
        pan_sealed: sealed,
        pan_key_id: keyId,
        last_four: card.pan.slice(-4),
        expiry: card.expiry ?? null,
        created_at: clock.now(),
      })
      // Another call may have keyed the same card at the same moment.
      .onConflict('pan_hash')
      .ignore();
    const row = await this.#rowByPan(card.pan);
    if (row === undefined) {
      throw new Error('a card that was just stored cannot be found');
    }
    return row;
  }

  #toCard(row: CardRow): WalletCard {
    const locked = row.locked_until !== null && row.locked_until > this.#options.clock.now();
    return { cardId: row.id, lastFour: row.last_four, locked };
  }
}
