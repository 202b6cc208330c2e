import type { z } from 'zod';
import type { Fault } from './problem.js';
import { pointer, shownName } from './validation-pointer.js';

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
        ? issue.keys.map((key) => ({ path: [...issue.path, shownName(key)], detail: 'is not known here' }))
        : [{ path: issue.path, detail: issue.message }],
    )
    .slice(0, mostFaults);
}
