import type { Knex } from 'knex';

/** A reconciliation asks for the payments of one day: without this it would read all of them. */
export async function up(knex: Knex): Promise<void> {
  const [rows] = (await knex.raw(
    "SHOW INDEX FROM payments WHERE Key_name = 'payments_transmitted'",
  )) as unknown as [unknown[]];
  if (rows.length === 0) {
    await knex.raw('CREATE INDEX payments_transmitted ON payments (transmitted_at)');
  }
}
