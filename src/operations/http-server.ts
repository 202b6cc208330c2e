import { createServer, type Server } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { v4 as uuidv4 } from 'uuid';
import { parseHostPort } from '../address.js';
import type { Log } from '../log.js';
import { apiRoutes } from './api-routes.js';
import { type Health, healthPaths, mountHealthRoutes } from './health-routes.js';
import type { Metrics } from './metrics.js';
import { type ApiAccess, mountRoutes } from './mount-routes.js';
import { problemOf, sendProblem } from './problem.js';
import { keepRequestId, requestIdOf, userOf } from './request-context.js';

/** What the HTTP side shows and serves. */
export type HttpDependencies = Pick<Health, 'notReady' | 'degraded'> & {
  readonly metrics: Metrics;
  /** Undefined: nobody has a token, and the API says that it is off. */
  readonly api?: ApiAccess | undefined;
  readonly log: Log;
};

/** Health, readiness and metrics, open to whoever can reach them; and the API, for whoever has a token. */
export function createHttpApp({ metrics, notReady, degraded, api, log }: HttpDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  // A cached answer would be a read that nobody wrote down.
  app.disable('etag');
  app.use(helmet());
  app.use(tracked(metrics, log));
  mountHealthRoutes(app, { metrics, notReady, degraded });
  mountRoutes(app, apiRoutes, api, log);
  refuseOtherMethods(app);
  app.use((_request, response) => sendProblem(response, { problem: 'not-found' }));
  app.use(errorsAsProblems(log));
  return app;
}

/** Gives each request an id, which its answer and the log carry, and counts it. Addresses are not logged. */
function tracked(metrics: Metrics, log: Log): RequestHandler {
  return (request, response, next) => {
    const requestId = uuidv4();
    const began = performance.now();
    keepRequestId(response, requestId);
    response.set('X-Request-Id', requestId);
    response.once('close', () => {
      const user = userOf(response);
      const route = routeOf(request);
      const status = response.statusCode;
      const ms = Math.round(performance.now() - began);
      metrics.requestAnswered(route, status, ms / 1000);
      const fields = { requestId, route, status, ms, user: user?.name, role: user?.role };
      if (user === undefined) {
        log.debug(fields, 'an HTTP request was answered');
      } else {
        log.info(fields, 'an API request was answered');
      }
    });
    next();
  };
}

/** Returns the method and the pattern of the route: a short list, whatever is asked. */
function routeOf({ method, route }: { method: string; route?: unknown }): string {
  const { path } = (route ?? {}) as { path?: unknown };
  return typeof path === 'string' && ['GET', 'POST', 'HEAD'].includes(method) ? `${method} ${path}` : 'other';
}

function refuseOtherMethods(app: Express): void {
  const methods = new Map<string, string[]>();
  const served = [...Object.keys(healthPaths).map((path) => ({ method: 'get', path })), ...apiRoutes];
  for (const { method, path } of served) {
    methods.set(path, [...(methods.get(path) ?? []), ...(method === 'get' ? ['GET', 'HEAD'] : ['POST'])]);
  }
  for (const [path, allow] of methods) {
    app
      .route(path)
      .all((_request, response) =>
        sendProblem(response, { problem: 'method-not-allowed', headers: { Allow: allow.join(', ') } }),
      );
  }
}

function errorsAsProblems(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const problem = problemOf(error);
    if (problem.problem === 'internal') {
      log.error({ err: error, requestId: requestIdOf(response) }, 'an HTTP request failed');
    }
    if (response.headersSent) {
      // Half an answer cannot be taken back: express cuts the connection.
      next(error);
      return;
    }
    sendProblem(response, problem);
  };
}

/**
 * Listens on `listen`, "host:port" or "[IPv6 address]:port" (port 0: one that is free), and returns the server. The time limits are for requests: a stream of
 * events, whose request is over, may last.
 * @throws Error that names the setting when the port is taken or not ours to use.
 */
export async function listen(app: Express, listen: string): Promise<Server> {
  const address = parseHostPort(listen, { lowestPort: 0 });
  if (address === undefined) {
    throw new Error('WALLETLINE_HTTP_LISTEN: must be host:port');
  }
  const server = createServer(
    {
      requestTimeout: 10_000,
      headersTimeout: 5_000,
      keepAliveTimeout: 5_000,
      keepAlive: true,
      // Node looks at the limits above only so often, every 30 seconds unless it is told.
      connectionsCheckingInterval: 250,
    },
    app,
  );
  // A stream says something every 15 seconds.
  server.timeout = 30_000;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new Error(
          `WALLETLINE_HTTP_LISTEN: cannot listen there (${error.code ?? 'unknown'}); choose another host:port`,
          { cause: error },
        ),
      );
    });
    server.listen(address.port, address.host, () => resolve(server));
  });
}
