/** What is asked of the table of payments so that a caller is told of them, or asked. */
import type { Database } from '../database/database.js';
import { type PaymentRow, toPayment } from './mysql-payment-row.js';
import { type Payment, terminalStates } from './payment.js';
import type { DueNews, PaymentStore, SamePayment } from './payment-store.js';

/** A node that has given no sign of life for so long is gone, and its calls with it: twice what terminals wait for. */
const nodeIsGoneAfterSeconds = 60;

/** Returns the latest payment for the same thing by this caller, in this call, or by this card. */
export async function findSamePayment(
  database: Database,
  { callId, cardId, callerNumber, service, target, amount, since }: SamePayment,
): Promise<Payment | undefined> {
  const by = (where: Partial<PaymentRow>) =>
    database('payments')
      .where({ ...where, service, target, amount_minor: amount.amountMinor, currency: amount.currency })
      .where('created_at', '>=', since)
      .whereNotIn('state', ['declined', 'reversed'])
      .orderBy('created_at', 'desc')
      .first<PaymentRow | undefined>('*');
  // One look-up for each index: MySQL would read the table for an OR of them.
  const found = await Promise.all([
    by({ card_id: cardId }),
    by({ call_id: callId }),
    ...(callerNumber === '' ? [] : [by({ caller_number: callerNumber })]),
  ]);
  return found
    .flatMap((row) => (row === undefined ? [] : [toPayment(row)]))
    .toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
    .at(-1);
}

/** Returns the payments of a caller whose end must be told, oldest first, and whether their own calls go on. */
export async function findDueNews(database: Database, callerNumber: string): Promise<readonly DueNews[]> {
  const isLive = database('bank_terminals')
    .whereRaw('bank_terminals.node = calls.application')
    .whereRaw('seen_at >= NOW(3) - INTERVAL ? SECOND', [nodeIsGoneAfterSeconds]);
  const rows = await database('payments')
    .leftJoin('calls', (join) => {
      void join.on('calls.id', 'payments.call_id').andOnNull('calls.ended_at');
    })
    .where({ 'payments.caller_number': callerNumber, news_due: 1 })
    .orderBy('payments.id')
    .select<(PaymentRow & { open_call: string | null; lives: number })[]>(
      'payments.*',
      'calls.id as open_call',
      database.raw('EXISTS(?) AS lives', [isLive.select(database.raw('1'))]),
    );
  return rows.map((row) => ({
    ...toPayment(row),
    isCallOpen: row.open_call !== null && row.lives === 1,
    timesTold: row.news_told,
  }));
}

/** Counts that somebody was told how these payments ended; after so many times it is news no more. */
export async function countAsTold(
  database: Database,
  ids: readonly string[],
  { at, countedBefore, times }: Parameters<PaymentStore['countTold']>[1],
): Promise<void> {
  // MySQL assigns from left to right: what is read stands before what changes it, which suits every engine.
  await database.raw(
    `UPDATE payments
        SET news_due = CASE WHEN news_told + 1 >= ? THEN 0 ELSE news_due END,
            news_told = news_told + 1,
            news_told_at = ?
      WHERE id IN (?) AND state IN (?) AND (news_told_at IS NULL OR news_told_at <= ?)`,
    [times, at, [...ids], [...terminalStates], countedBefore],
  );
}
