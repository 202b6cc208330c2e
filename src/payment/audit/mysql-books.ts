import type { Transaction } from '../../database/database.js';
import { safeInteger } from '../../database/safe-integer.js';
import { currentAccountSql } from '../../ledger/account-names.js';
import { isLegal, terminalStates } from '../payment.js';
import type { Break, Invariant } from './break.js';

export type BooksCheck = {
  readonly now: Date;
  /** How long a payment may be unfinished before a person must know of it. */
  readonly limitMs: number;
  /** Where a terminal's day begins, in minutes east of UTC. */
  readonly utcOffsetMinutes: number;
};

/** A row of the version before has no `provider`. */
const providerSql = 'COALESCE(provider, carrier)';

type Found = { readonly paymentId: string | null; readonly detail: unknown };

/** A payment that is not, and will not be, of its order: nothing was taken, or it is given back. */
const undone = "('declined', 'reversed', 'late-reversing', 'late-reversed')";
/** The states after an approval that came when the payment was over. */
const late = "('late-reversing', 'late-reversed')";
const ends = terminalStates.map((state) => `'${state}'`).join(', ');

/** One question to the database: every row that it finds is a break. */
type Question = {
  readonly invariant: Invariant;
  readonly what: string;
  readonly sql: string;
  readonly values?: (check: BooksCheck) => (string | number | Date)[];
};

const questions: readonly Question[] = [
  {
    invariant: 'I1',
    what: 'a transfer does not balance',
    sql: `SELECT t.payment_id AS paymentId, CONCAT(e.transfer_id, ' ', e.layer, ' ', SUM(e.amount_minor)) AS detail
      FROM ledger_entries e LEFT JOIN ledger_transfers t ON t.id = e.transfer_id
      GROUP BY t.payment_id, e.transfer_id, e.layer, e.currency HAVING SUM(e.amount_minor) <> 0`,
  },
  {
    invariant: 'I1',
    what: 'entries without a transfer',
    sql: `SELECT NULL AS paymentId, e.transfer_id AS detail
      FROM ledger_entries e LEFT JOIN ledger_transfers t ON t.id = e.transfer_id
      WHERE t.id IS NULL GROUP BY e.transfer_id`,
  },
  {
    invariant: 'I1',
    what: 'a transfer without entries',
    sql: `SELECT t.payment_id AS paymentId, t.id AS detail
      FROM ledger_transfers t LEFT JOIN ledger_entries e ON e.transfer_id = t.id WHERE e.transfer_id IS NULL`,
  },
  {
    invariant: 'I2',
    what: 'a payment whose pending transfer is missing or not of its amount',
    sql: `SELECT p.id AS paymentId, COALESCE(SUM(e.amount_minor), 0) AS detail
      FROM payments p
      LEFT JOIN ledger_transfers t ON t.payment_id = p.id AND t.id = p.id AND t.kind = 'pending'
      LEFT JOIN ledger_entries e ON e.transfer_id = t.id AND e.amount_minor > 0 AND e.currency = p.currency
      GROUP BY p.id, p.amount_minor HAVING COALESCE(SUM(e.amount_minor), 0) <> p.amount_minor`,
  },
  {
    invariant: 'I2',
    what: 'a late approval whose pending transfer is missing or not of its amount, or one without a late approval',
    sql: `SELECT p.id AS paymentId, COALESCE(SUM(e.amount_minor), 0) AS detail
      FROM payments p
      LEFT JOIN ledger_transfers t ON t.payment_id = p.id AND t.id <> p.id AND t.kind = 'pending'
      LEFT JOIN ledger_entries e ON e.transfer_id = t.id AND e.amount_minor > 0 AND e.currency = p.currency
      GROUP BY p.id, p.amount_minor, p.state
      HAVING COALESCE(SUM(e.amount_minor), 0) <> CASE WHEN p.state IN ${late} THEN p.amount_minor ELSE 0 END`,
  },
  {
    invariant: 'I2',
    what: 'an ended transfer that still weighs on the pending balance of an account',
    sql: `SELECT t.payment_id AS paymentId, CONCAT(MIN(e.account), ' ', SUM(e.amount_minor)) AS detail
      FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id AND e.layer = 'pending'
      WHERE EXISTS (SELECT 1 FROM ledger_transfers ended WHERE ended.pending_id = COALESCE(t.pending_id, t.id))
      GROUP BY t.payment_id, ${currentAccountSql('e.account')}, e.currency HAVING SUM(e.amount_minor) <> 0`,
  },
  {
    invariant: 'I2',
    what: 'the ledger ended a payment otherwise than it ended',
    sql: `SELECT p.id AS paymentId, CONCAT(p.state, ' but ', COALESCE(t.kind, 'pending')) AS detail
      FROM payments p LEFT JOIN ledger_transfers t ON t.payment_id = p.id AND t.pending_id = p.id
      WHERE COALESCE(t.kind, 'pending') <> CASE
        WHEN p.state = 'completed' THEN 'posted'
        WHEN p.state IN ${undone} THEN 'voided'
        ELSE 'pending' END`,
  },
  {
    invariant: 'I2',
    what: 'the ledger ended a late approval otherwise than it ended',
    sql: `SELECT p.id AS paymentId, CONCAT(p.state, ' but ', COALESCE(t.kind, 'pending')) AS detail
      FROM payments p LEFT JOIN ledger_transfers t ON t.payment_id = p.id AND t.pending_id <> p.id
      WHERE COALESCE(t.kind, 'pending') <> CASE WHEN p.state = 'late-reversed' THEN 'voided' ELSE 'pending' END`,
  },
  {
    invariant: 'I2',
    what: 'a posted amount that is not the amount of the payment',
    sql: `SELECT p.id AS paymentId, SUM(e.amount_minor) AS detail
      FROM payments p JOIN ledger_transfers t ON t.payment_id = p.id AND t.kind = 'posted'
      LEFT JOIN ledger_entries e ON e.transfer_id = t.id AND e.layer = 'posted' AND e.amount_minor > 0
      GROUP BY p.id, p.amount_minor HAVING COALESCE(SUM(e.amount_minor), 0) <> p.amount_minor`,
  },
  {
    invariant: 'I2',
    what: 'a transfer of no payment',
    sql: `SELECT t.payment_id AS paymentId, t.id AS detail
      FROM ledger_transfers t LEFT JOIN payments p ON p.id = t.payment_id WHERE p.id IS NULL`,
  },
  {
    invariant: 'I4',
    what: 'a payment is unfinished, and no person knows',
    sql: `SELECT id AS paymentId, state AS detail FROM payments
      WHERE state NOT IN (${ends}) AND operator_since IS NULL AND created_at < ?`,
    values: ({ now, limitMs }) => [new Date(now.getTime() - limitMs)],
  },
  {
    invariant: 'I4',
    what: 'a payment is unfinished, and nobody will try again or look',
    sql: `SELECT id AS paymentId, state AS detail FROM payments
      WHERE state NOT IN (${ends}) AND operator_since IS NULL AND next_attempt_at IS NULL`,
  },
  {
    invariant: 'I5',
    what: 'the history does not lead to the state',
    sql: `SELECT p.id AS paymentId, p.state AS detail
      FROM payments p LEFT JOIN payment_transitions t ON t.payment_id = p.id AND t.to_state = p.state
      WHERE t.id IS NULL`,
  },
  {
    invariant: 'I5',
    what: 'the history goes on after the state',
    sql: `SELECT p.id AS paymentId, CONCAT(t.from_state, ' to ', t.to_state) AS detail
      FROM payments p JOIN payment_transitions t ON t.payment_id = p.id AND t.from_state = p.state`,
  },
  {
    invariant: 'I5',
    what: 'the history leaves one state twice',
    sql: `SELECT payment_id AS paymentId, from_state AS detail
      FROM payment_transitions GROUP BY payment_id, from_state HAVING COUNT(*) > 1`,
  },
  {
    invariant: 'I5',
    what: 'the history leaves a state that was never entered',
    sql: `SELECT t.payment_id AS paymentId, t.from_state AS detail
      FROM payment_transitions t LEFT JOIN payment_transitions before_it
        ON before_it.payment_id = t.payment_id AND before_it.to_state = t.from_state
      WHERE t.from_state <> 'created' AND before_it.id IS NULL`,
  },
  {
    invariant: 'I6',
    what: 'one delivery of a provider stands for several payments',
    sql: `SELECT MIN(id) AS paymentId, carrier_reference AS detail FROM payments
      WHERE carrier_reference IS NOT NULL GROUP BY ${providerSql}, carrier_reference HAVING COUNT(*) > 1`,
  },
  {
    invariant: 'I7',
    what: 'an RRN names several payments',
    sql: 'SELECT MIN(id) AS paymentId, rrn AS detail FROM payments GROUP BY rrn HAVING COUNT(*) > 1',
  },
  {
    invariant: 'I7',
    what: 'a STAN names several payments of a terminal and day',
    sql: `SELECT MIN(id) AS paymentId, CONCAT(terminal_id, ' ', stan) AS detail FROM payments
      GROUP BY terminal_id, stan, DATE(transmitted_at + INTERVAL ? MINUTE) HAVING COUNT(*) > 1`,
    values: ({ utcOffsetMinutes }) => [utcOffsetMinutes],
  },
  {
    invariant: 'I9',
    what: 'an end, or a return that began after one, without its notice',
    sql: `SELECT p.id AS paymentId, p.state AS detail
      FROM payments p LEFT JOIN notices n ON n.payment_id = p.id AND n.outcome = p.state
      WHERE p.state IN (${ends}, 'late-reversing') AND n.id IS NULL`,
  },
  {
    // Of a payment whose approval came late an earlier notice may have gone out: the one of its state corrects it.
    invariant: 'I9',
    what: 'a notice that contradicts the state',
    sql: `SELECT p.id AS paymentId, CONCAT(p.state, ' but ', n.outcome) AS detail
      FROM notices n JOIN payments p ON p.id = n.payment_id
      WHERE n.outcome <> p.state AND NOT (p.state IN ${late} AND n.outcome <> 'completed'
        AND (n.delivered_at IS NOT NULL OR n.withdrawn_at IS NOT NULL OR n.outcome = 'late-reversing'))`,
  },
  {
    invariant: 'I12',
    what: 'an order has several payments that took money or may',
    sql: `SELECT MIN(id) AS paymentId, CONCAT('order ', order_id, ', ', COUNT(*), ' payments') AS detail
      FROM payments WHERE order_id IS NOT NULL AND state NOT IN ${undone}
      GROUP BY order_id HAVING COUNT(*) > 1`,
  },
  {
    invariant: 'I12',
    what: 'an order is not as its payment is',
    sql: `SELECT o.payment_id AS paymentId,
        CONCAT('order ', o.id, ' ', o.state, ' but its payment ', COALESCE(p.state, 'none')) AS detail
      FROM orders o LEFT JOIN payments p ON p.id = o.payment_id AND p.order_id = o.id
      WHERE CASE
        WHEN p.state = 'completed' THEN o.state <> 'paid'
        WHEN p.state IN ${undone} OR o.payment_id IS NULL THEN o.state NOT IN ('open', 'cancelled')
        ELSE p.id IS NULL OR o.state <> 'paying' END`,
  },
  {
    invariant: 'I12',
    what: 'a payment that took money, or may, of an order that is of another payment',
    sql: `SELECT p.id AS paymentId, CONCAT('order ', p.order_id) AS detail
      FROM payments p LEFT JOIN orders o ON o.id = p.order_id AND o.payment_id = p.id
      WHERE p.order_id IS NOT NULL AND p.state NOT IN ${undone} AND o.id IS NULL`,
  },
  {
    invariant: 'I12',
    what: 'a payment of something else than its order',
    sql: `SELECT p.id AS paymentId, CONCAT('order ', o.id) AS detail
      FROM payments p JOIN orders o ON o.id = p.order_id
      WHERE p.amount_minor <> o.amount_minor OR p.currency <> o.currency OR p.service <> o.service
        OR p.target <> o.target`,
  },
];

/** Asks the database everything that can be asked without the bank's and the providers' own books. */
export async function checkBooks(transaction: Transaction, check: BooksCheck): Promise<Break[]> {
  const breaks: Break[] = [];
  for (const { invariant, what, sql, values } of questions) {
    const [rows] = (await transaction.raw(sql, values?.(check) ?? [])) as [Found[]];
    breaks.push(
      ...rows.map(({ paymentId, detail }) => ({
        invariant,
        paymentId: paymentId ?? undefined,
        what: `${what}: ${String(detail)}`,
      })),
    );
  }
  return [...breaks, ...(await illegalEdges(transaction))];
}

async function illegalEdges(transaction: Transaction): Promise<Break[]> {
  const used = await transaction('payment_transitions')
    .groupBy('from_state', 'to_state')
    .select<{ from: string; to: string; first: string }[]>(
      'from_state as from',
      'to_state as to',
      transaction.raw('MIN(payment_id) AS first'),
    );
  return used
    .filter(({ from, to }) => !isLegal(from, to))
    .map(({ from, to, first }) => ({
      invariant: 'I5' as const,
      paymentId: first,
      what: `an illegal change of state: ${from} to ${to}`,
    }));
}

/** A payment as far as other people's books can be compared with it. */
export type ComparedPayment = {
  readonly id: string;
  readonly rrn: string;
  readonly terminalId: string;
  readonly stan: number;
  readonly provider: string;
  readonly state: string;
  readonly amountMinor: number;
  readonly transmittedAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly operatorSince: Date | null;
};

/** Returns every payment since a time. */
export async function paymentsSince(transaction: Transaction, since: Date): Promise<ComparedPayment[]> {
  const rows = await transaction('payments')
    .where('created_at', '>=', since)
    .select<(Omit<ComparedPayment, 'amountMinor'> & { amount: unknown })[]>(
      'id',
      'rrn',
      'terminal_id as terminalId',
      'stan',
      'state',
      'amount_minor as amount',
      'transmitted_at as transmittedAt',
      'created_at as createdAt',
      'updated_at as updatedAt',
      'operator_since as operatorSince',
      transaction.raw(`${providerSql} AS provider`),
    );
  return rows.map(({ amount, ...payment }) => ({ ...payment, amountMinor: safeInteger(amount) }));
}
