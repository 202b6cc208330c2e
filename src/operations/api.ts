import type { CallCentre } from '../call/call-centre.js';
import type { CallRecords } from '../call-log/call-records.js';
import type { Clock } from '../clock.js';
import type { OperatorQueue } from '../payment/operator/operator-queue.js';
import type { OrderStore } from '../payment/orders/order.js';
import type { PaymentSessions } from '../session/payment-sessions.js';
import type { ApiReads } from './api-reads.js';
import type { EventStreams } from './event-streams.js';

/** What the API's routes work with: ports, and the settings they need. */
export type Api = {
  readonly sessions: PaymentSessions;
  /** Undefined: it is not configured. */
  readonly callCentre: Pick<CallCentre, 'available' | 'conversations'> | undefined;
  readonly orders: OrderStore;
  readonly payments: Pick<OperatorQueue, 'page'>;
  readonly callRecords: CallRecords;
  readonly reads: ApiReads;
  readonly clock: Clock;
  readonly streams: EventStreams;
  readonly settings: {
    /** The most that one payment may be, in minor units. */
    readonly limitPerPaymentMinor: number;
    readonly orderLifetimeMs: number;
    /** Where the day of a list begins, in minutes east of UTC. */
    readonly utcOffsetMinutes: number;
  };
};
