import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { TransferWay } from '../call/call.js';
import type { OrderState } from '../payment/orders/order.js';
import type { PaymentState, TerminalState } from '../payment/payment.js';
import type { Carrier } from '../provider/carrier/carrier.js';
import type { Provider } from '../provider/provider.js';
import type { SessionResult } from '../session/payment-sessions.js';

/** Seconds: from an answer at once to a payment that a worker ends. */
const latencyBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 300];

/** What is asked at the moment of a scrape. */
export type Gauges = {
  readonly callsInProgress: () => number;
  readonly switchConnected: () => boolean;
  readonly bankAvailable: () => boolean;
  /** Left out: no call centre is configured, and none is published. */
  readonly callCentreConnected?: () => boolean;
  /** Requests sent to Asterisk since the start, by operation. */
  readonly ariRequests: () => ReadonlyMap<string, number>;
};

type ProviderAnswered = {
  /** The provider's id. */
  readonly provider: string;
  readonly operation: Exclude<keyof Provider, 'id' | 'can'> | keyof Carrier;
  readonly outcome: string;
};

/** Every figure that Walletline publishes, in Prometheus's text format. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #calls = this.#counter('walletline_calls_total', 'Calls that ended, by how they ended.', [
    'outcome',
  ]);
  readonly #payments = this.#counter(
    'walletline_payments_total',
    'Payments attempted, by what the caller was told.',
    ['service', 'outcome'],
  );
  readonly #questions = this.#counter(
    'walletline_questions_total',
    'Questions put to callers, by what came back: an answer, silence, keys that do not fit.',
    ['dialogue', 'heard'],
  );
  readonly #bankCodes = this.#counter(
    'walletline_bank_answers_total',
    'Answers of the bank, by response code and what the code means to us.',
    ['code', 'class'],
  );
  readonly #bankAlarms = this.#counter(
    'walletline_bank_alarms_total',
    'What must not come over the bank line: an unknown code, a bad MAC, an answer to nothing.',
    ['kind'],
  );
  readonly #pinAlarms = this.#counter(
    'walletline_pin_alarms_total',
    'Limits that wrong PINs have reached, of a caller, of withheld numbers together, of a card prefix.',
    ['scope'],
  );
  readonly #pinRefusals = this.#counter(
    'walletline_pins_not_tried_total',
    'PINs that the bank was not asked with, by the counter that was full.',
    ['scope'],
  );
  readonly #enquiryRefusals = this.#counter(
    'walletline_enquiries_refused_total',
    'Enquiries about phones and order codes that were not asked, by the counter that was full.',
    ['scope'],
  );
  readonly #commits = this.#counter('walletline_database_commits_total', 'Durable commits.', []);
  readonly #paymentStates = this.#counter(
    'walletline_payment_states_total',
    'Payments that entered a state, by state.',
    ['state'],
  );
  readonly #orderStates = this.#counter(
    'walletline_order_states_total',
    'Orders that entered a state, by state; open again after a payment that failed counts again.',
    ['state'],
  );
  readonly #sessions = this.#counter(
    'walletline_payment_sessions_total',
    'Payment sessions of transferred callers that ended, by way and result.',
    ['way', 'outcome'],
  );
  readonly #requests = this.#counter(
    'walletline_http_requests_total',
    'HTTP requests, by method and pattern of the route, and status.',
    ['route', 'status'],
  );
  readonly #paymentSeconds = this.#histogram(
    'walletline_payment_seconds',
    'From a payment’s beginning to its end, by the state it ended in.',
    ['state'],
  );
  readonly #bankSeconds = this.#histogram(
    'walletline_bank_seconds',
    'From a request to the bank to its answer.',
    [],
  );
  readonly #providerSeconds = this.#histogram(
    'walletline_provider_seconds',
    'From a request to a provider to its answer or time-out, by provider, operation and outcome.',
    ['provider', 'operation', 'outcome'],
  );
  readonly #requestSeconds = this.#histogram(
    'walletline_http_request_seconds',
    'From an HTTP request to the end of its answer, by method and pattern of the route; a stream of events counts whole.',
    ['route'],
  );

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Publishes what is read at each scrape. */
  watch(gauges: Gauges): void {
    this.#gauge('walletline_calls_in_progress', 'Calls going on now.', gauges.callsInProgress);
    this.#gauge('walletline_switch_connected', '1 while Asterisk is connected.', () =>
      Number(gauges.switchConnected()),
    );
    this.#gauge('walletline_bank_available', '1 while a bank line is signed on.', () =>
      Number(gauges.bankAvailable()),
    );
    const { callCentreConnected } = gauges;
    if (callCentreConnected !== undefined) {
      this.#gauge('walletline_call_centre_connected', '1 while the call centre can be reached.', () =>
        Number(callCentreConnected()),
      );
    }
    this.#countKeptElsewhere(gauges);
  }

  /** Publishes a count that is kept elsewhere. */
  #countKeptElsewhere(gauges: Gauges): void {
    new Counter({
      name: 'walletline_ari_requests_total',
      help: 'Requests sent to Asterisk, by operation.',
      labelNames: ['operation'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [operation, count] of gauges.ariRequests()) {
          this.inc({ operation }, count);
        }
      },
    });
  }

  readonly callEnded = (outcome: string) => this.#calls.inc({ outcome });
  readonly paymentTold = (service: string, outcome: string) => this.#payments.inc({ service, outcome });
  readonly questionEnded = (dialogue: string, heard: string) => this.#questions.inc({ dialogue, heard });
  readonly bankAnswered = (code: string, responseClass: string) =>
    this.#bankCodes.inc({ code, class: responseClass });
  readonly bankAlarm = (kind: string) => this.#bankAlarms.inc({ kind });
  readonly pinAlarm = (scope: string) => this.#pinAlarms.inc({ scope });
  readonly pinRefused = (scope: string) => this.#pinRefusals.inc({ scope });
  readonly enquiryRefused = (scope: string) => this.#enquiryRefusals.inc({ scope });
  readonly committed = () => this.#commits.inc();
  readonly paymentEntered = (state: PaymentState) => this.#paymentStates.inc({ state });
  readonly paymentEnded = (state: TerminalState, seconds: number) =>
    this.#paymentSeconds.observe({ state }, seconds);
  readonly orderEntered = (state: OrderState) => this.#orderStates.inc({ state });
  readonly sessionEnded = (way: TransferWay, outcome: SessionResult['outcome']) =>
    this.#sessions.inc({ way, outcome });
  readonly bankTook = (seconds: number) => this.#bankSeconds.observe(seconds);
  readonly providerTook = (answered: ProviderAnswered, seconds: number) =>
    this.#providerSeconds.observe(answered, seconds);
  readonly requestAnswered = (route: string, status: number, seconds: number) => {
    this.#requests.inc({ route, status: String(status) });
    this.#requestSeconds.observe({ route }, seconds);
  };

  /** Returns all figures in Prometheus's text format (0.0.4). */
  async text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram<Label extends string>(name: string, help: string, labelNames: Label[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: latencyBuckets, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }
}
