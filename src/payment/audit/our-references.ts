import type { BankLine } from './journals.js';

/** What names a purchase at the bank besides a reference: a bank that assigns field 37 has never seen ours. */
export type TracedPayment = {
  readonly rrn: string;
  readonly terminalId: string;
  readonly stan: number;
  readonly transmittedAt: Date;
};

/** How far a terminal's clock may be ahead of the bank's: a line then names a day that has not come there. */
const aheadMs = 2 * 86_400_000;

/**
 * Returns the lines of a bank's journal under our own RRNs, where their terminal, day and STAN are those of one of the
 * payments. The others keep the reference that they have.
 * @param utcOffsetMinutes where the terminals' clocks stand, east of UTC.
 */
export function underOurReferences(
  lines: readonly BankLine[],
  payments: readonly TracedPayment[],
  utcOffsetMinutes: number,
): BankLine[] {
  const local = (at: Date): string =>
    new Date(at.getTime() + utcOffsetMinutes * 60_000).toISOString().slice(0, 10).replaceAll('-', '');
  const rrns = new Map(
    payments.map(({ terminalId, stan, transmittedAt, rrn }) => [
      `${terminalId}/${local(transmittedAt)}/${stan}`,
      rrn,
    ]),
  );
  return lines.map((line) => {
    if (line.trace === undefined) {
      return line;
    }
    const { terminal, date, stan } = line.trace;
    const latest = local(new Date(line.at.getTime() + aheadMs));
    // The date has no year: a line that is written in January may name a purchase of December.
    const year = Number(latest.slice(0, 4)) - (date > latest.slice(4) ? 1 : 0);
    const rrn = rrns.get(`${terminal}/${year}${date}/${Number(stan)}`);
    return rrn === undefined ? line : { ...line, rrn };
  });
}
