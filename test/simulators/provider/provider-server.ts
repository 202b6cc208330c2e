import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { ProviderBooks, ProviderEntry, SoldItem } from './provider-books.js';
import type { Fault } from './provider-faults.js';
import { FaultScript, faultBody } from './provider-faults.js';

const text = z.string().min(1).max(64);
const details = z.record(z.string(), z.unknown());
const currency = z.literal('CNY');
const orderBody = z.strictObject({
  ...{ service: text, amountMinor: z.number().int().positive(), currency, details },
  ...{ quoteId: text.optional(), holdId: text.optional(), payer: text.optional() },
});
const quoteBody = z.strictObject({ service: text, details });
const holdBody = z.strictObject({ quoteId: text });

/** So long is what was quoted or held good. */
const goodForMs = 15 * 60_000;

type Answer = { readonly status: number; readonly body: object };

/**
 * A provider's HTTP face, as docs/provider-interface.md describes it, and a control side under /control:
 * POST and DELETE faults, POST reset, POST duplicate-check {"on": false}.
 */
export function createProviderServer(id: string, books: ProviderBooks): Server {
  const face = new ProviderFace(id, books);
  return createServer((request, response) => {
    face.handle(request, response).catch((error: unknown) => {
      const isInvalid = error instanceof z.ZodError || error instanceof SyntaxError;
      reply(response, { status: isInvalid ? 400 : 500, body: { error: isInvalid ? 'malformed' : 'failed' } });
    });
  });
}

class ProviderFace {
  readonly #id: string;
  readonly #books: ProviderBooks;
  readonly #faults = new FaultScript();

  constructor(id: string, books: ProviderBooks) {
    this.#id = id;
    this.#books = books;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://provider');
    const [root = '', key = '', below = '', cancelKey = ''] = pathname
      .split('/')
      .slice(1)
      .map(decodeURIComponent);
    const route = `${request.method ?? ''} ${below === '' ? root : below}`;
    const body = await readJson(request);
    switch (route) {
      case 'GET items':
        return send(response, this.#faults.take('list'), this.#list());
      case 'POST quotes':
        return send(response, this.#faults.take('quote'), this.#quote(quoteBody.parse(body)));
      case 'PUT holds':
        return this.#hold(response, key, holdBody.parse(body).quoteId);
      case 'DELETE holds':
        return send(response, this.#faults.take('release', key), this.#release(key));
      case 'PUT orders':
        return this.#order(response, key, orderBody.parse(body));
      case 'GET orders': {
        const fault = this.#faults.take('look-up', key);
        return send(response, fault, this.#lookUp(key, fault));
      }
      case 'PUT cancellations':
        return send(response, this.#faults.take('cancel', key), this.#cancel(key, cancelKey));
      default:
        if (root === 'control') {
          reply(response, this.#control(`${request.method ?? ''} ${key}`, body));
          return;
        }
        reply(response, { status: 404, body: { error: 'no such thing' } });
    }
  }

  #list(): Answer {
    const items = this.#books.items.map(({ id, label, priceMinor }) => ({ id, label, priceMinor }));
    return { status: 200, body: { currency: 'CNY', items } };
  }

  #quote({ service, details: of }: z.output<typeof quoteBody>): Answer {
    const item = this.#books.item(of, service);
    if (item === undefined) {
      return { status: 422, body: { state: 'refused', provider: this.#id, reason: 'not-sold' } };
    }
    const validUntil = new Date(Date.now() + goodForMs).toISOString();
    const price = { priceMinor: item.priceMinor ?? 0, feeMinor: 0, currency: 'CNY' };
    return { status: 201, body: { state: 'quoted', quoteId: item.id, ...price, validUntil } };
  }

  async #hold(response: ServerResponse, key: string, quoteId: string): Promise<void> {
    const fault = this.#faults.take('hold', key);
    const item = this.#books.item({}, quoteId);
    if (item === undefined || fault?.fault === 'refuse') {
      const reason = item === undefined ? 'not-sold' : 'sold-out';
      return send(response, fault, { status: 422, body: { ...this.#whose(key), state: 'refused', reason } });
    }
    const endMs = Date.now() + goodForMs;
    const keptUntilMs = fault?.fault === 'hold-expires-early' ? Date.now() : endMs;
    const { holdId, toldUntilMs } = this.#books.hold(key, item, { toldUntilMs: endMs, keptUntilMs });
    const held = { holdId, expiresAt: new Date(toldUntilMs).toISOString(), items: [item.label] };
    const price = { priceMinor: item.priceMinor ?? 0, currency: 'CNY' };
    return send(response, fault, {
      status: 201,
      body: { ...this.#whose(key), state: 'held', ...held, ...price },
    });
  }

  #release(key: string): Answer {
    return this.#books.release(key)
      ? { status: 200, body: { ...this.#whose(key), state: 'released' } }
      : { status: 404, body: { ...this.#whose(key), state: 'never-seen' } };
  }

  async #order(response: ServerResponse, key: string, body: z.output<typeof orderBody>): Promise<void> {
    const { currency: _currency, payer, ...order } = body;
    const ordered = { key, ...order };
    if (this.#books.contradicts(ordered)) {
      reply(response, { status: 409, body: { error: 'this key was used for another order' } });
      return;
    }
    const fault = this.#faults.take('order', key, payer);
    if (fault?.fault === 'no-answer' || fault?.fault === 'error-500') {
      return send(response, fault, { status: 500, body: {} });
    }
    const isNew = this.#books.decisionOf(key) === undefined;
    const entry = this.#books.decide(ordered, fault?.fault === 'refuse' ? 'not-now' : undefined);
    if (fault?.fault === 'accept-twice') {
      this.#books.duplicateCheck = false;
      this.#books.decide(ordered);
      this.#books.duplicateCheck = true;
    }
    return send(response, fault, this.#decided(entry, fault, isNew));
  }

  #lookUp(key: string, fault: Fault | undefined): Answer {
    const entry = this.#books.decisionOf(key);
    return entry === undefined
      ? { status: 404, body: { ...this.#whose(key), state: 'never-seen' } }
      : this.#decided(entry, fault, false);
  }

  #decided(entry: ProviderEntry, fault: Fault | undefined, isNew: boolean): Answer {
    const { key, reason, reference, amountMinor } = entry;
    if (entry.event === 'refused') {
      return { status: 422, body: { ...this.#whose(key), state: 'refused', reason } };
    }
    const { details: of } = orderBody.partial().parse(entry.order);
    const item = this.#books.item(of ?? {}, entry.service);
    const goods = item && goodsOf(item, reference ?? '', fault?.fault === 'secret-missing');
    return {
      status: isNew ? 201 : 200,
      body: {
        ...{ ...this.#whose(key), state: 'accepted', reference, currency: 'CNY' },
        amountMinor: fault?.fault === 'wrong-amount' ? amountMinor + 1 : amountMinor,
        goods,
      },
    };
  }

  #cancel(key: string, cancelKey: string): Answer {
    const refundMinor = this.#books.cancel(key, cancelKey);
    return refundMinor === undefined
      ? { status: 422, body: { ...this.#whose(key), state: 'refused', reason: 'nothing-to-cancel' } }
      : {
          status: 200,
          body: { ...this.#whose(key), state: 'cancelled', refundMinor, feeMinor: 0, currency: 'CNY' },
        };
  }

  #whose(key: string) {
    return { provider: this.#id, key };
  }

  #control(route: string, body: unknown): Answer {
    switch (route) {
      case 'POST faults':
        this.#faults.add(faultBody.parse(body));
        break;
      case 'DELETE faults':
        this.#faults.clear();
        break;
      case 'POST reset':
        this.#faults.clear();
        this.#books.duplicateCheck = true;
        break;
      case 'POST duplicate-check':
        this.#books.duplicateCheck = z.strictObject({ on: z.boolean() }).parse(body).on;
        break;
      default:
        return { status: 404, body: { error: 'no such control' } };
    }
    return { status: 200, body: {} };
  }
}

/** The same reference has the same secret. */
function goodsOf(item: SoldItem, reference: string, withoutSecret: boolean) {
  const secret = item.secret === true && !withoutSecret ? { secret: `S-${reference}` } : {};
  return item.goods === undefined && item.secret !== true
    ? undefined
    : { card: `C-${reference}`, ...item.goods, ...secret };
}

async function send(response: ServerResponse, fault: Fault | undefined, answer: Answer): Promise<void> {
  switch (fault?.fault) {
    case 'no-answer':
    case 'accept-no-answer':
      // The line dies when the client gives up; until then nothing comes.
      response.on('close', () => response.destroy());
      return;
    case 'error-500':
      reply(response, { status: 500, body: { error: 'made by a fault script' } });
      return;
    case 'garbage':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"state":');
      return;
    case 'late':
      await pause(fault.delayMs);
      reply(response, answer);
      return;
    case 'refuse':
    case 'accept-twice':
    case 'wrong-amount':
    case 'hold-expires-early':
    case 'secret-missing':
    case undefined:
      reply(response, answer);
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const read = Buffer.concat(chunks).toString('utf8');
  return read === '' ? {} : JSON.parse(read);
}

function reply(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
