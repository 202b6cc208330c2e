import type { Database } from '../../database/database.js';
import type { LedgerStore } from '../../ledger/ledger-store.js';
import type { PaymentRow } from '../mysql-payment-row.js';
import { toPayment } from '../mysql-payment-row.js';
import { terminalStates } from '../payment.js';
import type { OpenBreak, OperatorQueue, PaymentPage, QueuedPayment } from './operator-queue.js';

type TransitionRow = { from_state: string; to_state: string; reason: string | null; at: Date };
type BankMessageRow = {
  created_at: Date;
  direction: string;
  mti: string;
  result: string;
  description: string;
};
type NoticeRow = {
  outcome: string;
  created_at: Date;
  delivered_at: Date | null;
  withdrawn_at: Date | null;
  attempts: number;
};
type ActRow = { act: string; by_name: string; reason: string; at: Date };
type BreakRow = {
  id: string;
  day: string;
  party: string;
  kind: string;
  payment_id: string | null;
  detail: string;
  found_at: Date;
};

/** As many of a queue as a person reads; the oldest come first, so none is passed over. */
const longestList = 500;

/** The operator's queue, read from MySQL. */
export class MysqlOperatorQueue implements OperatorQueue {
  readonly #database: Database;
  readonly #ledger: LedgerStore;

  constructor(database: Database, ledger: LedgerStore) {
    this.#database = database;
    this.#ledger = ledger;
  }

  async payments(): Promise<readonly QueuedPayment[]> {
    const rows = await this.#database('payments')
      .whereNotNull('operator_since')
      .whereNotIn('state', terminalStates)
      .orderBy(['operator_since', 'id'])
      .limit(longestList)
      .select<PaymentRow[]>('*');
    const reasons = await this.#database('payment_transitions')
      .whereIn(
        'payment_id',
        rows.map(({ id }) => id),
      )
      .whereNotNull('reason')
      .orderBy(['at', 'id'])
      .select<{ payment_id: string; reason: string }[]>('payment_id', 'reason');
    // Of several reasons of a payment the last stays.
    const last = new Map(reasons.map(({ payment_id, reason }) => [payment_id, reason]));
    return rows.map((row) => ({ payment: toPayment(row), lastReason: last.get(row.id) }));
  }

  async openBreaks(): Promise<readonly OpenBreak[]> {
    return this.#breaks({});
  }

  async page(idOrRrn: string): Promise<PaymentPage | undefined> {
    const row = await this.#database('payments')
      .where({ id: idOrRrn })
      .orWhere({ rrn: idOrRrn })
      .first<PaymentRow | undefined>('*');
    if (row === undefined) {
      return undefined;
    }
    const ofPayment = { payment_id: row.id };
    const transitions = await this.#database('payment_transitions')
      .where(ofPayment)
      .orderBy(['at', 'id'])
      .select<TransitionRow[]>('from_state', 'to_state', 'reason', 'at');
    const bankMessages = await this.#database('bank_messages')
      .where({ rrn: row.rrn })
      .orderBy(['created_at', 'id'])
      .select<BankMessageRow[]>('created_at', 'direction', 'mti', 'result', 'description');
    const notices = await this.#database('notices')
      .where(ofPayment)
      .orderBy('created_at')
      .select<NoticeRow[]>('outcome', 'created_at', 'delivered_at', 'withdrawn_at', 'attempts');
    const acts = await this.#database('operator_acts')
      .where(ofPayment)
      .orderBy(['at', 'id'])
      .select<ActRow[]>('act', 'by_name', 'reason', 'at');
    return {
      payment: toPayment(row),
      transitions: transitions.map(({ from_state, to_state, reason, at }) => ({
        from: from_state,
        to: to_state,
        reason: reason ?? undefined,
        at,
      })),
      transfers: await this.#ledger.transfersOf(row.id),
      bankMessages: bankMessages.map(({ created_at, ...message }) => ({ at: created_at, ...message })),
      notices: notices.map(({ outcome, created_at, delivered_at, withdrawn_at, attempts }) => ({
        outcome,
        createdAt: created_at,
        deliveredAt: delivered_at ?? undefined,
        withdrawnAt: withdrawn_at ?? undefined,
        attempts,
      })),
      acts: acts.map(({ by_name, ...act }) => ({ by: by_name, ...act })),
      openBreaks: await this.#breaks(ofPayment),
    };
  }

  async #breaks(where: { payment_id?: string }): Promise<readonly OpenBreak[]> {
    const rows = await this.#database('reconciliation_breaks')
      .where(where)
      .whereNull('closed_at')
      .orderBy(['found_at', 'id'])
      .limit(longestList)
      .select<BreakRow[]>('id', 'day', 'party', 'kind', 'payment_id', 'detail', 'found_at');
    return rows.map(({ payment_id, found_at, ...row }) => ({
      ...row,
      paymentId: payment_id ?? undefined,
      foundAt: found_at,
    }));
  }
}
