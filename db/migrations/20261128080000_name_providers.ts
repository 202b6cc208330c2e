import type { Knex } from 'knex';

/** So many rows of payments in one statement: callers are served meanwhile. */
const rowsAtOnce = 5_000;

/**
 * A payment names its provider. `carrier` stays, and is written too, while processes of the version before may run
 * beside: they know no other column, and what they begin has no `provider`, which is then the carrier's name.
 * The ledger is not touched: it is append-only, and `carrier-clearing/<id>` is read as `provider:<id>`.
 * Safe to run again after it was killed.
 */
export async function up(knex: Knex): Promise<void> {
  if (!(await knex.schema.hasColumn('payments', 'provider'))) {
    await knex.raw('ALTER TABLE payments ADD COLUMN provider VARCHAR(32) NULL');
  }
  for (;;) {
    const [{ affectedRows }] = (await knex.raw(
      'UPDATE payments SET provider = carrier WHERE provider IS NULL LIMIT ?',
      [rowsAtOnce],
    )) as [{ affectedRows: number }];
    if (affectedRows < rowsAtOnce) {
      break;
    }
  }
  // "provider:" and an id of 32 characters at most.
  await knex.raw('ALTER TABLE reconciliation_breaks MODIFY party VARCHAR(48) NOT NULL');
  await knex.raw(`
    UPDATE reconciliation_breaks SET party = CONCAT('provider:', (
      SELECT p.carrier FROM payments p WHERE p.id = reconciliation_breaks.payment_id
    )) WHERE party = 'carrier' AND payment_id IN (SELECT id FROM payments)`);
  // What names no payment is the only carrier's, where there is only one; else it closes as gone.
  const names = (await knex('payments').distinct('carrier').limit(2).pluck('carrier')) as string[];
  if (names.length === 1) {
    await knex('reconciliation_breaks')
      .where({ party: 'carrier' })
      .update({ party: `provider:${names[0] ?? ''}` });
  }
}
