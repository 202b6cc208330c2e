import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../../src/database/database.js';

/** So much has the rival written that the server ends the other's transaction, not this one. */
const weight = 400;
const holdMs = 150;

/**
 * Holds what a payment's transaction needs last, lets one run into it, and then asks for what that one holds:
 * a deadlock, whose victim is the payment's transaction. Leaves nothing behind.
 */
export async function makeDeadlock(database: Database): Promise<void> {
  const transaction = await database.transaction();
  try {
    await transaction('bank_trace_blocks').insert(
      Array.from({ length: weight }, (_, index) => ({
        ...{ series: `rival/${index}`, business_day: '', first_number: 1, taken: 0 },
      })),
    );
    await transaction.raw('SELECT id FROM ledger_transfers FOR UPDATE');
    await pause(holdMs);
    await transaction.raw('SELECT id FROM payments FOR UPDATE');
  } catch {
    // The server chose this one, or the wait for a lock was too long: then there was no deadlock to survive.
  } finally {
    await transaction.rollback();
  }
}

/** Holds every row of the payments, and the gaps between them, for so long: whoever writes one waits. */
export async function holdPayments(database: Database, forMs: number): Promise<void> {
  const transaction = await database.transaction();
  try {
    await transaction.raw('SELECT id FROM payments FOR UPDATE');
    await pause(forMs);
  } finally {
    await transaction.rollback();
  }
}
