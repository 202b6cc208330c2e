import type { PaymentResult } from '../../src/payment/take-payment.js';

/** What a process does to itself at a point: it dies, or stands still until someone wakes it. */
export type Doom = 'kill' | 'freeze';

/** One payment for the process under test to take. */
export type PayCommand = {
  readonly do: 'pay';
  readonly callId: string;
  readonly callerNumber: string;
  readonly service: string;
  readonly phone: string;
  readonly amountMinor: number;
  readonly cardId: string;
  readonly pan: string;
  readonly pin: string;
  /** Where it is to be delivered, when that is not the carrier. */
  readonly provider?: string | undefined;
  /** The prepared order that it pays. */
  readonly orderId?: string | undefined;
};

/** What the process under test is told, one JSON object a line. */
export type Command =
  | PayCommand
  /** Counts the points anew; at number `point` (0: never) it meets its doom. */
  | { readonly do: 'arm'; readonly point: number; readonly doom: Doom; readonly graceMs: number }
  /** Its wall clock is so far from the machine's from now on. */
  | { readonly do: 'clock'; readonly shiftMs: number }
  /** Asks for the names of the points that were passed since it was armed. */
  | { readonly do: 'points' };

/** What the process under test says, one JSON object a line. */
export type Report =
  | { readonly say: 'ready' }
  /** What the caller heard. */
  | { readonly say: 'told'; readonly callId: string; readonly outcome: PaymentResult['outcome'] }
  /** The caller has heard the end of it. `isWritten`: so it is no news any more; otherwise it could not be written. */
  | { readonly say: 'heard'; readonly callId: string; readonly isWritten: boolean }
  /** The last word before its doom. */
  | { readonly say: 'reached'; readonly point: number; readonly name: string }
  | { readonly say: 'points'; readonly names: readonly string[] }
  /** The database chose one of its transactions to end a deadlock. */
  | { readonly say: 'deadlock' };
