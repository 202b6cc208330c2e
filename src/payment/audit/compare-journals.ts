import { isApproval } from '../../bank/response-code.js';
import type { PaymentState } from '../payment.js';
import { isTerminal } from '../payment.js';
import type { Break } from './break.js';
import type { BankLine, CarrierLine } from './journals.js';
import type { ComparedPayment } from './mysql-books.js';

/** One day's sums in minor units, as each party's own books have them. */
export type DaySums = { day: string; bankMinor: number; ledgerMinor: number; carrierMinor: number };

export type Comparison = { readonly breaks: Break[]; readonly days: DaySums[] };

/**
 * Compares payments with the bank's and the carrier's own journals: I3, I6 and I8. A payment that is still
 * being worked on breaks nothing here; how long it may be is I4.
 * @param endedBy payments that ended later are not compared, but known.
 */
export function compareJournals(
  payments: readonly ComparedPayment[],
  bank: readonly BankLine[],
  carrier: readonly CarrierLine[],
  utcOffsetMinutes: number,
  endedBy?: Date,
): Comparison {
  const breaks: Break[] = [];
  const days = new Map<string, DaySums>();
  const sums = (at: Date): DaySums => {
    const day = new Date(at.getTime() + utcOffsetMinutes * 60_000).toISOString().slice(0, 10);
    const known = days.get(day) ?? { day, bankMinor: 0, ledgerMinor: 0, carrierMinor: 0 };
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
  const deliveries = groupBy(
    carrier.filter(({ event }) => event === 'accepted'),
    ({ key }) => key,
  );
  for (const payment of payments) {
    const approved = approvals.get(payment.rrn) ?? [];
    const standing = approved.length - (reversals.get(payment.rrn) ?? []).length;
    const accepted = deliveries.get(payment.id) ?? [];
    approvals.delete(payment.rrn);
    deliveries.delete(payment.id);
    const isTooNew = endedBy !== undefined && payment.updatedAt > endedBy;
    if (isTerminal(payment.state as PaymentState) && !isTooNew) {
      breaks.push(...comparePayment(payment, standing, approved, accepted));
      const day = sums(payment.transmittedAt);
      day.bankMinor += standing * (approved[0]?.amountMinor ?? payment.amountMinor);
      day.ledgerMinor += payment.state === 'completed' ? payment.amountMinor : 0;
      day.carrierMinor += accepted.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    }
  }
  for (const [rrn, lines] of approvals) {
    if (lines.length > (reversals.get(rrn) ?? []).length) {
      breaks.push({ invariant: 'I3', what: `the bank approved RRN ${rrn}, which names no payment` });
    }
  }
  for (const key of deliveries.keys()) {
    breaks.push({ invariant: 'I3', what: `the carrier accepted key ${key}, which names no payment` });
  }
  for (const { day, bankMinor, ledgerMinor, carrierMinor } of days.values()) {
    if (bankMinor !== ledgerMinor || ledgerMinor !== carrierMinor) {
      const what = `${day}: bank ${bankMinor}, ledger ${ledgerMinor}, carrier ${carrierMinor}`;
      breaks.push({ invariant: 'I8', what });
    }
  }
  return { breaks, days: [...days.values()].sort((a, b) => a.day.localeCompare(b.day)) };
}

function comparePayment(
  { id, state, amountMinor }: ComparedPayment,
  standing: number,
  approved: readonly BankLine[],
  accepted: readonly CarrierLine[],
): Break[] {
  const breaks: Break[] = [];
  const expected = state === 'completed' ? 1 : 0;
  if (standing !== expected) {
    const what = `${state}, and the debit stands ${standing} times at the bank`;
    breaks.push({ invariant: 'I3', paymentId: id, what });
  }
  if (accepted.length !== expected) {
    const what = `${state}, and the carrier accepted it ${accepted.length} times`;
    breaks.push({ invariant: accepted.length > 1 ? 'I6' : 'I3', paymentId: id, what });
  }
  // A bank may approve another amount; then it is given back, and only what stands must be right.
  for (const line of [...(standing === 0 ? [] : approved), ...accepted]) {
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
