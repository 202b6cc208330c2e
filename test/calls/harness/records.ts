/** What the service wrote down: the rows that an operator or an auditor would read. */
import assert from 'node:assert/strict';
import type { Database } from '../../../src/database/database.js';
import { labWait } from './lab-wait.js';

export type CallRow = {
  readonly id: string;
  readonly caller_number: string | null;
  readonly service_number: string;
  readonly entry: string;
  readonly language: string | null;
  readonly started_at: Date;
  readonly answered_at: Date | null;
  readonly ended_at: Date | null;
  readonly outcome: string | null;
  /** Of a call that an agent sent. */
  readonly agent: string | null;
  readonly order_id: string | null;
  readonly transfer_way: string | null;
};

export type PaymentRow = {
  readonly id: string;
  readonly call_id: string;
  readonly service: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly target: string;
  readonly created_at: Date;
  readonly state: string;
  readonly bank_response_code: string | null;
  readonly terminal_id: string;
  readonly stan: number;
  readonly rrn: string;
  readonly order_id: string | null;
};

export type EnquiryRow = {
  readonly kind: string;
  readonly outcome: string;
  readonly bank_response_code: string | null;
};

/** Reads the tables. */
export class Records {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Every call of a caller, oldest first. */
  async callsOf(callerNumber: string): Promise<readonly CallRow[]> {
    return this.#database<CallRow>('calls')
      .where({ caller_number: callerNumber })
      .orderBy(['started_at', 'id']);
  }

  /** The only call of a caller, once it has ended. Fails when the caller has more than one. */
  async endedCallOf(callerNumber: string): Promise<CallRow & { readonly ended_at: Date }> {
    const [call] = await this.endedCallsOf(callerNumber, 1);
    assert.ok(call);
    return call;
  }

  /** The calls of a caller, once so many have ended; fails when there are more. */
  async endedCallsOf(
    callerNumber: string,
    count: number,
  ): Promise<readonly (CallRow & { readonly ended_at: Date })[]> {
    const calls = await labWait(`${count} calls of ${callerNumber} to be closed in the records`, async () => {
      const rows = await this.callsOf(callerNumber);
      const ended = rows.filter((row): row is CallRow & { ended_at: Date } => row.ended_at !== null);
      return ended.length >= count && ended.length === rows.length ? ended : undefined;
    });
    assert.equal(calls.length, count, 'one row a call');
    return calls;
  }

  /** The path of a call: "dialogue.state heard", in order. */
  async pathOf(callId: string): Promise<readonly string[]> {
    const rows = await this.#database<{
      call_id: string;
      step: number;
      dialogue: string;
      state: string;
      heard: string;
    }>('call_steps')
      .where({ call_id: callId })
      .orderBy('step');
    return rows.map(({ dialogue, state, heard }) => `${dialogue}.${state} ${heard}`);
  }

  async paymentsOf(callerNumber: string): Promise<readonly PaymentRow[]> {
    return this.#database<PaymentRow & { caller_number: string }>('payments')
      .where({ caller_number: callerNumber })
      .orderBy(['created_at', 'id']);
  }

  /** The newest payment of a caller, once it is in this state. */
  async paymentIn(state: string, callerNumber: string, withinMs = 10_000): Promise<PaymentRow> {
    return labWait(
      `a payment of ${callerNumber} to be ${state}`,
      async () => (await this.paymentsOf(callerNumber)).findLast((payment) => payment.state === state),
      withinMs,
    );
  }

  /** The states that a payment has entered, in order. */
  async statesOf(paymentId: string): Promise<readonly string[]> {
    const rows = await this.#database<{ payment_id: string; to_state: string; at: Date; id: string }>(
      'payment_transitions',
    )
      .where({ payment_id: paymentId })
      .orderBy(['at', 'id']);
    return rows.map((row) => row.to_state);
  }

  /** How many cards of the wallet end as these numbers do. */
  async cardsEndingIn(pans: readonly string[]): Promise<number> {
    const lastFours = pans.map((pan) => pan.slice(-4));
    return (await this.#database('cards').whereIn('last_four', lastFours)).length;
  }

  async enquiriesOf(callId: string): Promise<readonly EnquiryRow[]> {
    return this.#database<EnquiryRow & { call_id: string; created_at: Date }>('enquiries')
      .where({ call_id: callId })
      .orderBy('created_at')
      .select('kind', 'outcome', 'bank_response_code');
  }

  /** Everything in every table, for whoever searches for what must not be there. */
  async allText(): Promise<string> {
    const [tables] = (await this.#database.raw('SHOW TABLES')) as [Record<string, string>[]];
    const dumps = await Promise.all(
      tables
        .flatMap((row) => Object.values(row))
        .map(async (table) => {
          const rows = (await this.#database(table).select()) as Record<string, unknown>[];
          return rows.map((row) => `${table} ${Object.values(row).map(asText).join(' ')}`).join('\n');
        }),
    );
    return dumps.join('\n');
  }
}

/** A column as a searcher would see it: binary ones both as bytes and in hexadecimal. */
function asText(value: unknown): string {
  return Buffer.isBuffer(value)
    ? `${value.toString('latin1')} ${value.toString('hex')}`
    : String(value instanceof Date ? value.toISOString() : value);
}
