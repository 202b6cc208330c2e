import type { Response } from 'express';
import type { ApiUser } from './api-tokens.js';

/** What is known of a request beside the request itself; kept in `response.locals`. */
type Context = { requestId: string; user: ApiUser };

/** Names the request in its answer and in the log. */
export function keepRequestId(response: Response, requestId: string): void {
  (response.locals as Partial<Context>).requestId = requestId;
}

/** @throws Error when the request was given no id. */
export function requestIdOf(response: Response): string {
  const { requestId } = response.locals as Partial<Context>;
  if (requestId === undefined) {
    throw new Error('a request has no id');
  }
  return requestId;
}

export function keepUser(response: Response, user: ApiUser): void {
  (response.locals as Partial<Context>).user = user;
}

/** Returns who asks, once they are known. */
export function userOf(response: Response): ApiUser | undefined {
  return (response.locals as Partial<Context>).user;
}
