import type { Details } from '../provider/provider.js';

/**
 * Returns the details of a row. A row of the version before has none: it is for the phone that is its target.
 * MySQL gives JSON as an object, MariaDB as text.
 * @throws Error when what is stored is no object.
 */
export function readDetails({
  details,
  target,
}: {
  readonly details: unknown;
  readonly target: string;
}): Details {
  if (details === null || details === undefined) {
    return { phone: target };
  }
  const read: unknown = typeof details === 'string' ? JSON.parse(details) : details;
  if (typeof read !== 'object' || read === null || Array.isArray(read)) {
    throw new Error('the details of a row are no object');
  }
  return read as Details;
}
