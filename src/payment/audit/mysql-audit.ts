import type { Database } from '../../database/database.js';
import type { PaymentState } from '../payment.js';
import { isTerminal } from '../payment.js';
import type { Break } from './break.js';
import type { DaySums } from './compare-journals.js';
import { compareJournals } from './compare-journals.js';
import type { JournalFiles } from './journal-files.js';
import type { ProviderLine } from './journals.js';
import { readBankJournal, readProviderJournal } from './journals.js';
import type { BooksCheck } from './mysql-books.js';
import { checkBooks, paymentsSince } from './mysql-books.js';
import { underOurReferences } from './our-references.js';

export type AuditOptions = BooksCheck & {
  /**
   * The bank's and the providers' own journals; without them I3 and I8 are not checked, and for a provider whose
   * journal is missing, only at the bank.
   */
  readonly journals?: JournalFiles | undefined;
  /** Journals and payments are compared from here on. */
  readonly since?: Date | undefined;
  /**
   * While callers are served: when the journals began to be read. A payment that ended later may have done so
   * after its line of a journal would have been seen, and is not compared.
   */
  readonly endedBy?: Date | undefined;
};

export type AuditReport = {
  readonly payments: number;
  /** Payments that are not over, and how many of them a person was called for. */
  readonly unfinished: number;
  readonly inQueue: number;
  readonly breaks: readonly Break[];
  readonly days: readonly DaySums[];
  /** Providers of payments, whose journals were not given. */
  readonly notCompared: readonly string[];
};

/**
 * Checks the invariants on a live database, in one snapshot that changes nothing. The journals are read
 * before the snapshot is taken, so that everything in them is in it: what is begun before it is sent.
 */
export async function audit(
  database: Database,
  { journals, since = new Date(0), endedBy, ...check }: AuditOptions,
): Promise<AuditReport> {
  const later = ({ at }: { at: Date }): boolean => at >= since;
  const bank = journals && (await readBankJournal(journals.bank)).filter(later);
  const deliveries = new Map<string, readonly ProviderLine[]>();
  for (const [id, file] of Object.entries(journals?.providers ?? {})) {
    deliveries.set(id, (await readProviderJournal(file)).filter(later));
  }
  return database.transaction(
    async (transaction) => {
      const breaks = await checkBooks(transaction, check);
      const payments = await paymentsSince(transaction, since);
      const unfinished = payments.filter(({ state }) => !isTerminal(state as PaymentState));
      const counts = {
        payments: payments.length,
        unfinished: unfinished.length,
        inQueue: unfinished.filter(({ operatorSince }) => operatorSince !== null).length,
      };
      if (bank === undefined) {
        return { ...counts, breaks, days: [], notCompared: [] };
      }
      const { utcOffsetMinutes } = check;
      const ours = underOurReferences(bank, payments, utcOffsetMinutes);
      const comparison = compareJournals(payments, { bank: ours, deliveries }, utcOffsetMinutes, endedBy);
      const { days, notCompared } = comparison;
      return { ...counts, breaks: [...breaks, ...comparison.breaks], days, notCompared };
    },
    { readOnly: true },
  );
}
