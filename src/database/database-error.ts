/** What the driver adds to an error that came from the server or the connection. */
type DriverError = Error & {
  code?: string;
  errno?: number;
  sqlState?: string;
  sqlMessage?: string | undefined;
  sql?: string | undefined;
};

/** The server rolled the transaction back, or may be asked to: a deadlock, or a lock not given in time. */
const retryable = new Set([1213, 1205]);
const duplicateKey = 1062;

function errnoOf(error: unknown): number | undefined {
  return error instanceof Error ? (error as DriverError).errno : undefined;
}

/** True when the whole transaction may be tried again: it was the victim of a deadlock or a lock wait. */
export function isRetryable(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno !== undefined && retryable.has(errno);
}

/** True when a row with the same unique key exists already. */
export function isDuplicateKey(error: unknown): boolean {
  return errnoOf(error) === duplicateKey;
}

/** True when the server answered that it cannot do what was asked: the connection is well. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && (error as DriverError).sqlState !== undefined;
}

/**
 * Takes the statement and the values that the server quotes out of an error, in place, so that a logged
 * error shows no phone number, and returns it.
 */
export function withoutValues<T extends Error>(error: T): T {
  const driverError = error as DriverError;
  const clean = (text: string): string =>
    text
      .replace(/^Duplicate entry '.*' for key/s, 'Duplicate entry for key')
      .replace(/value: '.*?' for/gs, 'value for');
  driverError.message = clean(driverError.message);
  if (driverError.sqlMessage !== undefined) {
    driverError.sqlMessage = clean(driverError.sqlMessage);
  }
  driverError.sql = undefined;
  return error;
}
