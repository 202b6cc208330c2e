import type { Clock } from '../../clock.js';
import type { JournalFiles } from '../audit/journal-files.js';
import { readBankJournal, readProviderJournal } from '../audit/journals.js';
import { underOurReferences } from '../audit/our-references.js';
import { isTerminal } from '../payment.js';
import type { PaymentStore } from '../payment-store.js';
import type { Party, Row, Theirs } from './compare-day.js';
import { compareDay, isBreak } from './compare-day.js';
import type { MysqlReconciliation, Recorded } from './mysql-reconciliation.js';
import type { SettlementZone } from './settlement-day.js';
import { boundsOf, dayMs, settlementDay } from './settlement-day.js';
import { bankBooks, providerBooks } from './their-books.js';

export type ReconcileParts = {
  readonly books: MysqlReconciliation;
  readonly store: PaymentStore;
  readonly clock: Clock;
};

export type ReconcileRequest = SettlementZone & {
  /** YYYY-MM-DD. */
  readonly day: string;
  /** The parties' journals; they may hold other days too. */
  readonly journals: JournalFiles;
  /** A payment begun less than this ago may still be unfinished, in milliseconds. */
  readonly openMs: number;
};

export type Reconciliation = {
  readonly day: string;
  /** Whose books were compared. */
  readonly parties: readonly Party[];
  readonly rows: readonly Row[];
  /** Providers of the day's payments, whose journals were not given. */
  readonly notCompared: readonly string[];
  readonly recorded: Recorded;
};

/**
 * Compares the payments of a settlement day with the bank's journal and those of their providers, and brings every
 * difference before the operator: as an open break, and its payment, when unfinished, into the queue.
 * @throws RangeError when the day is none; Error when a journal cannot be read.
 */
export async function reconcile(
  { books, store, clock }: ReconcileParts,
  { day, journals, openMs, ...zone }: ReconcileRequest,
): Promise<Reconciliation> {
  const { from, to } = boundsOf(day, zone);
  const readAt = clock.now();
  const openSince = new Date(readAt.getTime() - openMs);
  // Journals first: what is in them was stored here before it was sent, so nothing of theirs is too new.
  const bankLines = await readBankJournal(journals.bank);
  const theirs = new Map<Party, Map<string, Theirs>>([['bank', new Map()]]);
  for (const [id, file] of Object.entries(journals.providers)) {
    theirs.set(`provider:${id}`, providerBooks(await readProviderJournal(file)));
  }
  // Near midnight a line of the day may name a payment of the day before or after.
  const traced = await books.tracesBetween(new Date(from.getTime() - dayMs), new Date(to.getTime() + dayMs));
  theirs.set('bank', bankBooks(underOurReferences(bankLines, traced, zone.utcOffsetMinutes)));
  const ours = await books.paymentsBetween(from, to);
  const rows: Row[] = [];
  for (const [party, itsBooks] of theirs) {
    const ofDay = [...itsBooks.values()].filter(({ at }) => settlementDay(at, zone) === day);
    const names = await books.strangers(
      party,
      ofDay.map(({ subject }) => subject),
    );
    const strangers = ofDay.filter(({ subject }) => names.has(subject));
    const own = ours.filter(({ provider }) => party === 'bank' || party === `provider:${provider}`);
    rows.push(...compareDay(party, own, itsBooks, strangers, openSince, readAt));
  }
  const breaks = rows.filter(isBreak);
  const recorded = await books.record(day, breaks, clock.now());
  await callOperator(store, clock, breaks);
  const compared = new Set(Object.keys(journals.providers));
  const notCompared = [...new Set(ours.map(({ provider }) => provider))].filter((id) => !compared.has(id));
  return { day, parties: [...theirs.keys()], rows, recorded, notCompared };
}

/** Puts the unfinished payments among the breaks into the operator's queue; workers go on with them. */
async function callOperator(store: PaymentStore, clock: Clock, breaks: readonly Row[]): Promise<void> {
  const ids = new Set(breaks.flatMap(({ paymentId }) => paymentId ?? []));
  for (const id of ids) {
    const payment = await store.find(id);
    if (payment !== undefined && !isTerminal(payment.state) && payment.operatorSince === undefined) {
      const at = clock.now();
      // Lost: a worker changed it this moment. Its break stands in the queue all the same.
      await store.postpone(payment, { nextAttemptAt: payment.nextAttemptAt, operatorSince: at, at });
    }
  }
}
