import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AgentConversation } from '../../src/call/call-centre.js';
import type { RecordedCall } from '../../src/call-log/call-records.js';
import { money } from '../../src/money.js';
import type { Api } from '../../src/operations/api.js';
import type { ApiReads } from '../../src/operations/api-reads.js';
import type { ApiToken } from '../../src/operations/api-tokens.js';
import { EventStreams, type StreamLimits, usualStreamLimits } from '../../src/operations/event-streams.js';
import { createHttpApp, listen } from '../../src/operations/http-server.js';
import { Metrics } from '../../src/operations/metrics.js';
import type { PaymentPage } from '../../src/payment/operator/operator-queue.js';
import type { Order } from '../../src/payment/orders/order.js';
import type { PaymentSession } from '../../src/session/payment-sessions.js';
import { FakeCallRecords } from './fake-call-records.js';
import { FakeClock } from './fake-clock.js';
import { FakeOrderStore } from './fake-order-store.js';
import { RecordedLog } from './recorded-log.js';
import { ScriptedPaymentSessions } from './scripted-payment-sessions.js';

/** Each user's token is `token-of-<name>`. */
const users = [
  { name: '1001', role: 'agent' },
  { name: '1002', role: 'agent' },
  { name: 'shop', role: 'agent' },
  { name: 'duty', role: 'operator' },
  { name: 'books', role: 'auditor' },
] as const;

export type UserName = (typeof users)[number]['name'];

export const tokens: readonly ApiToken[] = users.map(({ name, role }) => ({
  name,
  role,
  tokenHash: createHash('sha256').update(`token-of-${name}`).digest(),
}));

/** Agent 1001 talks on it. */
export const talking = '1763870400.11';
/** Agent 1001 steers its assisted payment. */
export const paying = '1763870400.22';
/** The id of the session of `paying`. */
export const sessionId = '019ab000-0000-4000-8000-00000000005e';
/** It ended; agent 1001 had sent it. */
export const recorded = '1763870400.33';
/** What the callers dial from. */
export const callerNumber = '13800138000';
export const paymentId = '019ab000-0000-7000-8000-00000000000a';

/** A read of the API, as it was written down. */
export type Read = Parameters<ApiReads['append']>[0];

export type Asking = {
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};

export type ApiWorldOptions = {
  readonly requestsPerMinute?: number;
  readonly streamLimits?: Partial<StreamLimits>;
  /** False: no tokens are configured. */
  readonly isOn?: boolean;
  readonly callCentre?: Partial<Api['callCentre'] & object> | 'off';
};

/** The API on a port of its own, over doubles of what it works with. */
export class ApiWorld {
  readonly clock = new FakeClock();
  readonly sessions = new ScriptedPaymentSessions();
  readonly orders = new FakeOrderStore(this.clock);
  readonly callRecords = new FakeCallRecords();
  readonly conversations: AgentConversation[] = [];
  readonly pages = new Map<string, PaymentPage>();
  readonly reads: Read[] = [];
  readonly log = new RecordedLog();
  readonly metrics = new Metrics();
  readonly streams: EventStreams;
  readonly app: ReturnType<typeof createHttpApp>;
  /** True: reads cannot be written down. */
  readsFail = false;
  url = '';
  #server: Server | undefined;

  constructor(options: ApiWorldOptions = {}) {
    this.streams = new EventStreams({ ...usualStreamLimits, ...options.streamLimits });
    const api: Api = {
      sessions: this.sessions,
      callCentre:
        options.callCentre === 'off'
          ? undefined
          : { available: true, conversations: () => this.conversations, ...options.callCentre },
      orders: this.orders,
      payments: { page: async (id) => this.pages.get(id) },
      callRecords: this.callRecords,
      reads: {
        append: async (read) => {
          if (this.readsFail) {
            throw new Error('the database is away');
          }
          this.reads.push(read);
        },
      },
      clock: this.clock,
      streams: this.streams,
      settings: { limitPerPaymentMinor: 100_000, orderLifetimeMs: 1_800_000, utcOffsetMinutes: 480 },
    };
    this.app = createHttpApp({
      metrics: this.metrics,
      notReady: async () => [],
      log: this.log,
      api:
        options.isOn === false
          ? undefined
          : { tokens, requestsPerMinute: options.requestsPerMinute ?? 100_000, api },
    });
  }

  async start(): Promise<void> {
    this.#server = await listen(this.app, '127.0.0.1:0');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  /** Asks as this user; undefined: without a token. */
  async ask(
    as: UserName | undefined,
    method: string,
    path: string,
    { body, raw, headers = {}, signal }: Asking = {},
  ): Promise<Response> {
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    return fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer token-of-${as}` }),
        ...(body === undefined && raw === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(content === undefined ? {} : { body: content }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Prepares an order as this user, past the API. */
  async prepared(by: UserName, key = 'a-key'): Promise<Order> {
    const answer = await this.orders.prepare({
      service: 'recharge',
      target: '13900139000',
      details: { phone: '13900139000' },
      amount: money(5_000),
      reference: 'R-1',
      note: undefined,
      createdBy: by,
      idempotencyKey: key,
      expiresAt: new Date(this.clock.now().getTime() + 60_000),
    });
    if (answer.outcome === 'other-order') {
      throw new Error('a test used a key twice');
    }
    return answer.order;
  }

  /** Agent 1001 talks on one call, steers a payment on another, and has sent a third, which is over. */
  async populate(): Promise<Order> {
    const order = await this.prepared('1001');
    this.conversations.push({
      channelId: talking,
      agentChannelId: '1763870400.12',
      callerNumber,
      agent: '1001',
      since: this.clock.now(),
    });
    this.sessions.set(session({ channelId: paying, orderId: order.id }));
    this.callRecords.calls.push(
      recordedCall({ channelId: paying, endedAt: undefined, outcome: undefined }),
      recordedCall({ channelId: recorded, orderId: order.id }),
    );
    this.pages.set(paymentId, paymentPage(order.id));
    return order;
  }
}

export function session(of: Partial<PaymentSession> = {}): PaymentSession {
  return {
    id: sessionId,
    channelId: paying,
    way: 'assisted',
    agent: '1001',
    orderId: undefined,
    state: 'awaiting-agent',
    kept: { card: undefined, pin: false },
    result: undefined,
    ...of,
  };
}

let calls = 0;

export function recordedCall(of: Partial<RecordedCall> = {}): RecordedCall {
  calls += 1;
  return {
    id: `019ab000-0000-7000-8000-${String(calls).padStart(12, '0')}`,
    channelId: `1763870400.${1_000 + calls}`,
    callerNumber,
    serviceNumber: '12580',
    entry: 'transfer',
    agent: '1001',
    orderId: undefined,
    transferWay: 'detour',
    language: 'zh',
    position: 'pay.askPin',
    startedAt: new Date('2026-11-23T04:00:00.000Z'),
    answeredAt: new Date('2026-11-23T04:00:01.000Z'),
    endedAt: new Date('2026-11-23T04:01:00.000Z'),
    outcome: 'completed',
    ...of,
  };
}

function paymentPage(orderId: string): PaymentPage {
  const at = new Date('2026-11-23T04:00:30.000Z');
  return {
    payment: {
      id: paymentId,
      callId: '019ab000-0000-7000-8000-000000000001',
      callerNumber,
      service: 'recharge',
      target: '13900139000',
      details: { phone: '13900139000' },
      amount: money(5_000),
      cardId: '019ab000-0000-7000-8000-0000000000ca',
      orderId,
      bank: 'unionpay',
      provider: 'carrier',
      trace: { terminalId: 'T0000001', stan: 17, rrn: '000000123456', transmittedAt: at },
      state: 'completed',
      attempts: 0,
      lease: { owner: 'node/1', epoch: 1 },
      newsDue: false,
      createdAt: at,
      updatedAt: at,
    },
    transitions: [{ from: 'created', to: 'authorising', reason: undefined, at }],
    transfers: [],
    bankMessages: [],
    notices: [],
    acts: [],
    openBreaks: [],
  };
}
