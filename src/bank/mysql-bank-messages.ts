import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database/database.js';
import type { Log } from '../log.js';
import type { BankMessageRecord } from './conversation.js';

export type MysqlBankMessagesOptions = {
  readonly database: Database;
  readonly log: Log;
  /** Records wait so long for others, to be written together. */
  readonly gatherMs?: number;
  readonly mostInOneWrite?: number;
  /** More than this waiting, the oldest are lost: money does not wait for its record. */
  readonly mostWaiting?: number;
};

const longestDescription = 8_000;

/**
 * The conversation with the bank, in `bank_messages`. `record` returns at once and never fails; rows are
 * written in batches behind it. What cannot be written is counted, logged and lost.
 */
export class MysqlBankMessages {
  readonly #options: Required<MysqlBankMessagesOptions>;
  readonly #waiting: BankMessageRecord[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #lost = 0;

  constructor(options: MysqlBankMessagesOptions) {
    this.#options = { gatherMs: 250, mostInOneWrite: 200, mostWaiting: 10_000, ...options };
  }

  /** How many records were lost since the start. */
  get lost(): number {
    return this.#lost;
  }

  /** Keeps the record, to be written soon. */
  record(record: BankMessageRecord): void {
    this.#waiting.push(record);
    const tooMany = this.#waiting.length - this.#options.mostWaiting;
    if (tooMany > 0) {
      this.#waiting.splice(0, tooMany);
      this.#lose(tooMany, undefined);
    }
    this.#timer ??= setTimeout(() => this.#write(), this.#options.gatherMs);
  }

  /** Writes what waits. Resolves when all is written or lost; afterwards no timer is left. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0 || this.#writing !== undefined) {
      this.#write();
      await this.#writing;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #write(): void {
    if (this.#writing !== undefined) {
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting.splice(0, this.#options.mostInOneWrite);
    if (batch.length === 0) {
      return;
    }
    this.#writing = this.#insert(batch).finally(() => {
      this.#writing = undefined;
      if (this.#waiting.length > 0) {
        this.#timer ??= setTimeout(() => this.#write(), this.#options.gatherMs);
      }
    });
  }

  async #insert(batch: readonly BankMessageRecord[]): Promise<void> {
    try {
      await this.#options.database('bank_messages').insert(batch.map(rowOf));
    } catch (error) {
      this.#lose(batch.length, error);
    }
  }

  #lose(count: number, error: unknown): void {
    this.#lost += count;
    this.#options.log.warn({ count, err: error }, 'records of the conversation with the bank were lost');
  }
}

function rowOf(record: BankMessageRecord): Record<string, unknown> {
  return {
    id: uuidv7(),
    terminal_id: record.terminalId.slice(0, 8),
    stan: record.stan ?? null,
    rrn: record.rrn?.slice(0, 12) ?? null,
    direction: record.direction,
    mti: record.mti.slice(0, 4),
    description: record.description.slice(0, longestDescription),
    result: record.result.slice(0, 16),
    duration_ms: record.durationMs === undefined ? null : Math.round(record.durationMs),
    created_at: record.at,
  };
}
