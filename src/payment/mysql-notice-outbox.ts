import type { Database } from '../database/database.js';
import { safeInteger } from '../database/safe-integer.js';
import type { Currency } from '../money.js';
import { money } from '../money.js';
import type { NoticeOutcome } from './consequences.js';
import type { Notice, NoticeOutbox } from './notice.js';

type NoticeRow = {
  id: string;
  payment_id: string;
  outcome: string;
  attempts: number;
  created_at: Date;
  caller_number: string;
  service: string;
  target: string;
  amount_minor: unknown;
  currency: string;
  rrn: string;
};

/** The outbox in MySQL; its rows are written by the payment store. */
export class MysqlNoticeOutbox implements NoticeOutbox {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async due(now: Date, limit: number): Promise<readonly Notice[]> {
    const rows = await this.#database('notices')
      .join('payments', 'payments.id', 'notices.payment_id')
      .where('notices.next_attempt_at', '<=', now)
      .orderBy(['notices.next_attempt_at', 'notices.id'])
      .limit(limit)
      .select<NoticeRow[]>(
        'notices.id',
        'notices.payment_id',
        'notices.outcome',
        'notices.attempts',
        'notices.created_at',
        'payments.caller_number',
        'payments.service',
        'payments.target',
        'payments.amount_minor',
        'payments.currency',
        'payments.rrn',
      );
    return rows.map((row) => ({
      id: row.id,
      paymentId: row.payment_id,
      outcome: row.outcome as NoticeOutcome,
      callerNumber: row.caller_number,
      service: row.service,
      target: row.target,
      amount: money(safeInteger(row.amount_minor), row.currency as Currency),
      reference: row.rrn.slice(-6),
      attempts: row.attempts,
      createdAt: row.created_at,
    }));
  }

  async claim({ id, attempts }: Notice, until: Date): Promise<boolean> {
    // The number of attempts is the epoch of the claim: the second of two finds it gone.
    const rows = await this.#database('notices')
      .where({ id, attempts })
      .whereNotNull('next_attempt_at')
      .update({ attempts: attempts + 1, next_attempt_at: until });
    return rows === 1;
  }

  async markDelivered(noticeId: string, at: Date): Promise<void> {
    await this.#database('notices')
      .where({ id: noticeId })
      .update({ delivered_at: at, next_attempt_at: null });
  }
}
