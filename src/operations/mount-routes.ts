import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import type { Log } from '../log.js';
import { namesCard } from '../wallet/card-in-text.js';
import type { Api } from './api.js';
import { type ApiToken, authenticate } from './api-tokens.js';
import { bodyFaults, queryFaults } from './faults.js';
import { noCardNumber } from './printable-text.js';
import { type Problem, sendProblem } from './problem.js';
import { readJson } from './read-json.js';
import { keepUser, requestIdOf, userOf } from './request-context.js';
import { limitStrangers, limitUsers } from './request-limits.js';
import type { Answer, Asked, Route } from './route.js';
import { headersTwice } from './single-headers.js';

/** Who may use the routes, how often, and what they work with. */
export type ApiAccess = {
  readonly tokens: readonly ApiToken[];
  readonly requestsPerMinute: number;
  readonly api: Api;
};

const largestBody = '16kb';
/** A structured string (draft-ietf-httpapi-idempotency-key-header), or the same without its quotes. */
const idempotencyKeyPattern = /^(?:"([\x21\x23-\x5b\x5d-\x7e]{1,128})"|([\x21\x23-\x5b\x5d-\x7e]{1,128}))$/;
const noBody = z.strictObject({}).optional();
const noQuery = z.strictObject({});

/**
 * Adds the routes. In this order a request is asked who it is from, how many of them there were, whether the
 * role may do it, and only then what it says. Without access every route answers that the API is off.
 */
export function mountRoutes(
  app: Express,
  routes: readonly Route[],
  access: ApiAccess | undefined,
  log: Log,
): void {
  const gates = access === undefined ? [] : gatesOf(access);
  for (const route of routes) {
    const handlers =
      access === undefined
        ? [apiIsOff]
        : [
            ...gates,
            allowed(route),
            ...(route.method === 'post' ? bodyReaders : []),
            answers(route, access.api, log),
          ];
    app[route.method](route.path, ...handlers);
  }
}

const apiIsOff: RequestHandler = (_request, response) => sendProblem(response, { problem: 'api-off' });

function gatesOf({ tokens, requestsPerMinute }: ApiAccess): readonly RequestHandler[] {
  const strangers = limitStrangers();
  const knowUser: RequestHandler = (request, response, next) => {
    const twice = headersTwice(request);
    if (twice !== undefined) {
      return strangers(request, response, () => sendProblem(response, twice));
    }
    const { authorization } = request.headers;
    const user = authenticate(tokens, authorization);
    if (user !== undefined) {
      keepUser(response, user);
      next();
      return;
    }
    const challenge = `Bearer realm="walletline"${authorization === undefined ? '' : ', error="invalid_token"'}`;
    const refuse = () =>
      sendProblem(response, { problem: 'unauthenticated', headers: { 'WWW-Authenticate': challenge } });
    return strangers(request, response, refuse);
  };
  return [knowUser, limitUsers(requestsPerMinute)];
}

function allowed({ reach }: Route): RequestHandler {
  return (_request, response, next) => {
    const user = userOf(response);
    if (user === undefined || reach[user.role] === 'none') {
      sendProblem(response, { problem: 'forbidden' });
      return;
    }
    next();
  };
}

const jsonPattern = /^application\/json *(; *charset="?utf-8"? *)?$/i;

const bodyReaders: readonly RequestHandler[] = [
  ({ headers }, response, next) => {
    // Clients say of no body that its length is 0.
    const isEmpty =
      headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
    if (!isEmpty && !jsonPattern.test(headers['content-type'] ?? '')) {
      sendProblem(response, { problem: 'not-json' });
      return;
    }
    next();
  },
  express.raw({ limit: largestBody, inflate: false, type: () => true }),
  (request, response, next) => {
    const bytes: unknown = request.body;
    if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
      request.body = undefined;
      next();
      return;
    }
    const read = readJson(bytes);
    if (read.outcome === 'refused') {
      sendProblem(response, read.problem);
      return;
    }
    request.body = read.value;
    next();
  },
];

/** Checks what is asked, has it done, and sends the answer. */
function answers(route: Route, api: Api, log: Log): RequestHandler {
  return async (request, response) => {
    if (route.events !== undefined && request.method === 'HEAD') {
      sendProblem(response, { problem: 'method-not-allowed', headers: { Allow: 'GET' } });
      return;
    }
    const asked = askedOf(route, request, response);
    const answer = 'problem' in asked ? asked : await route.handle(api, asked);
    if ('problem' in answer && answer.cause !== undefined) {
      log.error(
        { err: answer.cause, requestId: requestIdOf(response) },
        'an API request could not be served',
      );
    }
    send(route, response, answer);
  };
}

function askedOf(route: Route, request: Request, response: Response): Asked<unknown, unknown> | Problem {
  const user = userOf(response);
  if (user === undefined) {
    return { problem: 'unauthenticated' };
  }
  const id = idOf(route, request);
  if (id === undefined) {
    return { problem: 'not-found' };
  }
  const query = (route.query ?? noQuery).safeParse(request.query);
  if (!query.success) {
    return { problem: 'bad-request', errors: queryFaults(query.error) };
  }
  const key = route.idempotent === true ? idempotencyKeyOf(request) : '';
  if (key !== undefined && namesCard(key)) {
    return { problem: 'bad-request', errors: [{ header: 'Idempotency-Key', detail: noCardNumber }] };
  }
  if (key === undefined) {
    return { problem: 'idempotency-key-missing' };
  }
  const body = (route.body ?? noBody).safeParse(request.body);
  if (!body.success) {
    return { problem: 'invalid-body', errors: bodyFaults(body.error) };
  }
  return {
    user,
    own: route.reach[user.role] === 'own' ? user.name : undefined,
    id,
    query: query.data,
    body: body.data,
    idempotencyKey: key,
    lastEventId: request.get('last-event-id'),
  };
}

/** Returns the `:id` of the path, empty when the route has none, or undefined when it can name nothing. */
function idOf({ id: shape }: Route, { params }: Request): string | undefined {
  const read = shape?.safeParse(params['id']);
  return read === undefined ? '' : read.data;
}

function idempotencyKeyOf(request: Request): string | undefined {
  const [, quoted, bare] = idempotencyKeyPattern.exec(request.get('idempotency-key') ?? '') ?? [];
  return quoted ?? bare;
}

function send({ answers: shapes }: Route, response: Response, answer: Answer): void {
  if ('problem' in answer) {
    sendProblem(response, answer);
    return;
  }
  response.set('Cache-Control', 'no-store');
  if ('stream' in answer) {
    answer.stream(response);
    return;
  }
  const { status, body, headers = {} } = answer;
  const schema = shapes[status]?.schema;
  response.status(status).set(headers);
  if (schema === undefined) {
    response.end();
    return;
  }
  response.json(schema.parse(body));
}
