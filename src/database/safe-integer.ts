/**
 * Returns a BIGINT or a SUM as the driver gave it (a number, or text when it is large or a DECIMAL).
 * @throws RangeError when it is no safe integer: an amount is never rounded.
 */
export function safeInteger(value: unknown): number {
  const number = typeof value === 'string' && /^-?\d+(\.0+)?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    throw new RangeError('the database holds a number that is not a safe integer');
  }
  return number;
}
