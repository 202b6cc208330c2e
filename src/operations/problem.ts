import type { Response } from 'express';
import { requestIdOf } from './request-context.js';

/** Every way in which the API refuses, by the last part of its type URI (RFC 9457). */
export const problems = {
  'bad-json': { status: 400, title: 'The body is not JSON' },
  'not-utf8': { status: 400, title: 'The body is not UTF-8' },
  'member-twice': { status: 400, title: 'An object of the body has two members of one name' },
  'bad-request': { status: 400, title: 'The address or a header of the request does not fit' },
  'idempotency-key-missing': { status: 400, title: 'The header Idempotency-Key is missing or malformed' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'Your role may not do this' },
  /** Of what is somebody else's too: the answer must not tell what there is. */
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  'not-now': { status: 409, title: 'This cannot be done at this moment' },
  'order-not-open': { status: 409, title: 'The order cannot be paid' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'not-json': { status: 415, title: 'The body must be application/json, in UTF-8 and not compressed' },
  'invalid-body': { status: 422, title: 'The body does not fit' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used for another order' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'too-many-streams': { status: 429, title: 'Too many event streams are open' },
  internal: { status: 500, title: 'Something failed here; it was logged' },
  'api-off': { status: 503, title: 'The API is off: WALLETLINE_API_TOKENS is not set' },
  'call-centre-unavailable': { status: 503, title: 'The connection to the call centre is off or down' },
  'read-not-recorded': { status: 503, title: 'Reads must be written down, and that is not possible now' },
} as const satisfies Readonly<Record<string, { status: number; title: string }>>;

export type ProblemName = keyof typeof problems;

export const problemNames = Object.keys(problems) as readonly ProblemName[];

/** One fault of a body (`pointer`, a JSON pointer as a fragment), of the query or of a header. */
export type Fault =
  | { readonly pointer: string; readonly detail: string }
  | { readonly parameter: string; readonly detail: string }
  | { readonly header: string; readonly detail: string };

/** A refusal. */
export type Problem = {
  readonly problem: ProblemName;
  readonly detail?: string | undefined;
  readonly errors?: readonly Fault[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What failed here, for the log alone. */
  readonly cause?: unknown;
};

/** Returns the address that names a kind of problem. */
export function problemType(name: ProblemName): string {
  return `/problems/${name}`;
}

/** Answers with problem details. */
export function sendProblem(response: Response, { problem, detail, errors, headers }: Problem): void {
  const { status, title } = problems[problem];
  response
    .status(status)
    .set({ 'Cache-Control': 'no-store', ...headers })
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: problemType(problem),
        title,
        status,
        ...(detail === undefined ? {} : { detail }),
        instance: `urn:uuid:${requestIdOf(response)}`,
        ...(errors === undefined ? {} : { errors }),
      }),
    );
}

/** What body-parser names the faults of a body. */
const ofBodyParser: Readonly<Record<string, ProblemName>> = {
  'entity.too.large': 'body-too-large',
  'encoding.unsupported': 'not-json',
  'charset.unsupported': 'not-json',
};

/** Returns what an error of the parsers in front of us means to the client; `internal` for any other. */
export function problemOf(error: unknown): Problem {
  const { type, status } = (typeof error === 'object' && error !== null ? error : {}) as {
    type?: unknown;
    status?: unknown;
  };
  const named = typeof type === 'string' ? ofBodyParser[type] : undefined;
  if (named !== undefined) {
    return { problem: named };
  }
  const clients = typeof status === 'number' && status >= 400 && status < 500;
  return { problem: clients ? 'bad-request' : 'internal' };
}
