import type { z } from 'zod';
import type { Fault } from './problem.js';

/** As many as a person mends at once. */
const mostFaults = 20;

/** One thing that a schema found wrong, and where. */
type Finding = { readonly path: readonly PropertyKey[]; readonly detail: string };

/** Returns the faults of a body, each with its JSON pointer. */
export function bodyFaults(error: z.ZodError): readonly Fault[] {
  return findings(error).map(({ path, detail }) => ({ pointer: pointer(path), detail }));
}

/** Returns the faults of a query, each with its parameter. */
export function queryFaults(error: z.ZodError): readonly Fault[] {
  return findings(error).map(({ path, detail }) => ({ parameter: String(path[0] ?? ''), detail }));
}

function findings(error: z.ZodError): readonly Finding[] {
  return error.issues
    .flatMap((issue): readonly Finding[] =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: [...issue.path, shown(key)], detail: 'is not known here' }))
        : [{ path: issue.path, detail: issue.message }],
    )
    .slice(0, mostFaults);
}

/** A name that came from outside is repeated only when it can be nothing but a name. */
function shown(key: string): string {
  return /^[A-Za-z][A-Za-z_]{0,39}$/.test(key) ? key : '…';
}

/** RFC 6901, as a fragment. */
function pointer(path: readonly PropertyKey[]): string {
  return `#${path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;
}
