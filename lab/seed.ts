import type { Pan } from '../src/bank/bank.js';
import { systemClock } from '../src/clock.js';
import { openDatabase } from '../src/database/database.js';
import { languageCodes } from '../src/languages/catalogue.js';
import { CardSealer } from '../src/wallet/card-sealer.js';
import { MysqlWallet } from '../src/wallet/mysql-wallet.js';
import { labCards, labPhones } from './data.js';

/** What the seeds need of the lab's settings. */
export type SeedSettings = {
  readonly databaseUrl: string;
  /** Hexadecimal, 32 bytes each: the keys that the app will read the cards with. */
  readonly cardKey: string;
  readonly cardHashKey: string;
};

/**
 * Binds the lab's cards to the lab's phones and sets their languages. Safe to run again: it adds what is
 * missing and changes back only the languages.
 */
export async function seedWallet({ databaseUrl, cardKey, cardHashKey }: SeedSettings): Promise<void> {
  const database = openDatabase(databaseUrl, { poolSize: 1 });
  const wallet = new MysqlWallet({
    database,
    sealer: new CardSealer(Buffer.from(cardKey, 'hex'), Buffer.from(cardHashKey, 'hex')),
    clock: systemClock,
    languages: languageCodes,
    servedPrefixes: [],
  });
  try {
    for (const { phone, language, cards } of labPhones) {
      for (const pan of cards) {
        const expiry = labCards.find((card) => card.pan === pan)?.expiry;
        await wallet.bind(phone, { pan: pan as Pan, expiry });
      }
      if (language !== undefined) {
        await wallet.rememberLanguage(phone, language);
      }
    }
  } finally {
    await database.destroy();
  }
}
