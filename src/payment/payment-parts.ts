import type { BankCard, BankWithoutPin } from '../bank/bank.js';
import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { Details } from '../provider/provider.js';
import type { ProviderRegistry } from '../provider/provider-registry.js';
import type { PinDoor } from '../wallet/pin-door.js';
import type { BackgroundWork } from './background-work.js';
import type { PaymentPolicy } from './payment-policy.js';
import type { PaymentStore } from './payment-store.js';

/** What must not happen at a bank, and what a person must know of. */
type PaymentAlarm =
  /** The bank approved a payment after it had ended as not taken: its debit stood, and is reversed once more. */
  | 'late-approval'
  /** The bank does not find a purchase that it approved. */
  | 'no-original';

/** What payments are made with. */
export type PaymentParts = {
  readonly store: PaymentStore;
  /** Whatever needs no PIN. With one, the bank is asked through `pins` only. */
  readonly bank: BankWithoutPin;
  readonly pins: Pick<PinDoor, 'reserve'>;
  /** The providers that this process knows; payments of others are left to other processes. */
  readonly providers: ProviderRegistry;
  /** What the bank must be told of a card that the wallet knows by this id. */
  readonly bankCard: (cardId: string) => Promise<BankCard>;
  readonly policy: PaymentPolicy;
  readonly clock: Clock;
  /** Resolves after so many milliseconds, or as soon as the signal is aborted; never rejects. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly log: Log;
  /** Called for what must reach a person beside the operator's queue. */
  readonly onAlarm?: ((alarm: PaymentAlarm) => void) | undefined;
  /** What goes on after the caller was answered; wait for it before the process ends. */
  readonly background: BackgroundWork;
  /** Names this process and its later incarnations, and no other that runs at the same time. No slash. */
  readonly node: string;
  /** Tells this process from its earlier incarnations: a few random characters. */
  readonly incarnation: string;
  /** The name of the bank in the ledger. */
  readonly bankName: string;
  /** Returns the id of the provider that delivers what is asked for. */
  readonly providerOf: (request: { readonly service: string; readonly subject: string }) => string;
  /** False: the provider is not told whose phone pays. Everybody's is told where this is left out. */
  readonly tellsPayer?:
    | ((payment: { readonly service: string; readonly details: Details }) => boolean)
    | undefined;
  /** Returns a UUIDv7. */
  readonly newId: () => string;
};

/** Returns the time so many milliseconds from now. */
export function inMs({ clock }: Pick<PaymentParts, 'clock'>, ms: number): Date {
  return new Date(clock.now().getTime() + ms);
}

/** Returns the name under which this process holds leases. */
export function ownerOf({ node, incarnation }: Pick<PaymentParts, 'node' | 'incarnation'>): string {
  return `${node}/${incarnation}`;
}
