import { createServer, type Server } from 'node:http';
import express, { type ErrorRequestHandler, type Express } from 'express';
import helmet from 'helmet';
import type { Log } from '../log.js';
import type { Metrics } from './metrics.js';

/** What the operator's HTTP side shows. */
export type HttpDependencies = {
  readonly metrics: Metrics;
  /** What keeps this node from taking a call, by name; empty when nothing does. */
  readonly notReady: () => Promise<readonly string[]>;
  readonly log: Log;
};

/**
 * GET /healthz: the process lives. GET /readyz: it can take calls, or what keeps it from that. GET /metrics:
 * Prometheus. Nothing here shows a payment or a caller.
 */
export function createHttpApp({ metrics, notReady, log }: HttpDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet());
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'alive' });
  });
  app.get('/readyz', async (_request, response) => {
    const missing = await notReady();
    response
      .status(missing.length === 0 ? 200 : 503)
      .json({ status: missing.length === 0 ? 'ready' : 'not ready', missing });
  });
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.text());
  });
  app.use((_request, response) => {
    response
      .status(404)
      .type('application/problem+json')
      .json({ title: 'There is nothing at this address', status: 404 });
  });
  const onError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
    log.error({ err: error }, 'an HTTP request failed');
    response.status(500).type('application/problem+json').json({ title: 'Internal error', status: 500 });
  };
  app.use(onError);
  return app;
}

/**
 * Listens on `listen` ("host:port") and returns the server.
 * @throws Error that names the setting when the port is taken or not ours to use.
 */
export async function listen(app: Express, listen: string): Promise<Server> {
  const [host = '', port = ''] = listen.split(':');
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000 },
    app,
  );
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new Error(
          `WALLETLINE_HTTP_LISTEN: cannot listen there (${error.code ?? 'unknown'}); choose another host:port`,
          { cause: error },
        ),
      );
    });
    server.listen(Number(port), host, () => resolve(server));
  });
}
