import type { Knex } from 'knex';

/**
 * Payments and each change of their state. No card number and no PIN: a card is its id in the wallet.
 * `next_attempt_at` is when a worker may take the payment over: the lease of whoever works on it now ends
 * then; NULL when there is nothing left to do. `lease_epoch` is in the WHERE of every change, so that a
 * process that was frozen cannot change what another has taken.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS payments (
      id CHAR(36) NOT NULL PRIMARY KEY,
      call_id CHAR(36) NOT NULL,
      caller_number VARCHAR(32) NOT NULL,
      service VARCHAR(16) NOT NULL,
      amount_minor BIGINT NOT NULL,
      currency CHAR(3) NOT NULL,
      target VARCHAR(32) NOT NULL,
      state VARCHAR(16) NOT NULL,
      card_id CHAR(36) NOT NULL,
      bank VARCHAR(32) NOT NULL,
      carrier VARCHAR(32) NOT NULL,
      terminal_id VARCHAR(16) NOT NULL,
      stan INT UNSIGNED NOT NULL,
      rrn CHAR(12) NOT NULL,
      transmitted_at DATETIME(3) NOT NULL,
      authorisation_code VARCHAR(6) NULL,
      bank_response_code VARCHAR(2) NULL,
      decline_reason VARCHAR(32) NULL,
      carrier_reference VARCHAR(64) NULL,
      attempts INT UNSIGNED NOT NULL DEFAULT 0,
      next_attempt_at DATETIME(3) NULL,
      lease_owner VARCHAR(96) NOT NULL,
      lease_epoch INT UNSIGNED NOT NULL DEFAULT 1,
      operator_since DATETIME(3) NULL,
      news_due TINYINT NOT NULL DEFAULT 1,
      created_at DATETIME(3) NOT NULL,
      updated_at DATETIME(3) NOT NULL,
      UNIQUE KEY payments_rrn (rrn),
      KEY payments_call (call_id),
      KEY payments_due (next_attempt_at),
      KEY payments_caller_day (caller_number, created_at),
      KEY payments_card_day (card_id, created_at),
      KEY payments_trace (terminal_id, stan, transmitted_at),
      KEY payments_operator (operator_since),
      CONSTRAINT payments_amount CHECK (amount_minor > 0)
    ) ENGINE=InnoDB`);
  // No state is entered twice: the graph has no way back.
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS payment_transitions (
      id CHAR(36) NOT NULL PRIMARY KEY,
      payment_id CHAR(36) NOT NULL,
      from_state VARCHAR(16) NOT NULL,
      to_state VARCHAR(16) NOT NULL,
      reason VARCHAR(255) NULL,
      at DATETIME(3) NOT NULL,
      UNIQUE KEY payment_transitions_once (payment_id, to_state)
    ) ENGINE=InnoDB`);
}
