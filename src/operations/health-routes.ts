import type { Express } from 'express';
import type { Metrics } from './metrics.js';

/** What the routes that are open to everybody show: nothing of a payment or of a caller. */
export type Health = {
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>;
  /** What keeps this node from taking a call, by name; empty when nothing does. */
  readonly notReady: () => Promise<readonly string[]>;
  /** What this node does without for now, and takes calls all the same. */
  readonly degraded?: (() => readonly string[]) | undefined;
};

/** The open routes, for the OpenAPI document: each path with what it is for and what it answers. */
export const healthPaths = {
  '/healthz': {
    operationId: 'healthz',
    summary: 'The process lives',
    type: 'application/json',
    statuses: [200],
  },
  '/readyz': {
    operationId: 'readyz',
    summary: 'Whether this node can take calls; else what keeps it from that',
    type: 'application/json',
    statuses: [200, 503],
  },
  '/metrics': {
    operationId: 'metrics',
    summary: 'Figures for Prometheus',
    type: 'text/plain',
    statuses: [200],
  },
} as const;

/** Adds GET /healthz, /readyz and /metrics. */
export function mountHealthRoutes(app: Express, { metrics, notReady, degraded }: Health): void {
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'alive' });
  });
  app.get('/readyz', async (_request, response) => {
    const missing = await notReady();
    const without = degraded?.() ?? [];
    response.status(missing.length === 0 ? 200 : 503).json({
      status: missing.length === 0 ? 'ready' : 'not ready',
      missing,
      ...(without.length === 0 ? {} : { degraded: without }),
    });
  });
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.text());
  });
}
