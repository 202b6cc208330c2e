import type { Database } from './database.js';

/** What is done with a table besides reading it: rows are added, or added and changed, or deleted too. */
type Use = 'read' | 'append' | 'change' | 'prune';

/** How long an answer may be used again: whoever asks more often must not keep the database busy. */
const freshMs = 1_000;

/**
 * Tries what calls do with the tables, and changes nothing: it finds rights that were taken away, a table that no
 * migration has made yet, and a server that only reads. Those who ask at once share one try.
 */
export class TableProbe {
  readonly #database: Database;
  readonly #uses: readonly (readonly [string, Use])[];
  readonly #nowMs: () => number;
  /** Any column of each table: what is set to itself where nothing is. */
  #columns: ReadonlyMap<string, string> | undefined;
  #answer: { readonly sinceMs: number; readonly usable: Promise<boolean> } | undefined;

  constructor(database: Database, uses: Readonly<Record<string, Use>>, nowMs: () => number) {
    this.#database = database;
    this.#uses = Object.entries(uses);
    this.#nowMs = nowMs;
  }

  /** True when every table can be used as calls use it. Never rejects. */
  async usable(): Promise<boolean> {
    const nowMs = this.#nowMs();
    if (this.#answer === undefined || nowMs - this.#answer.sinceMs >= freshMs) {
      // Why it cannot be used is logged by whoever needed it; here it is the answer itself.
      const usable = this.#try().catch(() => false);
      this.#answer = { sinceMs: nowMs, usable };
    }
    return this.#answer.usable;
  }

  async #try(): Promise<boolean> {
    this.#columns ??= await this.#readColumns();
    const tables = this.#uses.map(([table]) => table);
    const all = tables.map(() => '??').join(', ');
    const database = this.#database;
    // FALSE is known before any row is looked for; rights and read-only servers are asked about before that.
    await database.raw(`SELECT 1 FROM ${all} WHERE FALSE`, tables);
    const changed = this.#uses
      .filter(([, use]) => use === 'change' || use === 'prune')
      .map(([table]) => table);
    if (changed.length > 0) {
      const columns = changed.map((table) => `${table}.${this.#columns?.get(table) ?? ''}`);
      await database.raw(
        `UPDATE ${changed.map(() => '??').join(', ')} SET ${columns.map(() => '?? = ??').join(', ')} WHERE FALSE`,
        [...changed, ...columns.flatMap((column) => [column, column])],
      );
    }
    for (const [table, use] of this.#uses) {
      if (use !== 'read') {
        await database.raw('INSERT INTO ?? SELECT * FROM ?? WHERE FALSE', [table, table]);
      }
      if (use === 'prune') {
        await database.raw('DELETE FROM ?? WHERE FALSE', [table]);
      }
    }
    return true;
  }

  async #readColumns(): Promise<ReadonlyMap<string, string>> {
    const [rows] = (await this.#database.raw(
      `SELECT table_name AS name, MIN(column_name) AS column_name FROM information_schema.columns
         WHERE table_schema = DATABASE() AND extra NOT LIKE '%GENERATED%' GROUP BY table_name`,
    )) as [{ name: string; column_name: string }[]];
    const columns = new Map(rows.map(({ name, column_name }) => [name, column_name]));
    const missing = this.#uses.find(([table]) => !columns.has(table));
    if (missing !== undefined) {
      throw new Error(`the database has no table ${missing[0]}, or it may not be used`);
    }
    return columns;
  }
}
