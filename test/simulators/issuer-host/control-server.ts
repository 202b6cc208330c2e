import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { z } from 'zod';
import type { IssuerHost } from './issuer-host.js';

const cards = z.strictObject({
  cards: z.array(
    z.strictObject({
      pan: z.string().regex(/^\d{13,19}$/),
      pin: z.string().regex(/^\d{4,12}$/),
      expiry: z.string().regex(/^\d{4}$/),
      balanceMinor: z.number().int(),
      perTransactionLimitMinor: z.number().int().optional(),
    }),
  ),
});
const onOff = z.strictObject({ on: z.boolean() });
const link = z.strictObject({ down: z.boolean() });
const mostBodyBytes = 1_000_000;

type Route = (host: IssuerHost, body: unknown) => unknown;

/** What the control port offers; each answers JSON. */
const routes: Readonly<Record<string, Route>> = {
  'GET /accounts': (host) => host.books.accounts,
  'GET /journal': (host) => host.books.journal,
  'GET /faults': (host) => host.faults.pending,
  'GET /counts': (host) => host.counts,
  'POST /faults': (host, body) => {
    for (const fault of Array.isArray(body) ? body : [body]) {
      host.faults.add(fault);
    }
  },
  'DELETE /faults': (host) => host.faults.clear(),
  'POST /reset': (host) => host.books.reset(),
  'PUT /accounts': (host, body) => {
    for (const { perTransactionLimitMinor: limit, ...card } of cards.parse(body).cards) {
      host.books.setCard({ ...card, ...(limit === undefined ? {} : { perTransactionLimitMinor: limit }) });
    }
  },
  'POST /duplicate-check': (host, body) => {
    host.books.duplicateCheck = onOff.parse(body).on;
  },
  'POST /link': (host, body) => host.setLink(link.parse(body).down),
  'POST /forget-keys': (host) => host.keys.forget(),
};

/** Returns the HTTP server of the control port, not yet listening. A wrong order is answered with 400. */
export function createControlServer(host: IssuerHost): Server {
  return createServer((request, response) => {
    answer(host, request, response).catch((error: unknown) => {
      reply(response, 400, { error: error instanceof Error ? error.message : String(error) });
    });
  });
}

async function answer(host: IssuerHost, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = routes[`${request.method ?? ''} ${request.url ?? ''}`];
  if (route === undefined) {
    reply(response, 404, { error: `there is ${Object.keys(routes).join(', ')}` });
    return;
  }
  reply(response, 200, route(host, await bodyOf(request)) ?? { done: true });
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBodyBytes) {
      throw new Error('the order is too long');
    }
    chunks.push(chunk);
  }
  return size === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
