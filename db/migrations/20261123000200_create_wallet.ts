import type { Knex } from 'knex';

/** Phones, cards, and which card is bound to which phone. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('phones', (table) => {
    table.string('number', 20).primary();
    table.string('language', 8).nullable();
    table.specificType('updated_at', 'DATETIME(3)').notNullable();
  });
  await knex.schema.createTable('cards', (table) => {
    table.string('id', 36).primary();
    // HMAC-SHA-256 of the number under a key of its own: finds a card without decrypting any.
    table.specificType('pan_hash', 'BINARY(32)').notNullable().unique();
    // AES-256-GCM: 12 bytes nonce, ciphertext, 16 bytes tag.
    table.specificType('pan_sealed', 'VARBINARY(64)').notNullable();
    table.string('pan_key_id', 16).notNullable();
    table.string('last_four', 4).notNullable();
    table.string('expiry', 4).nullable();
    table.integer('wrong_pins').notNullable().defaultTo(0);
    table.specificType('locked_until', 'DATETIME(3)').nullable();
    table.specificType('created_at', 'DATETIME(3)').notNullable();
  });
  await knex.schema.createTable('phone_cards', (table) => {
    table.string('phone', 20).notNullable();
    table.string('card_id', 36).notNullable();
    table.integer('position').notNullable();
    table.primary(['phone', 'card_id']);
    table.unique(['phone', 'position']);
  });
}

/** Migrations only go forward. */
export async function down(): Promise<void> {
  throw new Error('migrations only go forward: restore from a backup instead');
}
