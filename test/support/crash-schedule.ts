import assert from 'node:assert/strict';
import type { PaymentStore } from '../../src/payment/payment-store.js';
import type { Resolver } from '../../src/payment/resolve-unresolved.js';
import { resolveUnresolved } from '../../src/payment/resolve-unresolved.js';
import type { PaymentResult } from '../../src/payment/take-payment.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { CrashPoint } from './crash-point.js';
import type { PaymentWorld, ProcessOptions } from './payment-world.js';
import { recharge } from './payment-world.js';

/** What the bank and the carrier do on a run. */
export type Misfortune = {
  readonly bank?: 'request-lost' | 'answer-lost' | undefined;
  readonly reversal?: 'request-lost' | 'answer-lost' | undefined;
  readonly carrier?: 'request-lost' | 'answer-lost' | 'refused' | 'refusal-lost' | undefined;
};

export const misfortunes: readonly Misfortune[] = [
  {},
  ...(['request-lost', 'answer-lost'] as const).map((bank) => ({ bank })),
  ...(['request-lost', 'answer-lost', 'refused', 'refusal-lost'] as const).map((carrier) => ({ carrier })),
  ...(['request-lost', 'answer-lost'] as const).flatMap((reversal) => [
    { reversal, carrier: 'refused' as const },
    { reversal, bank: 'answer-lost' as const },
  ]),
];

function dying(world: PaymentWorld<PaymentStore>, point: CrashPoint, node: string): ProcessOptions {
  return {
    node,
    store: point.around(world.store, ['begin', 'change', 'claim', 'postpone']),
    bank: point.around(world.bank, ['purchase', 'reverse']),
    providers: [point.around(world.carrier, ['deliver'])],
  };
}

/** Lets a process run until it has its result, is dead, or can do no more. */
async function untilDeadOr<T>(work: Promise<T>, point: CrashPoint): Promise<T | undefined> {
  const progress = { ended: false };
  const watched = work.finally(() => {
    progress.ended = true;
  });
  // Whoever is dead is not waited for, and its end is nobody's fault.
  watched.catch(() => undefined);
  const giveUpMs = performance.now() + 20_000;
  while (!progress.ended && !point.dead) {
    assert.ok(performance.now() < giveUpMs, 'the process neither ends nor dies');
    await new Promise((resolve) => setImmediate(resolve));
  }
  return point.dead ? undefined : watched;
}

/** Lets everything fall due, pass by pass, until nothing is left to do. */
async function settle(world: PaymentWorld<PaymentStore>, worker: Resolver): Promise<void> {
  for (let pass = 0; pass < 60; pass += 1) {
    world.clock.advance(310_000);
    const worked = await worker.resolveOnce();
    if (worked === 0) {
      return;
    }
  }
  assert.fail('the payments did not come to rest');
}

/**
 * Takes a payment in a process that dies at point `dieAt`, then lets another process recover, which may die
 * at its own point, and a third finish. Returns what the caller was told, and how many points there were.
 */
export async function runSchedule(
  world: PaymentWorld<PaymentStore>,
  { bank, reversal, carrier }: Misfortune,
  dieAt: number,
  workerDiesAt = 0,
  request: Parameters<typeof recharge>[0] = {},
): Promise<{ points: number; workerPoints: number; told: PaymentResult | undefined }> {
  if (bank !== undefined) {
    world.bank.script('purchase', bank);
  }
  if (reversal !== undefined) {
    world.bank.script('reversal', reversal);
  }
  if (carrier !== undefined) {
    world.carrier.script(carrier);
  }
  const point = new CrashPoint(dieAt);
  const parts = world.process(dying(world, point, 'node-1'));
  const told = await untilDeadOr(takePayment(parts)(recharge(request)), point);
  if (!point.dead) {
    await untilDeadOr(parts.background.idle(), point);
  }
  const workerPoint = new CrashPoint(workerDiesAt);
  const worker = resolveUnresolved(world.process(dying(world, workerPoint, 'node-2')));
  await untilDeadOr(settle(world, worker), workerPoint);
  await settle(world, resolveUnresolved(world.process({ node: 'node-3' })));
  return { points: point.passed, workerPoints: workerPoint.passed, told };
}
