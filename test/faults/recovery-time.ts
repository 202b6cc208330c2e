import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuidV7 } from 'uuid';
import { systemClock } from '../../src/clock.js';
import type { Lane } from './lane.js';
import type { PayerProcess } from './payer-process.js';
import { cards, phoneOf, phones } from './simulators.js';

/** What is measured: so many payments, left to a bank that answers reversals, or to one that is silent. */
export type RecoveryPlan = { readonly payments: number; readonly bank: 'answers' | 'is silent' };

/** How long a process that was killed in the middle of payments took to take them up again. */
export type Recovery = RecoveryPlan & {
  /** From the start of the next process until it has taken up the last of the payments. */
  readonly takenUpMs: number;
  /** Until the last of them had come to its end, where the bank answers. */
  readonly endedMs: number | undefined;
};

/** The times of a live system, but for the limits of this machine's patience. */
const usualTimes = {
  FAULTS_TIMES: 'usual',
  WALLETLINE_BANK_ANSWER_TIMEOUT_MS: '20000',
  WALLETLINE_CARRIER_TIMEOUT_MS: '8000',
  // All of them pay with one card, and no answer comes to any.
  WALLETLINE_ISSUER_PIN_TRIES: '1000',
  WALLETLINE_PIN_TRIES: '999',
  WALLETLINE_PIN_TRIES_OF_STRANGERS: '998',
};
/** A terminal has no more on its way: a process with more payments has more terminals. */
const perTerminal = 40;
/** So many are begun at once: a busy machine must not give one up before it is sent. */
const atOnce = 20;
const never = { point: 0, doom: 'kill' } as const;
const longestMs = 60_000;

/**
 * Kills a process, with the times of a live system, while all of these payments wait for the bank, and
 * measures the next one. The bank has the money of all of them; nobody else works on them.
 */
export async function measureRecovery(lane: Lane, build: string, plan: RecoveryPlan): Promise<Recovery> {
  const { payments, bank } = plan;
  await lane.forget();
  const terminals = Array.from(
    { length: Math.ceil(payments / perTerminal) },
    (_, index) => `F000010${index}`,
  );
  const env = { ...usualTimes, WALLETLINE_BANK_TERMINALS: terminals.join(',') };
  const first = lane.startPayer(build, 0, never, env);
  await first.ready;
  await lane.bankControl('POST', '/faults', [
    { match: { kind: 'purchase' }, fault: 'no-answer', times: payments },
    ...(bank === 'answers' ? [] : [{ match: { kind: 'reversal' }, fault: 'no-answer', times: payments }]),
  ]);
  await payAll(lane, first, payments);
  await first.kill();
  const startedMs = systemClock.monotonicMs();
  const second = lane.startPayer(build, 0, never, env);
  try {
    const untouched = { state: 'authorising', lease_epoch: 1 };
    await until(async () => (await count(lane, 'payments', untouched)) === 0, 'every payment was taken up');
    const takenUpMs = systemClock.monotonicMs() - startedMs;
    if (bank === 'is silent') {
      return { ...plan, takenUpMs, endedMs: undefined };
    }
    const ended = { state: 'reversed' };
    await until(async () => (await count(lane, 'payments', ended)) === payments, 'every payment has ended');
    return { ...plan, takenUpMs, endedMs: systemClock.monotonicMs() - startedMs };
  } finally {
    await second.kill();
    await lane.heal();
    await lane.forget();
  }
}

/** Begins so many payments; resolves when the bank has all of them. */
async function payAll(lane: Lane, payer: PayerProcess, payments: number): Promise<void> {
  const sent = { mti: '0200', result: 'sent' };
  for (let index = 0; index < payments; index += 1) {
    const phone = phoneOf(index % phones);
    void payer.pay({
      ...{ do: 'pay', callId: uuidV7(), callerNumber: phone, service: 'recharge', phone, amountMinor: 1_000 },
      ...{ cardId: lane.cardIds.right, pan: cards.right.pan, pin: cards.right.pin },
    });
    const begun = index + 1;
    if (begun % atOnce === 0 || begun === payments) {
      await until(
        async () => (await count(lane, 'bank_messages', sent)) === begun,
        'the bank has every request',
      );
    }
  }
}

/** Says what was measured, for a person. */
export function describeRecovery({ payments, bank, takenUpMs, endedMs }: Recovery): string {
  const ended = endedMs === undefined ? '' : `, ended in ${endedMs.toFixed(0)} ms`;
  return `${payments} payments whose bank ${bank}: taken up in ${takenUpMs.toFixed(0)} ms${ended}`;
}

async function count(lane: Lane, table: string, where: Readonly<Record<string, unknown>>): Promise<number> {
  return (await lane.database(table).where(where).pluck<string[]>('id')).length;
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const endMs = systemClock.monotonicMs() + longestMs;
  while (!(await isSo())) {
    if (systemClock.monotonicMs() > endMs) {
      throw new Error(`not so after ${longestMs} ms: ${what}`);
    }
    await pause(20);
  }
}
