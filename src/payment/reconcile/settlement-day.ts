export const dayMs = 86_400_000;

/** A party's day: where it begins, in minutes east of UTC (480 is China; 540 is China with a day from 23:00). */
export type SettlementZone = { readonly utcOffsetMinutes: number };

/** Returns the day, "YYYY-MM-DD", that an instant belongs to. */
export function settlementDay(at: Date, { utcOffsetMinutes }: SettlementZone): string {
  return new Date(at.getTime() + utcOffsetMinutes * 60_000).toISOString().slice(0, 10);
}

/**
 * Returns when a day begins and when the next one does.
 * @throws RangeError when `day` is no date of the form YYYY-MM-DD.
 */
export function boundsOf(day: string, { utcOffsetMinutes }: SettlementZone): { from: Date; to: Date } {
  const midnightMs = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(midnightMs) || new Date(midnightMs).toISOString().slice(0, 10) !== day) {
    throw new RangeError('a day is written YYYY-MM-DD');
  }
  const fromMs = midnightMs - utcOffsetMinutes * 60_000;
  return { from: new Date(fromMs), to: new Date(fromMs + dayMs) };
}

/** Returns an offset from its text. @throws RangeError when it is none. */
export function offsetFrom(text: string): number {
  const minutes = Number(text);
  if (!/^-?\d+$/.test(text) || Math.abs(minutes) > 1_440) {
    throw new RangeError('a settlement offset is whole minutes east of UTC, from -1440 to 1440');
  }
  return minutes;
}
