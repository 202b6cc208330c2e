import { v7 as uuidV7 } from 'uuid';
import type { Bank, Pan } from '../../src/bank/bank.js';
import { yuan } from '../../src/money.js';
import { BackgroundWork } from '../../src/payment/background-work.js';
import type { PaymentParts } from '../../src/payment/payment-parts.js';
import type { PaymentPolicy } from '../../src/payment/payment-policy.js';
import { paymentPolicy } from '../../src/payment/payment-policy.js';
import type { PaymentStore } from '../../src/payment/payment-store.js';
import type { PaymentRequest } from '../../src/payment/take-payment.js';
import type { Provider } from '../../src/provider/provider.js';
import { ProviderRegistry } from '../../src/provider/provider-registry.js';
import { Secret } from '../../src/secret.js';
import type { PinLimits } from '../../src/wallet/pin-limits.js';
import type { Wallet } from '../../src/wallet/wallet.js';
import { FakeAttempts } from './fake-attempts.js';
import { FakeBank } from './fake-bank.js';
import { FakeCarrier } from './fake-carrier.js';
import { FakeClock } from './fake-clock.js';
import { FakePaymentStore } from './fake-payment-store.js';
import { pinDoor } from './pin-door.js';
import { silentLog } from './silent-log.js';

export const pan = '6222020200112233446' as Pan;
const rightPin = '135790';

/** A store, a bank and a carrier that payments are taken in, and what is needed to look into them. */
export type PaymentWorld<S extends PaymentStore> = {
  readonly clock: FakeClock;
  readonly bank: FakeBank;
  readonly carrier: FakeCarrier;
  readonly store: S;
  readonly attempts: FakeAttempts;
  /** The parts of a process; each call is another process, or the same one restarted. */
  readonly process: (of?: ProcessOptions) => PaymentParts;
};

export type ProcessOptions = {
  readonly node?: string;
  readonly policy?: Partial<PaymentPolicy>;
  readonly store?: PaymentStore;
  readonly bank?: Bank;
  /** Instead of the carrier alone. */
  readonly providers?: readonly Provider[];
  readonly providerOf?: PaymentParts['providerOf'];
  readonly tellsPayer?: PaymentParts['tellsPayer'];
  /** Whose cards PINs are tried of; by default every card is bound to every phone, and no try is missing. */
  readonly wallet?: Wallet;
  readonly pinLimits?: Partial<PinLimits>;
  readonly log?: PaymentParts['log'];
};

let incarnations = 0;

/** Returns a world around a store: a card with 1,000.00, a carrier that accepts, a clock that stands still. */
export function paymentWorld<S extends PaymentStore>(
  store: S,
  balanceMinor = 100_000,
  clock = new FakeClock(),
): PaymentWorld<S> {
  const bank = new FakeBank({
    cards: [{ pan, pin: rightPin, balanceMinor }],
    clock,
  });
  const carrier = new FakeCarrier();
  const attempts = new FakeAttempts(clock);
  return {
    attempts,
    clock,
    bank,
    carrier,
    store,
    process: (of = {}) => {
      incarnations += 1;
      const log = of.log ?? silentLog;
      return {
        store: of.store ?? store,
        bank: of.bank ?? bank,
        providers: new ProviderRegistry(of.providers ?? [carrier]),
        pins: pinDoor({
          ...{ bank: of.bank ?? bank, attempts, clock, wait: clock.wait, log },
          limits: { ...(of.wallet === undefined && { perCard: 1_000 }), ...of.pinLimits },
          ...(of.wallet !== undefined && { wallet: of.wallet }),
        }),
        bankCard: async () => ({ pan }),
        policy: paymentPolicy({ bankAnswerTimeoutMs: 30_000, providerTimeoutMs: 5_000 }, of.policy),
        clock,
        wait: clock.wait,
        log,
        background: new BackgroundWork(log),
        node: of.node ?? 'node-1',
        incarnation: String(incarnations),
        bankName: 'unionpay',
        providerOf: of.providerOf ?? (() => carrier.id),
        tellsPayer: of.tellsPayer,
        newId: uuidV7,
      };
    },
  };
}

/** A world in memory. */
export function memoryWorld(): PaymentWorld<FakePaymentStore> {
  return paymentWorld(new FakePaymentStore());
}

/** A recharge of 50 yuan by 13800138000 with the right PIN, but where it is said otherwise. */
export function recharge({
  pin = rightPin,
  ...other
}: { pin?: string } & Partial<Omit<PaymentRequest, 'pin'>> = {}): PaymentRequest {
  return {
    callId: uuidV7(),
    callerNumber: '13800138000',
    service: 'recharge',
    subject: '13800138000',
    details: { phone: '13800138000' },
    amount: yuan(50),
    cardId: 'card-1',
    card: { pan },
    ...other,
    pin: new Secret('card-pin', Buffer.from(pin)),
  };
}
