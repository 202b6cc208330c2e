import type { Database, Transaction } from './database.js';
import { isRetryable } from './database-error.js';

/**
 * COMMIT was sent and its answer was lost: what was written may or may not be durable. Look the key up on a
 * new connection, then decide.
 */
export class CommitUnknown extends Error {
  constructor(cause: unknown) {
    super('the result of a COMMIT is not known', { cause });
    this.name = 'CommitUnknown';
  }
}

export type TransactionOptions = {
  /** How often the whole transaction is tried when a deadlock or a lock wait ended it. */
  readonly attempts?: number;
  /** Longest pause before the second try; it doubles for each further one. */
  readonly backOffMs?: number;
  /** 0 ≤ random() < 1, spreads the pauses of rivals. */
  readonly random?: () => number;
};

/**
 * Runs `work` in one transaction and returns its result once the transaction is durable. When the server
 * ends it by a deadlock (1213) or a lock wait (1205), `work` is run again from its beginning, so it must
 * change nothing outside the database.
 * @throws CommitUnknown when COMMIT was sent and its answer was lost; otherwise whatever `work` threw, with
 * everything rolled back.
 */
export async function inTransaction<T>(
  database: Database,
  work: (transaction: Transaction) => Promise<T>,
  { attempts = 5, backOffMs = 20, random = Math.random }: TransactionOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(database, work);
    } catch (error) {
      if (attempt >= attempts || !isRetryable(error)) {
        throw error;
      }
      const pauseMs = random() * backOffMs * 2 ** (attempt - 1);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

async function runOnce<T>(database: Database, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  let reached = 'begin' as 'begin' | 'work' | 'commit';
  let workFault = undefined as { readonly error: Error } | undefined;
  try {
    return await database.transaction(async (transaction) => {
      reached = 'work';
      try {
        const result = await work(transaction);
        reached = 'commit';
        return result;
      } catch (error) {
        workFault = { error: error instanceof Error ? error : new Error('not an error', { cause: error }) };
        throw error;
      }
    });
  } catch (error) {
    // A lost connection makes the ROLLBACK fail too, and knex then reports only that.
    const fault = seen(workFault);
    if (fault !== undefined) {
      throw fault.error;
    }
    if (seen(reached) === 'commit' && !isRetryable(error)) {
      throw new CommitUnknown(error);
    }
    throw error;
  }
}

/** The compiler does not see what a callback assigned; asked through a function, it forgets what it assumed. */
function seen<T>(value: T): T {
  return value;
}
