import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { sendProblem } from './problem.js';
import { userOf } from './request-context.js';

const windowMs = 60_000;

/** Requests with a token that is not known, of one address: enough for a mistake, too few for a search. */
const strangersPerMinute = 60;

/** Requests a minute that one user may make, unless it is set otherwise. */
export const usualRequestsPerMinute = 1_200;

/** Limits each user; who they are must be known already. Says in RateLimit headers what is left. */
export function limitUsers(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: 'requests',
    keyGenerator: (_request, response) => userOf(response)?.name ?? '',
    handler: (_request, response) => sendProblem(response, { problem: 'too-many-requests' }),
  });
}

/** Limits whoever shows no valid token, by address. It stands behind the tokens, so it stops no user. */
export function limitStrangers(): RequestHandler {
  return rateLimit({
    windowMs,
    limit: strangersPerMinute,
    standardHeaders: false,
    legacyHeaders: false,
    keyGenerator: ({ ip }) => (ip === undefined ? '' : ipKeyGenerator(ip)),
    handler: (_request, response) => sendProblem(response, { problem: 'too-many-requests' }),
  });
}
