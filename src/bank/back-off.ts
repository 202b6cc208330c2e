/** How long to wait between attempts: doubling from `firstMs` to `longestMs`, each made uneven. */
export type BackOff = { readonly firstMs: number; readonly longestMs: number };

/**
 * Returns how long to wait before attempt number `attempt` (1 for the first after a failure), in
 * milliseconds: between half and the whole of the doubled time, so that many lines cut off together do not
 * come back together.
 * @param random a number from 0 (included) to 1 (excluded)
 */
export function backOffMs({ firstMs, longestMs }: BackOff, attempt: number, random: () => number): number {
  const wholeMs = Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return wholeMs / 2 + (random() * wholeMs) / 2;
}
