import { v7 as uuidV7 } from 'uuid';
import type { Database, Transaction } from '../database/database.js';
import { isDuplicateKey } from '../database/database-error.js';
import { safeInteger } from '../database/safe-integer.js';
import { CommitUnknown, inTransaction } from '../database/transaction.js';
import type { MysqlLedgerStore } from '../ledger/mysql-ledger-store.js';
import { isCorrection, isNoNews, noticesOf, orderAfter, transfersOf } from './consequences.js';
import type { PaymentRow } from './mysql-payment-row.js';
import { asBegun, factColumns, toPayment, toRow } from './mysql-payment-row.js';
import { countAsTold, findDueNews, findSamePayment } from './mysql-payment-updates.js';
import { moveOrder, takeOrder } from './orders/mysql-paid-order.js';
import type { Lease, Payment } from './payment.js';
import { edge, terminalStates } from './payment.js';
import type {
  Approval,
  Change,
  DueNews,
  DueQuery,
  NewPayment,
  OperatorAct,
  Path,
  PaymentStore,
  SamePayment,
  Spent,
} from './payment-store.js';
import { leaseOwnerOf, stepsWithoutBank } from './payment-store.js';

/** How often a change is made sure of when the answer to its COMMIT was lost. */
const commitTries = 3;

/** A STAN names one message of its terminal for a day. */
const traceDayMs = 86_400_000;

const beginning: Path = [edge('created', 'authorising')];

/** Ends the transaction of a payment that could not have its order. */
class OrderClosed extends Error {}

/**
 * Payments in MySQL. Every change is a conditional UPDATE whose row count decides. A transaction locks the
 * row of one payment, then the row of its order, and nothing in another order: so none waits in a circle.
 */
export class MysqlPaymentStore implements PaymentStore {
  readonly #database: Database;
  readonly #ledger: MysqlLedgerStore;
  readonly #newId: () => string;

  constructor(database: Database, ledger: MysqlLedgerStore, newId: () => string = uuidV7) {
    this.#database = database;
    this.#ledger = ledger;
    this.#newId = newId;
  }

  async begin(payment: NewPayment): Promise<Payment | 'order-closed'> {
    try {
      await this.#surely(async (transaction) => {
        await transaction('payments').insert(toRow(payment));
        if (!(await takeOrder(transaction, payment))) {
          throw new OrderClosed('the order of a payment cannot be paid');
        }
        await this.#writeConsequences(transaction, payment, beginning, payment.at, undefined);
      });
    } catch (error) {
      if (error instanceof OrderClosed) {
        return 'order-closed';
      }
      if (!isDuplicateKey(error)) {
        throw error;
      }
      const stored = await this.find(payment.id);
      if (
        stored?.trace.rrn !== payment.trace.rrn ||
        stored.orderId !== payment.orderId ||
        stored.amount.amountMinor !== payment.amount.amountMinor
      ) {
        throw error;
      }
      return stored;
    }
    return asBegun(payment);
  }

  async change(change: Change): Promise<Payment | 'lost'> {
    const { payment, path, at, facts = {}, act } = change;
    const to = path[path.length - 1]?.to ?? payment.state;
    const lease = leaseAfter(payment, act);
    const changed = await this.#surely(async (transaction) => {
      const rows = await transaction('payments')
        .where({ id: payment.id, state: path[0].from, lease_epoch: payment.lease.epoch })
        .where((mayChange) => {
          if (change.unlessApproved === true) {
            void mayChange.whereNull('bank_approved_at');
          }
        })
        .update({
          state: to,
          updated_at: at,
          next_attempt_at: change.nextAttemptAt ?? null,
          ...(act !== undefined && { lease_owner: lease.owner, lease_epoch: lease.epoch }),
          ...(change.attempts !== undefined && { attempts: change.attempts }),
          ...(isNoNews(path) && { news_due: 0 }),
          ...(isCorrection(path) && { news_due: 1, news_told: 0, news_told_at: null }),
          ...(change.operatorSince !== undefined && { operator_since: change.operatorSince }),
          ...factColumns(facts),
        });
      if (rows === 0) {
        return false;
      }
      await this.#writeConsequences(transaction, payment, path, at, change.reason);
      if (act !== undefined) {
        await transaction('operator_acts').insert({
          id: act.id,
          payment_id: payment.id,
          act: act.act,
          by_name: act.by,
          reason: act.reason,
          at,
        });
      }
      return true;
    });
    if (changed) {
      return {
        ...payment,
        ...facts,
        state: to,
        lease,
        updatedAt: at,
        nextAttemptAt: change.nextAttemptAt,
        attempts: change.attempts ?? payment.attempts,
        newsDue: (payment.newsDue && !isNoNews(path)) || isCorrection(path),
        operatorSince: change.operatorSince ?? payment.operatorSince,
      };
    }
    // Only the holder of an epoch writes under it, and no state is entered twice: if the payment stands where
    // this change leads, this change was made before and its answer was lost.
    const stored = await this.#get(payment.id);
    const isOurs = stored.lease.epoch === lease.epoch && stored.lease.owner === lease.owner;
    return stored.state === to && isOurs ? stored : 'lost';
  }

  async postpone(
    payment: Payment,
    to: { nextAttemptAt: Date | undefined; operatorSince?: Date | undefined; at: Date },
  ): Promise<Payment | 'lost'> {
    const rows = await this.#database('payments')
      .where({ id: payment.id, state: payment.state, lease_epoch: payment.lease.epoch })
      .update({
        next_attempt_at: to.nextAttemptAt ?? null,
        updated_at: to.at,
        ...(to.operatorSince !== undefined && { operator_since: to.operatorSince }),
      });
    return rows === 0 ? 'lost' : this.#get(payment.id);
  }

  async noteApproval(
    payment: Payment,
    { approvedAt, authorisationCode, bankResponseCode }: Approval,
  ): Promise<Payment | 'lost'> {
    const rows = await this.#database('payments')
      .where({ id: payment.id, state: payment.state })
      .whereNull('bank_approved_at')
      .update(factColumns({ approvedAt, authorisationCode, bankResponseCode }));
    return rows === 0 ? 'lost' : this.#get(payment.id);
  }

  async find(id: string): Promise<Payment | undefined> {
    return this.#first({ id });
  }

  async findByRrn(rrn: string): Promise<Payment | undefined> {
    return this.#first({ rrn });
  }

  async findByTrace(
    { terminalId, stan }: { terminalId: string; stan: number },
    at: Date,
  ): Promise<readonly Payment[]> {
    const [from, to] = [new Date(at.getTime() - traceDayMs), new Date(at.getTime() + traceDayMs)];
    const rows = await this.#database('payments')
      .where({ terminal_id: terminalId, stan })
      .whereBetween('transmitted_at', [from, to])
      .orderByRaw('ABS(TIMESTAMPDIFF(MICROSECOND, transmitted_at, ?))', [at])
      .select<PaymentRow[]>('*');
    return rows.map(toPayment);
  }

  async due({
    now,
    horizon,
    terminals,
    providers,
    strandedBefore,
    limit,
  }: DueQuery): Promise<readonly Payment[]> {
    const rows = await this.#database('payments')
      .whereRaw('(next_attempt_at <= ? OR next_attempt_at > ?)', [now, horizon])
      .where((mayTake) => {
        void mayTake
          .where({ state: 'created' })
          .orWhere((ordered) => {
            void ordered.where({ state: 'delivering' }).where((known) => {
              void known
                .whereIn('provider', providers)
                .orWhere((older) => void older.whereNull('provider').whereIn('carrier', providers));
            });
          })
          .orWhere((owed) => {
            void owed.whereNotIn('state', stepsWithoutBank).whereIn('terminal_id', terminals);
          })
          .orWhereRaw('(operator_since IS NULL AND next_attempt_at <= ?)', [strandedBefore]);
      })
      .orderBy(['next_attempt_at', 'id'])
      .limit(limit)
      .select<PaymentRow[]>('*');
    return rows.map(toPayment);
  }

  async claim(
    payment: Payment,
    { owner, until, at }: { owner: string; until: Date; at: Date },
  ): Promise<Payment | 'lost'> {
    // The old epoch alone decides between two workers: the second finds it gone.
    const rows = await this.#database('payments')
      .where({ id: payment.id, state: payment.state, lease_epoch: payment.lease.epoch })
      .whereNotNull('next_attempt_at')
      .update({
        lease_owner: owner,
        lease_epoch: payment.lease.epoch + 1,
        attempts: this.#database.raw('attempts + 1'),
        next_attempt_at: until,
        updated_at: at,
      });
    return rows === 0 ? 'lost' : this.#get(payment.id);
  }

  async release(node: string, owner: string, now: Date): Promise<number> {
    return this.#database('payments')
      .whereRaw('SUBSTRING_INDEX(lease_owner, ?, 1) = ?', ['/', node])
      .whereNot({ lease_owner: owner })
      .whereNotNull('next_attempt_at')
      .update({ next_attempt_at: now });
  }

  async spent(
    { cardId, callerNumber }: { cardId: string; callerNumber: string },
    since: Date,
    except: string,
  ): Promise<{ card: Spent; caller: Spent }> {
    const sums = (whose: string, where: { card_id: string } | { caller_number: string }) =>
      this.#database('payments')
        .where(where)
        .where('created_at', '>=', since)
        .whereNotIn('state', ['declined', 'reversed', 'late-reversed'])
        .whereNot({ id: except })
        .select(
          this.#database.raw('? AS whose, COUNT(*) AS payments, COALESCE(SUM(amount_minor), 0) AS amount', [
            whose,
          ]),
        );
    const byCard = sums('card', { card_id: cardId });
    const both =
      callerNumber === '' ? byCard : byCard.unionAll(sums('caller', { caller_number: callerNumber }));
    const rows = (await both) as { whose: string; payments: unknown; amount: unknown }[];
    const of = (whose: string): Spent => {
      const row = rows.find((each) => each.whose === whose);
      return { count: safeInteger(row?.payments ?? 0), amountMinor: safeInteger(row?.amount ?? 0) };
    };
    return { card: of('card'), caller: of('caller') };
  }

  async findSame(same: SamePayment): Promise<Payment | undefined> {
    return findSamePayment(this.#database, same);
  }

  async newsFor(callerNumber: string): Promise<readonly DueNews[]> {
    return findDueNews(this.#database, callerNumber);
  }

  async markHeard(ids: readonly string[]): Promise<void> {
    await this.#database('payments')
      .whereIn('id', ids)
      .whereIn('state', terminalStates)
      .update({ news_due: 0 });
  }

  async countTold(ids: readonly string[], how: Parameters<PaymentStore['countTold']>[1]): Promise<void> {
    await countAsTold(this.#database, ids, how);
  }

  async #writeConsequences(
    transaction: Transaction,
    payment: Pick<Payment, 'id' | 'amount' | 'bank' | 'provider' | 'orderId'>,
    path: Path,
    at: Date,
    reason: string | undefined,
  ): Promise<void> {
    await transaction('payment_transitions').insert(
      path.map(({ from, to }) => ({
        id: this.#newId(),
        payment_id: payment.id,
        from_state: from,
        to_state: to,
        reason: reason?.slice(0, 255) ?? null,
        at,
      })),
    );
    for (const transfer of transfersOf(payment, path, this.#newId)) {
      await this.#ledger.recordIn(transaction, transfer);
    }
    const order = orderAfter(path);
    if (order !== undefined) {
      await moveOrder(transaction, payment, order, at);
    }
    if (isCorrection(path)) {
      await transaction('notices')
        .where({ payment_id: payment.id })
        .whereNull('delivered_at')
        .update({ next_attempt_at: null, withdrawn_at: at });
    }
    for (const outcome of noticesOf(path)) {
      await transaction('notices').insert({
        id: this.#newId(),
        payment_id: payment.id,
        outcome,
        next_attempt_at: at,
        created_at: at,
      });
    }
  }

  /**
   * Runs the work in a transaction until its COMMIT is known to have been made or not. Run again after a lost
   * answer, the work waits for the row that the first one may still hold, then finds what that one left.
   */
  async #surely<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await inTransaction(this.#database, work);
      } catch (error) {
        if (!(error instanceof CommitUnknown) || attempt >= commitTries) {
          throw error;
        }
      }
    }
  }

  async #first(where: { id: string } | { rrn: string }): Promise<Payment | undefined> {
    const row = await this.#database('payments').where(where).first<PaymentRow | undefined>('*');
    return row && toPayment(row);
  }

  async #get(id: string): Promise<Payment> {
    const payment = await this.find(id);
    if (payment === undefined) {
      throw new Error(`payment ${id} is not stored`);
    }
    return payment;
  }
}

/** Returns who holds a payment after a change: an act of a person takes it from whoever had it. */
function leaseAfter({ lease }: Payment, act: OperatorAct | undefined): Lease {
  return act === undefined ? lease : { owner: leaseOwnerOf(act), epoch: lease.epoch + 1 };
}
