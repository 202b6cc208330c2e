import { z } from 'zod';
import { callRoutes } from './calls-routes.js';
import { openApi } from './openapi.js';
import { orderRoutes } from './orders-routes.js';
import { paymentSessionRoutes } from './payment-session-routes.js';
import { paymentRoutes } from './payments-routes.js';
import { type Route, route } from './route.js';
import { sessionEventsRoute } from './session-events-route.js';

const document = z.record(z.string(), z.unknown()).meta({ description: 'OpenAPI 3.1.' });

const described: readonly Route[] = [
  ...orderRoutes,
  ...callRoutes,
  ...paymentSessionRoutes,
  sessionEventsRoute,
  ...paymentRoutes,
];

/** Made when it is first asked for. */
let made: Record<string, unknown> | undefined;

const readDocument: Route = route({
  method: 'get',
  path: '/openapi.json',
  operationId: 'readOpenApi',
  summary: 'This description',
  reach: { agent: 'all', operator: 'all', auditor: 'all' },
  answers: { 200: { description: 'OpenAPI 3.1.', schema: document } },
  problems: [],
  handle: async () => {
    made ??= apiDocument();
    return { status: 200, body: made };
  },
});

/** Every route that needs a token. */
export const apiRoutes: readonly Route[] = [...described, readDocument];

/** Returns the OpenAPI document of everything that is served. */
export function apiDocument(): Record<string, unknown> {
  return openApi(apiRoutes);
}
