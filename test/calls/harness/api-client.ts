/** The application's API as an agent's desktop or a shop's system uses it: plain HTTP, tokens, server-sent events. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { labWait } from './lab-wait.js';

/** What came back. */
export type ApiAnswer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

export type PreparedOrder = { readonly id: string; readonly code: string; readonly amountMinor: number };

export type NewOrder = {
  readonly service: 'recharge' | 'bill';
  readonly target: string;
  readonly amountMinor: number;
};

/** One server-sent event of a payment session. */
export type SessionEvent = Readonly<Record<string, unknown>> & {
  readonly seq: number;
  readonly type: string;
};

/** One user of the API. */
export class ApiUser {
  readonly #origin: string;
  readonly #token: string;

  constructor(origin: string, token: string) {
    this.#origin = origin;
    this.#token = token;
  }

  async get(path: string): Promise<ApiAnswer> {
    return this.#ask('GET', path);
  }

  async post(
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ApiAnswer> {
    return this.#ask('POST', path, body, headers);
  }

  /** Prepares an order that nobody else has. */
  async prepares(order: NewOrder): Promise<PreparedOrder> {
    const answer = await this.post('/orders', order, { 'idempotency-key': randomUUID() });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body as unknown as PreparedOrder;
  }

  /** Begins a payment session of a call, once the application knows of the call. */
  async begins(channelId: string, way: 'blind' | 'detour' | 'assisted', orderId?: string): Promise<void> {
    await labWait('the payment session to begin', async () => {
      const { status, body } = await this.post(`/calls/${channelId}/payment-session`, {
        way,
        ...(orderId === undefined ? {} : { orderId }),
      });
      if (status === 404) {
        return undefined;
      }
      assert.ok(status < 300, `${status} ${JSON.stringify(body)}`);
      return true;
    });
  }

  /** Gives an order of an assisted session, once it can be given. */
  async orders(channelId: string, order: 'capture' | 'complete' | 'cancel', field?: string): Promise<void> {
    await labWait(`to ${order} ${field ?? ''}`, async () => {
      const { status, body } = await this.post(
        `/calls/${channelId}/payment-session/${order}`,
        field === undefined ? undefined : { field },
      );
      if (status === 409) {
        return undefined;
      }
      assert.ok(status < 300, `${status} ${JSON.stringify(body)}`);
      return true;
    });
  }

  /** Begins to watch the session of a call. */
  async watches(channelId: string): Promise<WatchedSession> {
    const abort = new AbortController();
    const response = await fetch(`${this.#origin}/calls/${channelId}/events`, {
      headers: this.#headers({ accept: 'text/event-stream' }),
      signal: abort.signal,
    });
    assert.equal(response.status, 200);
    assert.ok(response.body);
    return new WatchedSession(response.body, abort);
  }

  async #ask(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ApiAnswer> {
    const response = await fetch(`${this.#origin}${path}`, {
      method,
      headers: this.#headers(
        body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ),
      signal: AbortSignal.timeout(10_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as ApiAnswer['body']) };
  }

  #headers(others: Readonly<Record<string, string>>): Record<string, string> {
    return { authorization: `Bearer ${this.#token}`, ...others };
  }
}

/** The events of one session as they come. */
export class WatchedSession {
  readonly events: SessionEvent[] = [];
  /** All that came, as it came. */
  text = '';
  readonly #abort: AbortController;

  constructor(stream: ReadableStream<Uint8Array>, abort: AbortController) {
    this.#abort = abort;
    // A stream that is cut has said all that it will.
    this.#read(stream).catch(() => undefined);
  }

  /** Waits for an event of which `isIt` is true, and returns it. */
  async sees(what: string, isIt: (event: SessionEvent) => boolean, withinMs = 10_000): Promise<SessionEvent> {
    try {
      return await labWait(what, () => this.events.find(isIt), withinMs);
    } catch (cause) {
      throw new Error(`no event told of ${what}: ${this.text}`, { cause });
    }
  }

  /** Waits for the result, and returns what it says. */
  async seesResult(withinMs = 20_000): Promise<Readonly<Record<string, unknown>>> {
    const event = await this.sees('the result', ({ type }) => type === 'result', withinMs);
    return event['result'] as Readonly<Record<string, unknown>>;
  }

  stop(): void {
    this.#abort.abort();
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      this.text += decoder.decode(chunk, { stream: true });
      this.#take();
    }
  }

  #take(): void {
    const whole = this.text.slice(0, this.text.lastIndexOf('\n\n') + 1);
    const data = [...whole.matchAll(/^data: (.*)$/gm)].map(([, json]) => json ?? '');
    for (const json of data.slice(this.events.length)) {
      this.events.push(JSON.parse(json) as SessionEvent);
    }
  }
}
