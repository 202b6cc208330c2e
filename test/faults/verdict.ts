import { readFileSync } from 'node:fs';
import type { Invariant } from '../../src/payment/audit/break.js';
import { audit } from '../../src/payment/audit/mysql-audit.js';
import type { Lane } from './lane.js';
import type { Told } from './payer-process.js';

/** What else must hold besides what the audit checks: it needs to know what callers were told. */
export const toldInvariants = {
  I10: '“paid” is heard only after the payment is durably completed; nothing that is heard is untrue',
  news: 'who has not heard how a payment ended is told on the next call; who has, is not',
  order: 'an order is paid once, and can be paid only while no payment of it moves money',
  person: 'a person is called for a reversal that the bank refuses, never for one that could have left',
  pins: 'no more wrong PINs of a card reach its bank than its limit says',
  alive: 'no process ends by itself, and no caller waits for ever',
} as const;

export type Break = {
  readonly invariant: Invariant | keyof typeof toldInvariants;
  readonly paymentId?: string | undefined;
  readonly what: string;
};

export type ToldPayment = {
  readonly callId: string;
  told: Told;
  /** True when it is known that the caller heard the end, and that this was written down. */
  readonly isHeard: () => boolean;
  /** False while its process may still write down that it was heard. */
  readonly isOver: () => boolean;
};

/** Long after everything that a run may leave unfinished. */
const laterMs = 3 * 86_400_000;

/** What an issuer answers to a wrong PIN, and to any PIN after too many of them. */
const wrongPinCodes = ['55', '75'];
type JournalLine = { readonly event: string; readonly panHash: string; readonly result: string };

/** Returns the cards of which more wrong PINs have reached the bank than may, since its journal was so long. */
export function tooManyWrongPins(journal: string, sinceByte: number, allowed: number): Break[] {
  const lines = readFileSync(journal).subarray(sinceByte).toString('utf8').split('\n').slice(0, -1);
  const wrong = new Map<string, number>();
  for (const line of lines) {
    const { event, panHash, result } = JSON.parse(line) as JournalLine;
    if (event === 'purchase' && wrongPinCodes.includes(result)) {
      wrong.set(panHash, (wrong.get(panHash) ?? 0) + 1);
    }
  }
  return [...wrong.values()]
    .filter((count) => count > allowed)
    .map((count) => ({ invariant: 'pins', what: `${count} wrong PINs of a card reached its bank` }));
}

type Row = { id: string; call_id: string; state: string; news_due: number };

/** What a payment may be in the end, after its caller was told this. 'none': it was never stored. */
const allowed: Readonly<Record<Exclude<Told, undefined>, readonly string[]>> = {
  paid: ['completed'],
  // Without a row: its PIN was not tried.
  declined: ['none', 'declined', 'reversed', 'late-reversed'],
  'wrong-pin': ['declined', 'reversed', 'late-reversed'],
  unavailable: ['none', 'declined', 'reversed', 'late-reversed'],
  returning: ['reversed', 'late-reversed', 'needs-operator'],
  unresolved: ['declined', 'reversed', 'late-reversed', 'needs-operator', 'completed'],
  'order-closed': ['none'],
};

async function rowsOf(lane: Lane, payments: readonly ToldPayment[]): Promise<Map<string, Row>> {
  const rows = await lane
    .database('payments')
    .whereIn(
      'call_id',
      payments.map(({ callId }) => callId),
    )
    .select<Row[]>('id', 'call_id', 'state', 'news_due');
  return new Map(rows.map((row) => [row.call_id, row]));
}

/** Returns the payments whose callers heard "paid" although they are not durably completed now. */
export async function paidTooEarly(lane: Lane, payments: readonly ToldPayment[]): Promise<Break[]> {
  const paid = payments.filter(({ told }) => told === 'paid');
  const rows = await lane.ask(() => rowsOf(lane, paid));
  return paid.flatMap(({ callId }) => {
    const row = rows.get(callId);
    return row?.state === 'completed'
      ? []
      : [
          {
            invariant: 'I10' as const,
            paymentId: row?.id,
            what: `“paid” was heard, and it is ${row?.state ?? 'none'}`,
          },
        ];
  });
}

/** Judges what a run left: the audit with both journals, and what callers heard. */
export async function audited(lane: Lane, payments: readonly ToldPayment[]): Promise<Break[]> {
  // Before the rows are read: what is heard meanwhile may be in them or not.
  const heard = new Set(payments.filter(({ isHeard }) => isHeard()).map(({ callId }) => callId));
  const { breaks } = await audit(lane.database, {
    now: new Date(Date.now() + laterMs),
    limitMs: 0,
    utcOffsetMinutes: 480,
    journals: lane.journals,
  });
  const rows = await rowsOf(lane, payments);
  const untrue = payments.flatMap(({ callId, told }): Break[] => {
    const row = rows.get(callId);
    const state = row?.state ?? 'none';
    if (told !== undefined && !allowed[told].includes(state)) {
      return [{ invariant: 'I10', paymentId: row?.id, what: `“${told}” was heard, and it is ${state}` }];
    }
    return [];
  });
  const news = payments.flatMap(({ callId, told }) => wrongNews(told, heard.has(callId), rows.get(callId)));
  return [...breaks, ...untrue, ...news, ...(await needlessCalls(lane))];
}

/** Reversals that nobody tries any more, though no bank has refused them. */
async function needlessCalls({ database }: Lane): Promise<readonly Break[]> {
  const rows = await database('payments')
    .join('payment_transitions as t', 't.payment_id', 'payments.id')
    .where({ state: 'needs-operator', to_state: 'needs-operator' })
    .whereNull('next_attempt_at')
    .whereNot('t.reason', 'like', 'the bank refused the reversal%')
    .select<{ id: string; reason: string }[]>('payments.id', 't.reason');
  return rows.map(({ id, reason }) => ({ invariant: 'person', paymentId: id, what: reason }));
}

/** A caller who was told, and whose process died before that was written down, may be told again. */
function wrongNews(told: Told, isHeard: boolean, row: Row | undefined): readonly Break[] {
  const isSettled = row !== undefined && ['completed', 'reversed', 'late-reversed'].includes(row.state);
  if (!isSettled) {
    return [];
  }
  const { id: paymentId, state, news_due: newsDue } = row;
  if (newsDue === 0 && told !== 'paid') {
    return [{ invariant: 'news', paymentId, what: `nobody will tell the caller that it is ${state}` }];
  }
  return newsDue === 1 && isHeard
    ? [
        {
          invariant: 'news',
          paymentId,
          what: `the caller has heard that it is ${state}, and will hear it again`,
        },
      ]
    : [];
}
