import type { Database } from '../../database/database.js';
import type { Break } from './break.js';
import type { DaySums } from './compare-journals.js';
import { compareJournals } from './compare-journals.js';
import { readBankJournal, readCarrierJournal } from './journals.js';
import type { BooksCheck } from './mysql-books.js';
import { checkBooks, paymentsSince } from './mysql-books.js';

export type AuditOptions = BooksCheck & {
  /** The bank's and the carrier's own journals; without both of them I3 and I8 are not checked. */
  readonly journals?: { readonly bank: string; readonly carrier: string } | undefined;
  /** Journals and payments are compared from here on. */
  readonly since?: Date | undefined;
};

export type AuditReport = {
  readonly payments: number;
  readonly breaks: readonly Break[];
  readonly days: readonly DaySums[];
};

/**
 * Checks the invariants on a live database, in one snapshot that changes nothing. The journals are read
 * before the snapshot is taken, so that everything in them is in it: what is begun before it is sent.
 */
export async function audit(
  database: Database,
  { journals, since = new Date(0), ...check }: AuditOptions,
): Promise<AuditReport> {
  const later = ({ at }: { at: Date }): boolean => at >= since;
  const bank = journals && (await readBankJournal(journals.bank)).filter(later);
  const carrier = journals && (await readCarrierJournal(journals.carrier)).filter(later);
  return database.transaction(
    async (transaction) => {
      const breaks = await checkBooks(transaction, check);
      const payments = await paymentsSince(transaction, since);
      if (bank === undefined || carrier === undefined) {
        return { payments: payments.length, breaks, days: [] };
      }
      const comparison = compareJournals(payments, bank, carrier, check.utcOffsetMinutes);
      return { payments: payments.length, breaks: [...breaks, ...comparison.breaks], days: comparison.days };
    },
    { readOnly: true },
  );
}
