import { isApproval } from '../../bank/response-code.js';
import type { PaymentState } from '../payment.js';
import { isTerminal } from '../payment.js';
import type { Break } from './break.js';
import type { BankLine, ProviderLine } from './journals.js';
import type { ComparedPayment } from './mysql-books.js';

/** One day's sums in minor units, as each party's own books have them. */
export type DaySums = { day: string; bankMinor: number; ledgerMinor: number; providerMinor: number };

export type Comparison = {
  readonly breaks: Break[];
  readonly days: DaySums[];
  readonly notCompared: readonly string[];
};

/** The parties' own journals; the providers' by their ids. */
export type Journals = {
  readonly bank: readonly BankLine[];
  readonly deliveries: ReadonlyMap<string, readonly ProviderLine[]>;
};

/**
 * Compares payments with the bank's own journal, and each with the journal of the provider that it names: I3, I6
 * and I8. A payment that is still being worked on breaks nothing here; how long it may be is I4.
 * @param endedBy payments that ended later are not compared, but known.
 */
export function compareJournals(
  payments: readonly ComparedPayment[],
  { bank, deliveries }: Journals,
  utcOffsetMinutes: number,
  endedBy?: Date,
): Comparison {
  const breaks: Break[] = [];
  const days = new Map<string, DaySums>();
  const sums = (at: Date): DaySums => {
    const day = new Date(at.getTime() + utcOffsetMinutes * 60_000).toISOString().slice(0, 10);
    const known = days.get(day) ?? { day, bankMinor: 0, ledgerMinor: 0, providerMinor: 0 };
    days.set(day, known);
    return known;
  };
  const approvals = groupBy(
    bank.filter(({ event, result, forced }) => event === 'purchase' && isApproval(result) && !forced),
    ({ rrn }) => rrn,
  );
  const reversals = groupBy(
    bank.filter(
      ({ event, result, original }) => event === 'reversal' && isApproval(result) && original === 'approved',
    ),
    ({ rrn }) => rrn,
  );
  const accepted = new Map(
    [...deliveries].map(([provider, lines]) => [
      provider,
      groupBy(
        lines.filter(({ event }) => event === 'accepted'),
        ({ key }) => key,
      ),
    ]),
  );
  const notCompared = new Set<string>();
  for (const payment of payments) {
    const approved = approvals.get(payment.rrn) ?? [];
    const standing = approved.length - (reversals.get(payment.rrn) ?? []).length;
    approvals.delete(payment.rrn);
    const own = accepted.get(payment.provider);
    if (own === undefined) {
      notCompared.add(payment.provider);
    }
    const delivered = own && (own.get(payment.id) ?? []);
    own?.delete(payment.id);
    const isTooNew = endedBy !== undefined && payment.updatedAt > endedBy;
    if (isTerminal(payment.state as PaymentState) && !isTooNew) {
      breaks.push(...comparePayment(payment, standing, approved, delivered));
      if (delivered !== undefined) {
        const day = sums(payment.transmittedAt);
        day.bankMinor += standing * (approved[0]?.amountMinor ?? payment.amountMinor);
        day.ledgerMinor += payment.state === 'completed' ? payment.amountMinor : 0;
        day.providerMinor += delivered.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
      }
    }
  }
  for (const [rrn, lines] of approvals) {
    if (lines.length > (reversals.get(rrn) ?? []).length) {
      breaks.push({ invariant: 'I3', what: `the bank approved RRN ${rrn}, which names no payment` });
    }
  }
  for (const [provider, keys] of accepted) {
    for (const key of keys.keys()) {
      const what = `the provider ${provider} accepted key ${key}, which names no payment of it`;
      breaks.push({ invariant: 'I3', what });
    }
  }
  for (const { day, bankMinor, ledgerMinor, providerMinor } of days.values()) {
    if (bankMinor !== ledgerMinor || ledgerMinor !== providerMinor) {
      const what = `${day}: bank ${bankMinor}, ledger ${ledgerMinor}, providers ${providerMinor}`;
      breaks.push({ invariant: 'I8', what });
    }
  }
  const inOrder = [...days.values()].sort((a, b) => a.day.localeCompare(b.day));
  return { breaks, days: inOrder, notCompared: [...notCompared].sort() };
}

function comparePayment(
  { id, state, provider, amountMinor }: ComparedPayment,
  standing: number,
  approved: readonly BankLine[],
  delivered: readonly ProviderLine[] | undefined,
): Break[] {
  const breaks: Break[] = [];
  const expected = state === 'completed' ? 1 : 0;
  if (standing !== expected) {
    const what = `${state}, and the debit stands ${standing} times at the bank`;
    breaks.push({ invariant: 'I3', paymentId: id, what });
  }
  if (delivered !== undefined && delivered.length !== expected) {
    const what = `${state}, and the provider ${provider} accepted it ${delivered.length} times`;
    breaks.push({ invariant: delivered.length > 1 ? 'I6' : 'I3', paymentId: id, what });
  }
  // A bank may approve another amount; then it is given back, and only what stands must be right.
  for (const line of [...(standing === 0 ? [] : approved), ...(delivered ?? [])]) {
    if (line.amountMinor !== amountMinor) {
      const what = `its amount is ${amountMinor} here and ${line.amountMinor} there`;
      breaks.push({ invariant: 'I6', paymentId: id, what });
    }
  }
  return breaks;
}

function groupBy<T>(lines: readonly T[], name: (line: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const line of lines) {
    const group = groups.get(name(line)) ?? [];
    group.push(line);
    groups.set(name(line), group);
  }
  return groups;
}
