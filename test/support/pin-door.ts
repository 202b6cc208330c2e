import type { Bank, BankCard } from '../../src/bank/bank.js';
import type { Clock } from '../../src/clock.js';
import type { Log } from '../../src/log.js';
import type { AttemptScope, Attempts } from '../../src/wallet/attempts.js';
import { PinDoor } from '../../src/wallet/pin-door.js';
import type { PinLimits } from '../../src/wallet/pin-limits.js';
import type { Wallet } from '../../src/wallet/wallet.js';
import { fakePinLimits, fakeSubjectOf } from './fake-wallet.js';
import { silentLog } from './silent-log.js';

/** The limits of a system that nobody has set otherwise. */
const usualPinLimits: PinLimits = {
  ...fakePinLimits,
  perCaller: 5,
  windowMs: 86_400_000,
  withheld: 5,
  perPrefix: 30,
  perPrefixBound: 300,
  crowdWindowMs: 3_600_000,
  doubtMs: 1_800_000,
  patienceMs: 10_000,
};

/** A wallet whose cards are bound to every phone, for tests that are not about wallets. */
const everyPhonesWallet: Pick<Wallet, 'isBound' | 'keepUnproven' | 'prove'> = {
  isBound: async () => true,
  keepUnproven: async ({ cardId }) => cardId,
  prove: async () => undefined,
};

/** Returns the door of a test's world. */
export function pinDoor(options: {
  readonly bank: Pick<Bank, 'purchase' | 'balance'>;
  readonly attempts: Attempts;
  readonly clock: Clock;
  readonly wait: (ms: number) => Promise<void>;
  readonly wallet?: Pick<Wallet, 'isBound' | 'keepUnproven' | 'prove'>;
  readonly limits?: Partial<PinLimits>;
  readonly log?: Log;
  readonly subjectOf?: (card: BankCard) => string;
  readonly onAlarm?: (scope: AttemptScope) => void;
  readonly onRefusal?: (scope: AttemptScope) => void;
}): PinDoor {
  const { limits, ...given } = options;
  return new PinDoor({
    ...{ wallet: everyPhonesWallet, log: silentLog, subjectOf: fakeSubjectOf },
    ...{ onAlarm: () => undefined, onRefusal: () => undefined },
    ...given,
    limits: { ...usualPinLimits, ...limits },
  });
}
