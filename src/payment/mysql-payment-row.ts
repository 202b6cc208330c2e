import { safeInteger } from '../database/safe-integer.js';
import type { Currency } from '../money.js';
import { money } from '../money.js';
import type { DeclinedBecause, Payment, PaymentState } from './payment.js';
import type { Facts, NewPayment } from './payment-store.js';
import { readDetails } from './stored-details.js';

/** A row of `payments`. */
export type PaymentRow = {
  id: string;
  call_id: string;
  caller_number: string;
  service: string;
  amount_minor: unknown;
  currency: string;
  target: string;
  /** NULL in a row of the version before, which knew phones only. */
  details: unknown;
  state: string;
  card_id: string;
  order_id: string | null;
  bank: string;
  /** The provider's id, for processes of the version before, which know no column `provider`. */
  carrier: string;
  /** NULL in a row that a process of the version before has begun. */
  provider: string | null;
  terminal_id: string;
  stan: number;
  rrn: string;
  transmitted_at: Date;
  bank_batch: string | null;
  authorisation_code: string | null;
  bank_response_code: string | null;
  bank_approved_at: Date | null;
  bank_reversal_code: string | null;
  decline_reason: string | null;
  carrier_reference: string | null;
  attempts: number;
  next_attempt_at: Date | null;
  lease_owner: string;
  lease_epoch: number;
  operator_since: Date | null;
  news_due: number;
  news_told: number;
  created_at: Date;
  updated_at: Date;
};

/** Returns the row of a payment that is about to be authorised. */
export function toRow(payment: NewPayment): Partial<PaymentRow> {
  return {
    id: payment.id,
    call_id: payment.callId,
    caller_number: payment.callerNumber,
    service: payment.service,
    amount_minor: payment.amount.amountMinor,
    currency: payment.amount.currency,
    target: payment.target,
    details: JSON.stringify(payment.details),
    state: 'authorising',
    card_id: payment.cardId,
    order_id: payment.orderId ?? null,
    bank: payment.bank,
    carrier: payment.provider,
    provider: payment.provider,
    terminal_id: payment.trace.terminalId,
    stan: payment.trace.stan,
    rrn: payment.trace.rrn,
    transmitted_at: payment.trace.transmittedAt,
    bank_batch: payment.trace.batchNumber ?? null,
    next_attempt_at: payment.leaseUntil,
    lease_owner: payment.owner,
    lease_epoch: 1,
    created_at: payment.at,
    updated_at: payment.at,
  };
}

/** Returns the columns of the facts that are known; the others stay as they are. */
export function factColumns(facts: Facts): Partial<PaymentRow> {
  const { authorisationCode, bankResponseCode, approvedAt, reversalCode, declineReason, providerReference } =
    facts;
  return {
    ...(authorisationCode !== undefined && { authorisation_code: authorisationCode }),
    ...(bankResponseCode !== undefined && { bank_response_code: bankResponseCode }),
    ...(approvedAt !== undefined && { bank_approved_at: approvedAt }),
    ...(reversalCode !== undefined && { bank_reversal_code: reversalCode }),
    ...(declineReason !== undefined && { decline_reason: declineReason }),
    ...(providerReference !== undefined && { carrier_reference: providerReference }),
  };
}

/** Returns a payment as it is stored when it begins, without asking the database again. */
export function asBegun({ owner, leaseUntil, at, ...facts }: NewPayment): Payment {
  return {
    ...facts,
    orderId: facts.orderId,
    state: 'authorising',
    authorisationCode: undefined,
    bankResponseCode: undefined,
    approvedAt: undefined,
    reversalCode: undefined,
    declineReason: undefined,
    providerReference: undefined,
    attempts: 0,
    nextAttemptAt: leaseUntil,
    lease: { owner, epoch: 1 },
    operatorSince: undefined,
    newsDue: true,
    createdAt: at,
    updatedAt: at,
  };
}

/** Returns the payment that a row holds. */
export function toPayment(row: PaymentRow): Payment {
  return {
    id: row.id,
    callId: row.call_id,
    callerNumber: row.caller_number,
    service: row.service,
    target: row.target,
    details: readDetails(row),
    amount: money(safeInteger(row.amount_minor), row.currency as Currency),
    cardId: row.card_id,
    orderId: row.order_id ?? undefined,
    bank: row.bank,
    provider: row.provider ?? row.carrier,
    trace: {
      terminalId: row.terminal_id,
      stan: row.stan,
      rrn: row.rrn,
      transmittedAt: row.transmitted_at,
      ...(row.bank_batch !== null && { batchNumber: row.bank_batch }),
    },
    state: row.state as PaymentState,
    authorisationCode: row.authorisation_code ?? undefined,
    bankResponseCode: row.bank_response_code ?? undefined,
    approvedAt: row.bank_approved_at ?? undefined,
    reversalCode: row.bank_reversal_code ?? undefined,
    declineReason: (row.decline_reason ?? undefined) as DeclinedBecause | undefined,
    providerReference: row.carrier_reference ?? undefined,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    lease: { owner: row.lease_owner, epoch: row.lease_epoch },
    operatorSince: row.operator_since ?? undefined,
    newsDue: row.news_due !== 0,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
