import type { Clock } from '../clock.js';
import type { Database } from '../database/database.js';
import { safeInteger } from '../database/safe-integer.js';
import { CommitUnknown, inTransaction } from '../database/transaction.js';
import type { BankTrace } from './bank.js';
import type { TerminalZone } from './terminal-time.js';
import { businessDay, chinaTime } from './terminal-time.js';
import type { TraceNumbers } from './trace-numbers.js';
import { highestStan, stanOfDay } from './trace-numbers.js';

/** A run of numbers of one series that this process alone may use: offsets `next` up to `end`, excluded. */
type Block = { readonly firstNumber: number; next: number; readonly end: number };

type Series = {
  readonly name: string;
  readonly day: string;
  /** How many numbers the series has. */
  readonly limit: number;
  readonly blockSize: number;
};

const highestRrn = 999_999_999_999;

/**
 * Trace numbers from blocks that MySQL hands out. A row is only ever counted up, so that a process that
 * dies loses the rest of its blocks and nobody repeats them. A block of STANs belongs to one business day
 * and is thrown away with it; a clock that steps back goes on with the other day's own row.
 */
export class MysqlTraceNumbers implements TraceNumbers {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #zone: TerminalZone;
  readonly #stanBlockSize: number;
  readonly #rrnBlockSize: number;
  readonly #blocks = new Map<string, Block>();
  readonly #refills = new Map<string, Promise<void>>();

  constructor({
    database,
    clock,
    zone = chinaTime,
    stanBlockSize = 100,
    rrnBlockSize = 1_000,
  }: {
    database: Database;
    clock: Clock;
    zone?: TerminalZone;
    stanBlockSize?: number;
    rrnBlockSize?: number;
  }) {
    this.#database = database;
    this.#clock = clock;
    this.#zone = zone;
    this.#stanBlockSize = stanBlockSize;
    this.#rrnBlockSize = rrnBlockSize;
  }

  async take(terminalId: string): Promise<BankTrace> {
    const transmittedAt = this.#clock.now();
    const stans: Series = {
      name: `stan/${terminalId}`,
      day: businessDay(transmittedAt, this.#zone),
      limit: highestStan,
      blockSize: this.#stanBlockSize,
    };
    const rrns: Series = { name: 'rrn', day: '', limit: highestRrn, blockSize: this.#rrnBlockSize };
    const stan = await this.#next(stans, stanOfDay);
    const rrn = await this.#next(rrns, (first, taken) => first + taken);
    return { terminalId, stan, rrn: String(rrn).padStart(12, '0'), transmittedAt };
  }

  /** Returns the next number of the series, fetching a block when there is none. */
  async #next(series: Series, numberOf: (first: number, taken: number) => number): Promise<number> {
    const key = `${series.name}/${series.day}`;
    for (;;) {
      const block = this.#blocks.get(key);
      if (block !== undefined && block.next < block.end) {
        block.next += 1;
        return numberOf(block.firstNumber, block.next - 1);
      }
      // Many callers may find the block empty at once: they wait for one fetch together.
      const refill = this.#refills.get(key) ?? this.#startRefill(key, series);
      await refill;
    }
  }

  #startRefill(key: string, series: Series): Promise<void> {
    const refill = this.#fetchBlock(series)
      .then((block) => {
        this.#forgetOlderDays(series);
        this.#blocks.set(key, block);
      })
      .finally(() => this.#refills.delete(key));
    this.#refills.set(key, refill);
    return refill;
  }

  #forgetOlderDays({ name, day }: Series): void {
    for (const key of this.#blocks.keys()) {
      if (key.startsWith(`${name}/`) && key < `${name}/${day}`) {
        this.#blocks.delete(key);
      }
    }
  }

  async #fetchBlock(series: Series): Promise<Block> {
    await this.#ensureRow(series);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#handOut(series);
      } catch (error) {
        // Perhaps the block is ours; it is cheaper to leave it unused than to find out.
        if (!(error instanceof CommitUnknown) || attempt >= 3) {
          throw error;
        }
      }
    }
  }

  async #handOut({ name, day, limit, blockSize }: Series): Promise<Block> {
    return inTransaction(this.#database, async (transaction) => {
      const row = await transaction('bank_trace_blocks')
        .where({ series: name, business_day: day })
        .forUpdate()
        .first<{ first_number: unknown; taken: unknown }>();
      const taken = safeInteger(row.taken);
      const size = Math.min(blockSize, limit - taken);
      if (size <= 0) {
        throw new Error(`all numbers of ${name} are used for ${day === '' ? 'ever' : day}`);
      }
      const changed = await transaction('bank_trace_blocks')
        .where({ series: name, business_day: day, taken })
        .update({ taken: taken + size });
      if (changed !== 1) {
        throw new Error(`the numbers of ${name} were changed by someone who did not lock them`);
      }
      return { firstNumber: safeInteger(row.first_number), next: taken, end: taken + size };
    });
  }

  /**
   * A new day begins where the day before ended, so that a late answer to one of yesterday's last STANs is
   * not taken for an answer to one of today's first.
   */
  async #ensureRow({ name, day }: Series): Promise<void> {
    const rows = this.#database('bank_trace_blocks').where({ series: name });
    if ((await rows.clone().where({ business_day: day }).first('series')) !== undefined) {
      return;
    }
    const latest = await rows
      .orderBy('business_day', 'desc')
      .first<{ first_number: unknown; taken: unknown } | undefined>();
    const firstNumber =
      latest === undefined ? 1 : stanOfDay(safeInteger(latest.first_number), safeInteger(latest.taken));
    await this.#database('bank_trace_blocks')
      .insert({ series: name, business_day: day, first_number: firstNumber, taken: 0 })
      .onConflict(['series', 'business_day'])
      .ignore();
  }
}
