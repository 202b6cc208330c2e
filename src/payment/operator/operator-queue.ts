import type { Transfer } from '../../ledger/ledger.js';
import type { Payment } from '../payment.js';

/** A payment that a person must look at, and what was last written of it. */
export type QueuedPayment = { readonly payment: Payment; readonly lastReason: string | undefined };

/** A difference that a reconciliation found and nobody has explained yet. */
export type OpenBreak = {
  readonly id: string;
  readonly day: string;
  readonly party: string;
  readonly kind: string;
  readonly paymentId: string | undefined;
  readonly detail: string;
  readonly foundAt: Date;
};

/** Everything that is known of one payment. */
export type PaymentPage = {
  readonly payment: Payment;
  readonly transitions: readonly {
    readonly from: string;
    readonly to: string;
    readonly reason: string | undefined;
    readonly at: Date;
  }[];
  readonly transfers: readonly Transfer[];
  /** The conversation with the bank under its RRN, masked. */
  readonly bankMessages: readonly {
    readonly at: Date;
    readonly direction: string;
    readonly mti: string;
    readonly result: string;
    readonly description: string;
  }[];
  readonly notices: readonly {
    readonly outcome: string;
    readonly createdAt: Date;
    readonly deliveredAt: Date | undefined;
    /** It had not gone out when it was no longer true. */
    readonly withdrawnAt: Date | undefined;
    readonly attempts: number;
  }[];
  /** What people did to it. */
  readonly acts: readonly {
    readonly act: string;
    readonly by: string;
    readonly reason: string;
    readonly at: Date;
  }[];
  readonly openBreaks: readonly OpenBreak[];
};

/** What a person on duty reads. */
export interface OperatorQueue {
  /** Payments that a person must look at, the longest-waiting first. */
  payments(): Promise<readonly QueuedPayment[]>;
  /** Differences with other parties' books that nobody has explained, the oldest first. */
  openBreaks(): Promise<readonly OpenBreak[]>;
  /** Returns the page of one payment, by its id or its RRN. */
  page(idOrRrn: string): Promise<PaymentPage | undefined>;
}
