import assert from 'node:assert/strict';
import type { Payment } from '../../src/payment/payment.js';
import { resolveUnresolved } from '../../src/payment/resolve-unresolved.js';
import { takePayment } from '../../src/payment/take-payment.js';
import type { ProcessOptions } from './payment-world.js';
import { memoryWorld, recharge } from './payment-world.js';

/** A world with one payment that a dead process, node-1, left in the state that `before` brings about. */
export async function leftPayment(
  before: (world: ReturnType<typeof memoryWorld>) => void,
  options: ProcessOptions = {},
) {
  const world = memoryWorld();
  before(world);
  const dead = world.process(options);
  void takePayment(dead)(recharge());
  for (let turn = 0; turn < 100; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  const parts = world.process(options);
  const only = (): Payment => {
    const [payment] = world.store.all();
    assert.ok(payment);
    return payment;
  };
  return {
    ...world,
    parts,
    only,
    resolver: resolveUnresolved(parts),
    /** Why each change was made, as the operator reads it. */
    reasons: () => world.store.reasons,
    /** Lets everything fall due and makes a pass. */
    pass: async (resolver = resolveUnresolved(parts)): Promise<number> => {
      const at = only().nextAttemptAt;
      if (at !== undefined) {
        world.clock.advance(Math.max(0, at.getTime() - world.clock.now().getTime()));
      }
      return resolver.resolveOnce();
    },
  };
}
