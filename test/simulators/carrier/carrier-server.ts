import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { CarrierBooks, Order } from './carrier-books.js';

const phone = z.string().regex(/^\d{5,20}$/);
const orderBody = z.strictObject({
  service: z.enum(['recharge', 'bill']),
  phone,
  amountMinor: z.number().int().positive(),
  currency: z.literal('CNY'),
});
const account = z.strictObject({ phone, balanceMinor: z.number().int(), dueMinor: z.number().int() });

/** What can go wrong, as a test orders it. `phone` and `operation` narrow it; `times` counts down. */
const faultBody = z.strictObject({
  fault: z.enum(['refuse', 'accept-no-answer', 'no-answer', 'error-500', 'slow', 'answer-twice', 'garbage']),
  operation: z.enum(['order', 'look-up', 'balance', 'bill']).default('order'),
  phone: phone.optional(),
  delayMs: z.number().int().min(0).max(120_000).default(3_000),
  times: z.number().int().min(1).default(1),
});
type Fault = z.output<typeof faultBody>;

/**
 * The carrier's HTTP face, as docs/carrier-interface.md describes it, and a control side under /control:
 * POST /control/faults, DELETE /control/faults, POST /control/reset, PUT /control/phones,
 * POST /control/duplicate-check {"on": false}.
 */
export function createCarrierServer(books: CarrierBooks): Server {
  const faults: Fault[] = [];
  return createServer((request, response) => {
    handle(books, faults, request, response).catch((error: unknown) => {
      const invalid = error instanceof z.ZodError || error instanceof SyntaxError;
      reply(response, invalid ? 400 : 500, { error: invalid ? 'malformed request' : 'internal error' });
    });
  });
}

async function handle(
  books: CarrierBooks,
  faults: Fault[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://carrier').pathname
    .split('/')
    .slice(1)
    .map(decodeURIComponent);
  const route = `${request.method ?? ''} ${path[0] ?? ''}`;
  if (path[0] === 'control') {
    control(books, faults, `${request.method ?? ''} ${path[1] ?? ''}`, await readJson(request), response);
    return;
  }
  const body = request.method === 'PUT' ? await readJson(request) : undefined;
  if (route === 'PUT orders') {
    const order = orderBody.parse(body);
    return placeOrder(
      books,
      takeFault(faults, 'order', order.phone),
      { key: path[1] ?? '', ...order },
      response,
    );
  }
  if (route === 'GET orders') {
    const decision = books.decisionOf(path[1] ?? '');
    return answer(
      response,
      takeFault(faults, 'look-up'),
      decision ? 200 : 404,
      decision ?? { state: 'never-seen' },
    );
  }
  if (route === 'GET phones' && (path[2] === 'balance' || path[2] === 'bill')) {
    const found = books.phone(path[1] ?? '');
    const what =
      path[2] === 'balance'
        ? { balanceMinor: found?.balanceMinor, currency: 'CNY' }
        : { dueMinor: found?.dueMinor, currency: 'CNY' };
    return answer(
      response,
      takeFault(faults, path[2], path[1]),
      found ? 200 : 404,
      found ? what : { state: 'phone-unknown' },
    );
  }
  reply(response, 404, { error: 'no such thing' });
}

async function placeOrder(
  books: CarrierBooks,
  fault: Fault | undefined,
  order: Order,
  response: ServerResponse,
): Promise<void> {
  if (books.contradicts(order)) {
    reply(response, 409, { error: 'this key was used for another order' });
    return;
  }
  if (fault?.fault === 'no-answer' || fault?.fault === 'error-500') {
    return answer(response, fault, 500, {});
  }
  const seen = books.decisionOf(order.key) !== undefined;
  const decision = books.decide(order, fault?.fault === 'refuse' ? 'not-now' : undefined);
  return answer(response, fault, decision.state === 'refused' ? 422 : seen ? 200 : 201, decision);
}

async function answer(
  response: ServerResponse,
  fault: Fault | undefined,
  status: number,
  body: object,
): Promise<void> {
  switch (fault?.fault) {
    case 'no-answer':
    case 'accept-no-answer':
      // The line dies when the client gives up; until then nothing comes.
      response.on('close', () => response.destroy());
      return;
    case 'error-500': {
      reply(response, 500, { error: 'made by a fault script' });
      return;
    }
    case 'garbage':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"state":');
      return;
    case 'slow':
      await pause(fault.delayMs);
      {
        reply(response, status, body);
        return;
      }
    case 'answer-twice': {
      const text = JSON.stringify(body);
      response.writeHead(status, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      response.end(text);
      // A second answer on the same connection, which nobody asked for.
      response.socket?.write(
        `HTTP/1.1 ${status} OK\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
      );
      return;
    }
    case 'refuse':
    case undefined: {
      reply(response, status, body);
      return;
    }
  }
}

function control(
  books: CarrierBooks,
  faults: Fault[],
  route: string,
  body: unknown,
  response: ServerResponse,
): void {
  switch (route) {
    case 'POST faults':
      faults.push(faultBody.parse(body));
      break;
    case 'DELETE faults':
      faults.length = 0;
      break;
    case 'POST reset':
      faults.length = 0;
      books.duplicateCheck = true;
      books.reset();
      break;
    case 'PUT phones':
      books.setPhone(account.parse(body));
      break;
    case 'POST duplicate-check':
      books.duplicateCheck = z.strictObject({ on: z.boolean() }).parse(body).on;
      break;
    default:
      reply(response, 404, { error: 'no such control' });
      return;
  }
  reply(response, 200, {});
}

function takeFault(faults: Fault[], operation: Fault['operation'], phoneNumber?: string): Fault | undefined {
  const at = faults.findIndex(
    (fault) => fault.operation === operation && (fault.phone === undefined || fault.phone === phoneNumber),
  );
  const fault = faults[at];
  if (fault && --fault.times === 0) {
    faults.splice(at, 1);
  }
  return fault && { ...fault };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
