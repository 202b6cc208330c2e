import type { Knex } from 'knex';
import { addColumn, addIndex } from '../alter-table.js';

/**
 * What a service knows of the thing that is paid for, as JSON that the service checks when it is read again.
 * NULL in a row that a process of the version before has written: that version knew phones only, and `target` is
 * the phone. `target` is what the service calls the subject of its details, and payments are searched by it.
 */
export async function up(knex: Knex): Promise<void> {
  await addColumn(knex, 'payments', 'details', 'JSON NULL');
  await addColumn(knex, 'orders', 'details', 'JSON NULL');
  await addIndex(knex, 'payments', 'payments_subject', 'service, target, created_at');
}
