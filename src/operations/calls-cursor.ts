import type { CallsCursor } from '../call-log/call-records.js';

/** Returns the place in a list of calls as clients carry it: opaque to them. */
export function writeCursor({ startedAt, id }: CallsCursor): string {
  return Buffer.from(`${startedAt.getTime()}.${id}`).toString('base64url');
}

/** Returns the place, or undefined when the text is none of ours. */
export function readCursor(text: string): CallsCursor | undefined {
  const [, ms = '', id = ''] =
    /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  return id === '' ? undefined : { startedAt: new Date(Number(ms)), id };
}

const dayMs = 86_400_000;

/** Returns the day, YYYY-MM-DD, of an instant at a place so many minutes east of UTC. */
export function dayOf(at: Date, utcOffsetMinutes: number): string {
  return new Date(at.getTime() + utcOffsetMinutes * 60_000).toISOString().slice(0, 10);
}

/** Returns when that day begins and ends there. */
export function boundsOf(
  day: string,
  utcOffsetMinutes: number,
): { readonly from: Date; readonly until: Date } {
  const from = Date.parse(`${day}T00:00:00.000Z`) - utcOffsetMinutes * 60_000;
  return { from: new Date(from), until: new Date(from + dayMs) };
}
