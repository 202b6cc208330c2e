import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuidV7 } from 'uuid';
import { systemClock } from '../../src/clock.js';
import type { Lane } from './lane.js';
import { cards, phoneOf } from './lane.js';

/** How long a process that was killed in the middle of payments took to take them up again. */
export type Recovery = {
  readonly payments: number;
  /** From the start of the next process until it holds the last of the payments, or had ended it. */
  readonly takenUpMs: number;
  /** Until the last of them had come to its end. */
  readonly endedMs: number;
};

/** The times of a live system, but for the limits of this machine's patience. */
const usualTimes = {
  FAULTS_TIMES: 'usual',
  WALLETLINE_BANK_ANSWER_TIMEOUT_MS: '20000',
  WALLETLINE_CARRIER_TIMEOUT_MS: '8000',
};
const never = { point: 0, doom: 'kill' } as const;
const longestMs = 60_000;

/**
 * Kills a process, with the times of a live system, while all of these payments wait for the bank, and
 * measures the next one. The bank has the money of all of them; nobody else works on them.
 */
export async function measureRecovery(lane: Lane, build: string, payments: number): Promise<Recovery> {
  await lane.forget();
  const first = lane.startPayer(build, 0, never, usualTimes);
  await first.ready;
  await lane.bankControl('POST', '/faults', {
    match: { kind: 'purchase' },
    fault: 'no-answer',
    times: payments,
  });
  for (let index = 0; index < payments; index += 1) {
    void first.pay({
      do: 'pay',
      callId: uuidV7(),
      callerNumber: phoneOf(index),
      service: 'recharge',
      phone: phoneOf(index),
      amountMinor: 1_000,
      cardId: lane.cardIds.right,
      pan: cards.right.pan,
      pin: cards.right.pin,
    });
  }
  const sent = { mti: '0200', result: 'sent' };
  await until(
    async () => (await count(lane, 'bank_messages', sent)) === payments,
    'the bank has every request',
  );
  await first.kill();
  const startedMs = systemClock.monotonicMs();
  const second = lane.startPayer(build, 0, never, usualTimes);
  try {
    const untouched = { state: 'authorising', lease_epoch: 1 };
    await until(async () => (await count(lane, 'payments', untouched)) === 0, 'every payment was taken up');
    const takenUpMs = systemClock.monotonicMs() - startedMs;
    const ended = { state: 'reversed' };
    await until(async () => (await count(lane, 'payments', ended)) === payments, 'every payment has ended');
    return { payments, takenUpMs, endedMs: systemClock.monotonicMs() - startedMs };
  } finally {
    await second.kill();
    await lane.heal();
    await lane.forget();
  }
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
