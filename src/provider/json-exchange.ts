import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.js';
import { systemClock } from '../clock.js';
import type { Log } from '../log.js';

/** Where the other side is, and how long to wait for it. */
export type JsonExchangeOptions = {
  readonly url: string;
  /** For the whole of a request, its second try included. */
  readonly timeoutMs: number;
  /** Bearer token, when the other side wants one. */
  readonly token?: string | undefined;
  readonly log: Log;
  readonly clock?: Pick<Clock, 'monotonicMs'>;
};

/** GET, PUT and DELETE may be sent twice, because the second does nothing that the first did not do; POST may not. */
export type JsonMethod = 'GET' | 'PUT' | 'DELETE' | 'POST';

export type JsonAnswer = { readonly status: number; readonly body: unknown };

type Request = {
  readonly method: JsonMethod;
  readonly path: string;
  readonly text: string | undefined;
  readonly signal: AbortSignal;
};

/** What one connection gave: a whole answer, or how it failed. */
type Try =
  | { readonly outcome: 'answered'; readonly status: number; readonly text: string }
  | { readonly outcome: 'failed'; readonly error: unknown; readonly wasDropped: boolean };

/** The other side sent more than an answer may have: it did answer, so it is not asked again. */
class AnswerTooLong extends Error {}

/** No answer is longer; a longer one is not read. */
const maxBodyBytes = 65_536;
const maxIdleConnections = 32;
/** Many servers close an idle connection after five seconds; one that is nearly so old is not used again. */
const maxIdleMs = 4_000;

/** Bytes after an answer would be read as the answer of the next request, which may be another payment's. */
function closeSocket(this: Socket): void {
  this.destroy();
}

/**
 * JSON over HTTP/1.1 on kept connections. A server may close an idle connection at the moment when a request is
 * written to it, so a request that fails on a reused connection is tried once more, on a fresh one, within the
 * same time-out. A request that fails on a fresh connection is not tried again.
 */
export class JsonExchange {
  readonly #options: JsonExchangeOptions;
  readonly #base: string;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #connections: http.Agent;
  readonly #send: typeof http.request;

  constructor(options: JsonExchangeOptions) {
    this.#options = options;
    this.#base = options.url.replace(/\/$/, '');
    this.#clock = options.clock ?? systemClock;
    const isTls = this.#base.startsWith('https:');
    const keep = { keepAlive: true, maxFreeSockets: maxIdleConnections, timeout: maxIdleMs };
    this.#connections = isTls ? new https.Agent(keep) : new http.Agent(keep);
    this.#connections.on('free', (socket: Socket) => socket.on('data', closeSocket));
    this.#send = isTls ? https.request : http.request;
  }

  /**
   * Returns the answer, or undefined when nothing usable came in time; then it is not known whether the other
   * side has the request. Redirects are not followed. It never rejects.
   */
  async request(method: JsonMethod, path: string, body?: object): Promise<JsonAnswer | undefined> {
    const { timeoutMs } = this.#options;
    const beganMs = this.#clock.monotonicMs();
    const text = body === undefined ? undefined : JSON.stringify(body);
    const request: Request = { method, path, text, signal: AbortSignal.timeout(timeoutMs) };
    let tried = await this.#try(request, this.#connections);
    if (tried.outcome === 'failed' && tried.wasDropped && method !== 'POST') {
      // The clock is asked as well as the signal: in a process that was frozen the timer may not have run yet,
      // and an order that goes out too late could reach a provider after the money was given back.
      const isInTime = !request.signal.aborted && this.#clock.monotonicMs() - beganMs < timeoutMs;
      tried = isInTime ? await this.#try(request, false) : tried;
    }
    if (tried.outcome === 'failed') {
      this.#logFailure(method, tried.error);
      return undefined;
    }
    try {
      return { status: tried.status, body: JSON.parse(tried.text) as unknown };
    } catch (error) {
      this.#logFailure(method, error);
      return undefined;
    }
  }

  /** What a network or the other side does is an outcome; the error's own text may quote the answer. */
  #logFailure(method: JsonMethod, error: unknown): void {
    const { name, code } = error instanceof Error ? (error as NodeJS.ErrnoException) : { name: 'unknown' };
    this.#options.log.debug({ method, error: name, code }, 'an HTTP request failed');
  }

  async #try({ method, path, text, signal }: Request, agent: http.Agent | false): Promise<Try> {
    let request: http.ClientRequest | undefined;
    try {
      const sent = this.#send(`${this.#base}${path}`, {
        method,
        headers: {
          accept: 'application/json',
          ...(text !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(text),
          }),
          ...(this.#options.token !== undefined && { authorization: `Bearer ${this.#options.token}` }),
        },
        signal,
        agent,
      });
      request = sent;
      const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
        sent.once('socket', (socket) => socket.off('data', closeSocket));
        sent.once('response', resolve);
        sent.on('error', reject);
        sent.end(text);
      });
      const answer = await readBounded(response);
      return { outcome: 'answered', status: response.statusCode ?? 0, text: answer };
    } catch (error) {
      request?.destroy();
      const wasDropped = request?.reusedSocket === true && !(error instanceof AnswerTooLong);
      return { outcome: 'failed', error, wasDropped };
    }
  }
}

async function readBounded(response: http.IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) {
      throw new AnswerTooLong('the other side sent more than an answer can hold');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
