import type { Database } from '../database/database.js';
import type { Log } from '../log.js';

/** After so long without a sign of life a process speaks for its terminals no more. */
const freshSeconds = 30;
/** How often it gives one, in milliseconds. */
export const terminalClaimEveryMs = 10_000;

/** A terminal that another process speaks for. */
export type TakenTerminal = { readonly terminalId: string; readonly node: string };

type Row = { terminal_id: string; node: string; incarnation: string };

/**
 * Writes down in MySQL which process speaks for which terminal. Two processes on one terminal would throw each
 * other's keys away at the bank with every sign-in. What is written here protects no money (trace numbers and
 * leases do); it finds the mistake in the configuration before callers do.
 */
export class MysqlTerminalClaims {
  readonly #database: Database;
  readonly #terminalIds: readonly string[];
  readonly #node: string;
  readonly #incarnation: string;
  readonly #log: Log;

  /** @param node names this process and its later incarnations, which take its terminals over at once. */
  constructor(options: {
    readonly database: Database;
    readonly terminalIds: readonly string[];
    readonly node: string;
    readonly incarnation: string;
    readonly log: Log;
  }) {
    this.#database = options.database;
    this.#terminalIds = options.terminalIds;
    this.#node = options.node;
    this.#incarnation = options.incarnation;
    this.#log = options.log;
  }

  /**
   * Takes the terminals, before the first line is opened.
   * @throws Error which names every terminal that another process speaks for, and that process. None is taken then.
   */
  async take(): Promise<void> {
    for (const terminal_id of this.#terminalIds) {
      await this.#database('bank_terminals')
        .insert({ terminal_id, ...this.#mine })
        .onConflict()
        .ignore();
    }
    const taken = await this.#claim(this.#node);
    if (taken.length === 0) {
      return;
    }
    await this.letGo();
    const list = taken.map(({ terminalId, node }) => `  ${terminalId}: ${node} speaks for it`);
    throw new Error(
      `WALLETLINE_BANK_TERMINALS: ${taken.length} of its terminals belong to another process that runs:\n${list.join('\n')}\ngive each process terminals of its own; those of a process that died are free ${freshSeconds} s later`,
    );
  }

  /** Gives a sign of life. Says loudly when another process has begun to speak for one of the terminals. */
  async renew(): Promise<void> {
    for (const taken of await this.#claim(undefined)) {
      this.#log.error(taken, 'two processes speak for one terminal: give each terminals of its own');
    }
  }

  /** Leaves the terminals to whoever wants them. Without a database they are free a little later. */
  async letGo(): Promise<void> {
    try {
      await this.#database('bank_terminals')
        .where({ incarnation: this.#incarnation })
        .update({ seen_at: null });
    } catch (error) {
      this.#log.warn({ err: error }, 'the terminals are let go only after a while');
    }
  }

  get #mine(): { readonly node: string; readonly incarnation: string } {
    return { node: this.#node, incarnation: this.#incarnation };
  }

  /** @param predecessor the node whose earlier incarnations are over. Returns what could not be had. */
  async #claim(predecessor: string | undefined): Promise<readonly TakenTerminal[]> {
    await this.#database('bank_terminals')
      .whereIn('terminal_id', this.#terminalIds)
      .where((free) => {
        void free
          .where({ incarnation: this.#incarnation })
          .orWhereRaw('(seen_at IS NULL OR seen_at < NOW(3) - INTERVAL ? SECOND)', [freshSeconds]);
        if (predecessor !== undefined) {
          void free.orWhere({ node: predecessor });
        }
      })
      .update({ ...this.#mine, seen_at: this.#database.raw('NOW(3)') });
    const rows = await this.#database('bank_terminals')
      .whereIn('terminal_id', this.#terminalIds)
      .whereNot({ incarnation: this.#incarnation })
      .orderBy('terminal_id')
      .select<Row[]>('terminal_id', 'node', 'incarnation');
    return rows.map(({ terminal_id, node }) => ({ terminalId: terminal_id, node }));
  }
}
