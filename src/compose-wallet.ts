import type { Bank } from './bank/bank.js';
import { type Clock, systemWait } from './clock.js';
import type { Config } from './config.js';
import type { Database } from './database/database.js';
import { languageCodes } from './languages/catalogue.js';
import type { Log } from './log.js';
import type { Metrics } from './operations/metrics.js';
import { worker } from './payment/worker.js';
import { CardSealer } from './wallet/card-sealer.js';
import { MysqlAttempts } from './wallet/mysql-attempts.js';
import { cardSubject, MysqlWallet } from './wallet/mysql-wallet.js';
import { PinDoor } from './wallet/pin-door.js';
import type { PinLimits } from './wallet/pin-limits.js';

const prunedEveryMs = 10 * 60_000;

type Composing = {
  readonly database: Database;
  readonly clock: Clock;
  readonly bank: Pick<Bank, 'purchase' | 'balance'>;
  /** What else is worthless after a while. */
  readonly others: readonly { readonly prune: () => Promise<number> }[];
};

/** Cards, who may still try their PINs, and the one way to try one. */
export function composeWallet(
  config: Config,
  log: Log,
  metrics: Metrics,
  { database, clock, bank, others }: Composing,
) {
  const attempts = new MysqlAttempts(database, clock);
  const limits: PinLimits = {
    perCard: config.PIN_TRIES,
    perCardFromStrangers: config.PIN_TRIES_OF_STRANGERS,
    perCaller: config.WRONG_PINS_PER_CALLER,
    windowMs: config.PIN_LOCK_MS,
    withheld: config.WRONG_PINS_WITHHELD,
    perPrefix: config.WRONG_PINS_PER_PREFIX,
    perPrefixBound: config.WRONG_PINS_PER_PREFIX_BOUND,
    crowdWindowMs: config.WRONG_PINS_WINDOW_MS,
    doubtMs: config.PIN_DOUBT_MS,
    patienceMs: pinPatienceMs,
  };
  const sealer = new CardSealer(
    Buffer.from(config.CARD_KEY.reveal(), 'hex'),
    Buffer.from(config.CARD_HASH_KEY.reveal(), 'hex'),
  );
  const wallet = new MysqlWallet({
    ...{ database, sealer, clock, locks: { attempts, limits } },
    languages: languageCodes,
    servedPrefixes: config.CARD_PREFIXES.split(','),
    prefixesWithoutCheckDigit: config.CARD_PREFIXES_WITHOUT_CHECK_DIGIT?.split(',') ?? [],
  });
  const pins = new PinDoor({
    ...{ bank, wallet, attempts, limits, clock, wait: systemWait, log },
    subjectOf: ({ pan }) => cardSubject(sealer.hash(pan)),
    onAlarm: metrics.pinAlarm,
    onRefusal: metrics.pinRefused,
  });
  const pruning = worker(
    async () =>
      Promise.all([attempts.prune(), wallet.pruneUnproven(), ...others.map(async (each) => each.prune())]),
    {
      ...{ pollMs: prunedEveryMs, wait: systemWait, log, name: 'pruning' },
    },
  );
  return { wallet, attempts, pins, pruning };
}

/** How long a call waits while other calls try PINs of the same card: as long as callers wait without a word. */
const pinPatienceMs = 10_000;
