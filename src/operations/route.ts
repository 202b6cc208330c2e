import type { Response } from 'express';
import type { z } from 'zod';
import type { Api } from './api.js';
import type { ReadSubject } from './api-reads.js';
import type { ApiRole, ApiUser } from './api-tokens.js';
import type { Problem, ProblemName } from './problem.js';

/** How far a role reaches on a route: everything, what is its own, nothing. */
export type Reach = 'all' | 'own' | 'none';

/** What is asked, checked by the route's schemas. */
export type Asked<Query, Body> = {
  readonly user: ApiUser;
  /** The user's name when they may reach only what is their own; undefined: they may reach all. */
  readonly own: string | undefined;
  /** The `:id` of the path; empty on a path that has none. */
  readonly id: string;
  readonly query: Query;
  readonly body: Body;
  /** Empty on routes that take none. */
  readonly idempotencyKey: string;
  readonly lastEventId: string | undefined;
};

/** What a route answers. A body is sent only as its schema lets it through. */
export type Answer =
  | Problem
  | {
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly stream: (response: Response) => void };

/** One route of the API: what OpenAPI says of it, and what it does. */
export type Definition<Query, Body> = {
  readonly method: 'get' | 'post';
  /** As express writes it, e.g. "/orders/:id". */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly details?: string;
  readonly reach: Readonly<Record<ApiRole, Reach>>;
  /** What `:id` looks like; anything else names nothing (404). */
  readonly id?: z.ZodType<string>;
  /** Takes the header Idempotency-Key. */
  readonly idempotent?: true;
  readonly query?: z.ZodType<Query>;
  /** Left out: there is no body, or an empty object. */
  readonly body?: z.ZodType<Body>;
  /** By status. Whatever is not in the schema does not leave. */
  readonly answers: Readonly<
    Record<
      number,
      { readonly description: string; readonly schema?: z.ZodType; readonly headers?: readonly string[] }
    >
  >;
  /** One event of the stream that the route answers with. */
  readonly events?: z.ZodType;
  /** Beside those that every route can answer. */
  readonly problems: readonly ProblemName[];
  handle(api: Api, asked: Asked<Query, Body>): Promise<Answer>;
};

export type Route = Definition<unknown, unknown>;

/** Ties the types of a route's schemas to those of its work. */
export function route<Query = unknown, Body = unknown>(definition: Definition<Query, Body>): Route {
  return definition;
}

/**
 * Writes down that the user reads this. Returns the problem when it cannot be written down: what is not recorded
 * is not read.
 */
export async function recordRead(
  { reads, clock }: Pick<Api, 'reads' | 'clock'>,
  read: { readonly user: ApiUser; readonly what: ReadSubject; readonly subjectId: string },
): Promise<Problem | undefined> {
  try {
    await reads.append({ ...read, at: clock.now() });
    return undefined;
  } catch (error) {
    return { problem: 'read-not-recorded', cause: error };
  }
}
