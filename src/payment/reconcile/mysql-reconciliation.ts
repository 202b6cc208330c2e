import type { Database, Transaction } from '../../database/database.js';
import { safeInteger } from '../../database/safe-integer.js';
import { inTransaction } from '../../database/transaction.js';
import type { TracedPayment } from '../audit/our-references.js';
import { checkText, longestName, longestReason } from '../operator/settle-payment.js';
import type { PaymentState } from '../payment.js';
import type { OurPayment, Party, Row } from './compare-day.js';

type OurRow = {
  id: string;
  rrn: string;
  provider: string;
  state: string;
  amount_minor: unknown;
  created_at: Date;
  updated_at: Date;
};

type BreakRow = {
  id: string;
  party: string;
  kind: string;
  subject: string;
  here_minor: unknown;
  there_minor: unknown;
  closed_at: Date | null;
};

/** What was done with the differences of a day. */
export type Recorded = {
  /** New in the operator's queue, or back in it. */
  readonly opened: number;
  /** In the queue from an earlier run. */
  readonly waiting: number;
  /** A person explained them, and their amounts are as they were. */
  readonly explained: number;
  /** No longer found, and closed. */
  readonly gone: number;
};

const namesInOneQuery = 1_000;
/** A row of the version before has no `provider`. */
const providerSql = 'COALESCE(provider, carrier)';
/** Who closes what is no longer found. */
const ownName = 'reconcile';

/** Our side of a reconciliation: the day's payments, and the differences that were found. */
export class MysqlReconciliation {
  readonly #database: Database;
  readonly #newId: () => string;

  constructor(database: Database, newId: () => string) {
    this.#database = database;
    this.#newId = newId;
  }

  /** Returns the payments whose purchase was made from `from` on and before `to`. */
  async paymentsBetween(from: Date, to: Date): Promise<OurPayment[]> {
    const rows = await this.#database('payments')
      .where('transmitted_at', '>=', from)
      .where('transmitted_at', '<', to)
      .orderBy('id')
      .select<OurRow[]>(
        ...['id', 'rrn', 'state', 'amount_minor', 'created_at', 'updated_at'],
        this.#database.raw(`${providerSql} AS provider`),
      );
    return rows.map(({ id, rrn, provider, state, amount_minor, created_at, updated_at }) => ({
      id,
      rrn,
      provider,
      state: state as PaymentState,
      amountMinor: safeInteger(amount_minor),
      createdAt: created_at,
      updatedAt: updated_at,
    }));
  }

  /** Returns what names the purchases at the bank that were made from `from` on and before `to`. */
  async tracesBetween(from: Date, to: Date): Promise<TracedPayment[]> {
    return this.#database('payments')
      .where('transmitted_at', '>=', from)
      .where('transmitted_at', '<', to)
      .select<TracedPayment[]>('rrn', 'terminal_id as terminalId', 'stan', 'transmitted_at as transmittedAt');
  }

  /** Returns those names that no payment of the party has, of whatever day: RRNs of a bank, keys of a provider. */
  async strangers(party: Party, names: readonly string[]): Promise<Set<string>> {
    const column = party === 'bank' ? 'rrn' : 'id';
    const unknown = new Set(names);
    for (let at = 0; at < names.length; at += namesInOneQuery) {
      const known = await this.#database('payments')
        .whereIn(column, names.slice(at, at + namesInOneQuery))
        .modify((query) => {
          if (party !== 'bank') {
            void query.whereRaw(`${providerSql} = ?`, [party.slice('provider:'.length)]);
          }
        })
        .pluck<string[]>(column);
      for (const name of known) {
        unknown.delete(name);
      }
    }
    return unknown;
  }

  /**
   * Keeps the differences of a day, each once however often the day is reconciled. What was kept and is no
   * longer found is closed; what a person explained stays closed while its amounts stay as they were.
   */
  async record(day: string, breaks: readonly Row[], at: Date): Promise<Recorded> {
    return inTransaction(this.#database, async (transaction) => {
      const kept = await transaction('reconciliation_breaks')
        .where({ day })
        .forUpdate()
        .select<BreakRow[]>('*');
      const acts = await transaction('operator_acts')
        .whereIn(
          'break_id',
          kept.map(({ id }) => id),
        )
        .orderBy(['at', 'id'])
        .select<{ break_id: string; act: string }[]>('break_id', 'act');
      // Of several acts on one difference the last stays.
      const lastAct = new Map(acts.map(({ break_id, act }) => [break_id, act]));
      let opened = 0;
      let stillExplained = 0;
      const found = new Set<string>();
      for (const row of breaks) {
        const known = kept.find((each) => nameOf(each) === nameOf(row));
        if (known === undefined) {
          await transaction('reconciliation_breaks').insert(this.#toRow(day, row, at));
          opened += 1;
          continue;
        }
        found.add(known.id);
        const isSame =
          Number(known.here_minor) === row.hereMinor && Number(known.there_minor) === row.thereMinor;
        const isExplained = known.closed_at !== null && lastAct.get(known.id) === 'explain';
        stillExplained += isSame && isExplained ? 1 : 0;
        if (!isSame || (known.closed_at !== null && !isExplained)) {
          opened += known.closed_at === null ? 0 : 1;
          await transaction('reconciliation_breaks').where({ id: known.id }).update({
            here_minor: row.hereMinor,
            there_minor: row.thereMinor,
            detail: row.detail,
            closed_at: null,
          });
        }
      }
      const gone = kept.filter(({ id, closed_at }) => closed_at === null && !found.has(id));
      for (const { id } of gone) {
        await this.#close(transaction, id, 'gone', ownName, 'no longer found', at);
      }
      const waiting = breaks.length - opened - stillExplained;
      return { opened, waiting, explained: stillExplained, gone: gone.length };
    });
  }

  /**
   * Closes a difference that a person can explain; of two people one does. 'closed-already' also when it
   * went by itself.
   * @throws RangeError when the name or the reason is empty or too long.
   */
  async explain(
    breakId: string,
    { by, reason, at }: { by: string; reason: string; at: Date },
  ): Promise<'explained' | 'no-such-break' | 'closed-already'> {
    checkText('a name', by, longestName);
    checkText('a reason', reason, longestReason);
    return inTransaction(this.#database, async (transaction) => {
      if (await this.#close(transaction, breakId, 'explain', by, reason, at)) {
        return 'explained';
      }
      const rows = await transaction('reconciliation_breaks').where({ id: breakId }).pluck<string[]>('id');
      return rows.length === 0 ? 'no-such-break' : 'closed-already';
    });
  }

  async #close(
    transaction: Transaction,
    breakId: string,
    act: 'explain' | 'gone',
    by: string,
    reason: string,
    at: Date,
  ): Promise<boolean> {
    const rows = await transaction('reconciliation_breaks')
      .where({ id: breakId })
      .whereNull('closed_at')
      .update({ closed_at: at });
    if (rows === 1) {
      await transaction('operator_acts').insert({
        id: this.#newId(),
        break_id: breakId,
        act,
        by_name: by,
        reason,
        at,
      });
    }
    return rows === 1;
  }

  #toRow(day: string, row: Row, at: Date): Record<string, unknown> {
    return {
      id: this.#newId(),
      day,
      party: row.party,
      kind: row.kind,
      subject: row.subject.slice(0, 64),
      payment_id: row.paymentId ?? null,
      here_minor: row.hereMinor,
      there_minor: row.thereMinor,
      detail: row.detail.slice(0, 255),
      found_at: at,
    };
  }
}

function nameOf({ party, kind, subject }: { party: string; kind: string; subject: string }): string {
  return `${party}/${kind}/${subject.slice(0, 64)}`;
}
