import type { Entry, TransferWay } from '../call/call.js';
import type { Database } from '../database/database.js';
import type { CallRecords, CallsQuery, RecordedCall } from './call-records.js';

type CallRow = {
  id: string;
  channel_id: string;
  caller_number: string | null;
  service_number: string;
  entry: string;
  agent: string | null;
  order_id: string | null;
  transfer_way: string | null;
  language: string | null;
  started_at: Date;
  answered_at: Date | null;
  ended_at: Date | null;
  outcome: string | null;
};
type StepRow = { call_id: string; dialogue: string; state: string };

/** The dialogue that brings a caller to an agent: where they were before it is what an agent wants to know. */
const onTheWayToAgents = 'reach-agent';

/** What the call log wrote, read from MySQL. */
export class MysqlCallRecords implements CallRecords {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async page({ from, until, agent, after, limit }: CallsQuery): Promise<readonly RecordedCall[]> {
    const query = this.#database('calls')
      .where('started_at', '>=', from)
      .where('started_at', '<', until)
      .orderBy([
        { column: 'started_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(limit);
    if (agent !== undefined) {
      void query.where({ agent });
    }
    if (after !== undefined) {
      const { startedAt, id } = after;
      void query.whereRaw('(started_at < ? OR (started_at = ? AND id < ?))', [startedAt, startedAt, id]);
    }
    return this.#withPositions(await query.select<CallRow[]>('*'));
  }

  async byChannels(channelIds: readonly string[]): Promise<readonly RecordedCall[]> {
    if (channelIds.length === 0) {
      return [];
    }
    return this.#withPositions(
      await this.#database('calls').whereIn('channel_id', channelIds).select<CallRow[]>('*'),
    );
  }

  async #withPositions(rows: readonly CallRow[]): Promise<readonly RecordedCall[]> {
    if (rows.length === 0) {
      return [];
    }
    const last = this.#database('call_steps')
      .whereIn(
        'call_id',
        rows.map(({ id }) => id),
      )
      .whereNot('dialogue', onTheWayToAgents)
      .groupBy('call_id')
      .select('call_id')
      .max({ step: 'step' })
      .as('last');
    const steps = await this.#database('call_steps')
      .join(last, (on) => {
        on.on('call_steps.call_id', '=', 'last.call_id').andOn('call_steps.step', '=', 'last.step');
      })
      .select<StepRow[]>('call_steps.call_id', 'call_steps.dialogue', 'call_steps.state');
    const positions = new Map(steps.map(({ call_id, dialogue, state }) => [call_id, `${dialogue}.${state}`]));
    return rows.map((row) => toRecord(row, positions.get(row.id)));
  }
}

function toRecord(row: CallRow, position: string | undefined): RecordedCall {
  return {
    id: row.id,
    channelId: row.channel_id,
    callerNumber: row.caller_number ?? undefined,
    serviceNumber: row.service_number,
    entry: row.entry as Entry,
    agent: row.agent ?? undefined,
    orderId: row.order_id ?? undefined,
    transferWay: (row.transfer_way as TransferWay | null) ?? undefined,
    language: row.language ?? undefined,
    position,
    startedAt: row.started_at,
    answeredAt: row.answered_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    outcome: row.outcome ?? undefined,
  };
}
