import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** What is asked at the moment of a scrape. */
export type Gauges = {
  readonly callsInProgress: () => number;
  readonly switchConnected: () => boolean;
  readonly bankAvailable: () => boolean;
  /** Requests sent to Asterisk since the start, by operation. */
  readonly ariRequests: () => ReadonlyMap<string, number>;
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
  readonly #commits = this.#counter('walletline_database_commits_total', 'Durable commits.', []);

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
  readonly committed = () => this.#commits.inc();

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
