import { v7 as uuidv7 } from 'uuid';
import type { TransferWay } from '../call/call.js';
import type { Clock } from '../clock.js';
import { insertConversation } from '../conversation/mysql-conversations.js';
import type { Database } from '../database/database.js';
import { isDuplicateKey } from '../database/database-error.js';
import { inTransaction } from '../database/transaction.js';
import type { CallEnd, CallLog, CallOutcome, Enquiry, NewCall, OpenCall } from './call-log.js';

/** Steps kept of one call: a caller who circles for an hour must not fill the disk. */
const maxSteps = 500;

type CallRow = {
  id: string;
  channel_id: string;
  ended_at: Date | null;
  agent: string | null;
  order_id: string | null;
  transfer_way: TransferWay | null;
};

/** The call log in MySQL. `application` is the ARI application name of this process. */
export class MysqlCallLog implements CallLog {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #application: string;

  constructor(database: Database, clock: Clock, application: string) {
    this.#database = database;
    this.#clock = clock;
    this.#application = application;
  }

  async begin({ handover, ...call }: NewCall): Promise<string> {
    const sent = {
      entry: call.entry,
      agent: handover?.agent ?? null,
      order_id: handover?.orderId ?? null,
      transfer_way: handover?.way ?? null,
    };
    try {
      await this.#database('calls').insert({
        id: call.id,
        channel_id: call.channelId,
        caller_number: call.callerNumber ?? null,
        service_number: call.serviceNumber,
        ...sent,
        application: this.#application,
        started_at: this.#clock.now(),
      });
      return call.id;
    } catch (error) {
      if (!isDuplicateKey(error)) {
        throw error;
      }
    }
    await this.#database('calls')
      .where({ channel_id: call.channelId })
      .update({ ...sent, application: this.#application, ended_at: null, outcome: null });
    const known = await this.#database<CallRow>('calls').where({ channel_id: call.channelId }).first('id');
    if (known === undefined) {
      throw new Error('the row of a call that was here before has gone');
    }
    return known.id;
  }

  async answered(callId: string): Promise<void> {
    await this.#database('calls')
      .where({ id: callId })
      .whereNull('answered_at')
      .update({ answered_at: this.#clock.now() });
  }

  async end(callId: string, { outcome, language, steps, broken }: CallEnd): Promise<void> {
    const at = this.#clock.now();
    await inTransaction(this.#database, async (transaction) => {
      const ended = await transaction('calls')
        .where({ id: callId })
        .whereNull('ended_at')
        .update({ ended_at: at, outcome, language: language ?? null });
      if (ended === 1 && broken !== undefined) {
        await insertConversation(transaction, broken, 'broken', at);
      }
      const kept = steps.slice(0, maxSteps);
      if (ended === 1 && kept.length > 0) {
        const before = await transaction<{ call_id: string; step: number }>('call_steps')
          .where({ call_id: callId })
          .orderBy('step', 'desc')
          .first('step');
        const first = before === undefined ? 0 : before.step + 1;
        await transaction('call_steps').insert(
          kept.map((step, index) => ({ call_id: callId, step: first + index, ...step })),
        );
      }
    });
  }

  async enquired({ callId, kind, outcome, bankResponseCode }: Enquiry): Promise<void> {
    await this.#database('enquiries').insert({
      id: uuidv7(),
      call_id: callId,
      kind,
      outcome,
      bank_response_code: bankResponseCode ?? null,
      created_at: this.#clock.now(),
    });
  }

  async findOpen(channelId: string): Promise<OpenCall | undefined> {
    const row = await this.#database<CallRow>('calls')
      .where({ channel_id: channelId })
      .whereNull('ended_at')
      .first('id', 'agent', 'order_id', 'transfer_way');
    return (
      row && {
        id: row.id,
        agent: row.agent ?? undefined,
        orderId: row.order_id ?? undefined,
        transferWay: row.transfer_way ?? undefined,
      }
    );
  }

  async closeLost(live: readonly string[]): Promise<number> {
    return this.#database('calls')
      .where({ application: this.#application })
      .whereNull('ended_at')
      .whereNotIn('channel_id', live.length > 0 ? [...live] : [''])
      .update({ ended_at: this.#clock.now(), outcome: 'interrupted' satisfies CallOutcome });
  }
}
