import type { Money } from '../money.js';
import type { NoticeOutcome } from './consequences.js';

/** What a caller is to be told of one payment that has ended, or is being returned after all. */
export type Notice = {
  readonly id: string;
  readonly paymentId: string;
  readonly outcome: NoticeOutcome;
  /** Who paid, and is told. */
  readonly callerNumber: string;
  readonly service: string;
  /** The phone that was paid for. */
  readonly target: string;
  readonly amount: Money;
  readonly reference: string;
  /** How often its delivery was begun. */
  readonly attempts: number;
  readonly createdAt: Date;
};

/** Notices that were written with the end of their payment and wait to be delivered. */
export interface NoticeOutbox {
  /** Returns notices whose delivery should be tried now, oldest first. */
  due(now: Date, limit: number): Promise<readonly Notice[]>;
  /** Counts one more attempt; nobody else tries before `until`. False when another was quicker. */
  claim(notice: Notice, until: Date): Promise<boolean>;
  /** The notice needs no further attempt. */
  markDelivered(noticeId: string, at: Date): Promise<void>;
}

/** A way to tell callers. A notice may be delivered more than once, with the same id. */
export interface NoticeDelivery {
  /** Never rejects for what the receiving side does. */
  deliver(notice: Notice): Promise<'delivered' | 'failed'>;
}
