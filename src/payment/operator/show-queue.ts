import { maskPhone } from '../../log.js';
import { formatMoney } from '../../money.js';
import type { Payment } from '../payment.js';
import type { OpenBreak, PaymentPage, QueuedPayment } from './operator-queue.js';
import type { Settlement } from './settle-payment.js';

const time = (at: Date): string => at.toISOString().replace('T', ' ').replace('Z', '');

/** Returns the queue as text, a payment or a break on a line, times in UTC. */
export function showQueue(payments: readonly QueuedPayment[], breaks: readonly OpenBreak[]): string {
  const lines = payments.map(({ payment, lastReason }) =>
    [
      payment.id,
      `since ${time(payment.operatorSince ?? payment.updatedAt)}`,
      payment.state,
      formatMoney(payment.amount),
      payment.provider,
      `RRN ${payment.trace.rrn}`,
      lastReason ?? '',
    ].join('  '),
  );
  const breakLines = breaks.map(
    ({ id, day, party, kind, paymentId, detail }) =>
      `${id}  ${day}  ${party}  ${kind}  ${paymentId ?? 'no payment'}  ${detail}`,
  );
  return [
    `${payments.length} payments need a person`,
    ...lines,
    `${breaks.length} open breaks of reconciliations`,
    ...breakLines,
    '',
  ].join('\n');
}

/** Returns everything that is known of a payment as text, times in UTC, phone numbers masked. */
export function showPage(page: PaymentPage): string {
  const section = (title: string, lines: readonly string[]): string[] => [
    '',
    title,
    ...(lines.length === 0 ? ['  none'] : lines.map((line) => `  ${line}`)),
  ];
  return [
    ...facts(page.payment),
    ...section(
      'history',
      page.transitions.map(
        ({ at, from, to, reason }) =>
          `${time(at)}  ${from} → ${to}${reason === undefined ? '' : `  (${reason})`}`,
      ),
    ),
    ...section(
      'ledger',
      page.transfers.flatMap(({ kind, entries }) =>
        entries.map(
          ({ account, layer, amountMinor, currency }) =>
            `${kind}  ${account}  ${layer}  ${formatMoney({ amountMinor, currency })}`,
        ),
      ),
    ),
    ...section(
      'bank messages',
      page.bankMessages.flatMap(({ at, direction, mti, result, description }) => [
        `${time(at)}  ${direction} ${mti} ${result}`,
        ...description.split('\n').map((line) => `    ${line}`),
      ]),
    ),
    ...section(
      'notices',
      page.notices.map(
        (notice) => `${notice.outcome}, written ${time(notice.createdAt)}, ${deliveryOf(notice)}`,
      ),
    ),
    ...section(
      'acts of people',
      page.acts.map(({ at, act, by, reason }) => `${time(at)}  ${act} by ${by}: ${reason}`),
    ),
    ...section(
      'open breaks',
      page.openBreaks.map(
        ({ id, day, party, kind, detail }) => `${id}  ${day}  ${party}  ${kind}  ${detail}`,
      ),
    ),
    '',
  ].join('\n');
}

function deliveryOf({ deliveredAt, withdrawnAt, attempts }: PaymentPage['notices'][number]): string {
  if (deliveredAt !== undefined) {
    return `delivered ${time(deliveredAt)}`;
  }
  return withdrawnAt === undefined
    ? `not delivered, ${attempts} tries`
    : `withdrawn ${time(withdrawnAt)}: it was no longer true`;
}

function facts(payment: Payment): string[] {
  const { trace, lease, operatorSince, nextAttemptAt } = payment;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['payment', payment.id],
    ['state', payment.state],
    ['amount', formatMoney(payment.amount)],
    ['service', `${payment.service} for ${maskPhone(payment.target)}`],
    ['caller', payment.callerNumber === '' ? 'withheld' : maskPhone(payment.callerNumber)],
    ['call', payment.callId],
    ['order', payment.orderId],
    ['bank', `${payment.bank}, terminal ${trace.terminalId}, STAN ${trace.stan}, RRN ${trace.rrn}`],
    ['sent', time(trace.transmittedAt)],
    ['bank answered', payment.bankResponseCode],
    ['bank approved', payment.approvedAt && `known since ${time(payment.approvedAt)}`],
    ['reversal answered', payment.reversalCode],
    ['authorisation', payment.authorisationCode],
    ['declined because', payment.declineReason],
    ['provider', `${payment.provider}, key ${payment.id}`],
    ['provider reference', payment.providerReference],
    ['tries', `${payment.attempts}, the last holder ${lease.owner}`],
    ['next try', nextAttemptAt && time(nextAttemptAt)],
    ['needs a person', operatorSince && `since ${time(operatorSince)}`],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : `${name.padEnd(18)}${value}`));
}

/** Returns what a settlement came to, in a sentence. */
export function showSettlement(settlement: Settlement): string {
  switch (settlement.outcome) {
    case 'settled':
      return `settled: the payment is ${settlement.payment.state}, its ledger and its notice are written`;
    case 'no-such-payment':
      return 'there is no such payment';
    case 'over-already':
      return `nothing was changed: the payment is ${settlement.state} already`;
    case 'not-in-the-queue':
      return `nothing was changed: the payment is ${settlement.state} and is being worked on; nobody was called`;
    case 'never-ordered':
      return `nothing was changed: the payment is ${settlement.state}, so its order never went to the carrier and it cannot be completed`;
    case 'being-tried':
      return `nothing was changed: a worker tried it a moment ago and may still get its answer; look again after ${time(settlement.until)} UTC`;
    case 'lost':
      return 'nothing was changed: somebody else changed the payment at the same moment; look at it again';
  }
}
