import assert from 'node:assert/strict';
import type { PaymentStore } from '../../src/payment/payment-store.js';
import { misfortunes, runSchedule } from '../support/crash-schedule.js';
import { FakePaymentStore } from '../support/fake-payment-store.js';
import { inTimeZone } from '../support/in-time-zone.js';
import { checkMoney } from '../support/money-check.js';
import type { PaymentWorld } from '../support/payment-world.js';
import { paymentWorld } from '../support/payment-world.js';

const hourMs = 3_600_000;

/** Sets the wall clock at a numbered one of the calls to store, bank and carrier; no time passes. */
class ClockStep {
  passed = 0;
  readonly #at: number;
  readonly #step: () => void;

  constructor(at: number, step: () => void) {
    this.#at = at;
    this.#step = step;
  }

  before<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') {
          return value;
        }
        return (...args: unknown[]): unknown => {
          this.passed += 1;
          if (this.passed === this.#at) {
            this.#step();
          }
          return Reflect.apply(value, target, args);
        };
      },
    });
  }
}

/** A payment whose clock is set by `stepMs` at call `at`, in a process that dies at point `dieAt` (0: lives). */
async function run(misfortune: (typeof misfortunes)[number], at: number, stepMs: number, dieAt: number) {
  const world = paymentWorld(new FakePaymentStore());
  const { store, bank, carrier, clock } = world;
  const step = new ClockStep(at, () => clock.step(stepMs));
  const stepping: PaymentWorld<PaymentStore> = {
    ...world,
    process: (of = {}) =>
      world.process({
        ...of,
        store: step.before(of.store ?? store),
        bank: step.before(of.bank ?? bank),
        providers: (of.providers ?? [carrier]).map((provider) => step.before(provider)),
      }),
  };
  await runSchedule(stepping, misfortune, dieAt);
  const { pendingMinor, postedMinor } = await store.ledger.balance('bank-clearing/unionpay', 'CNY');
  await checkMoney(bank, carrier, {
    payments: store.all(),
    transitions: store.transitions,
    notices: store.notices,
    transferKinds: async (id) => (await store.ledger.transfersOf(id)).map(({ kind }) => kind),
    pendingMinor,
    postedMinor,
  });
  return step.passed;
}

describe('a wall clock that is set while a payment is on its way', function () {
  this.timeout(60_000);
  inTimeZone('America/New_York');

  for (const [way, stepMs] of [
    ['an hour back', -hourMs],
    ['an hour ahead', hourMs],
  ] as const) {
    it(`${way}, at any moment, loses no money, whether its process lives or dies`, async () => {
      let runs = 0;
      for (const misfortune of misfortunes) {
        for (const dieAt of [0, 4, 6]) {
          const calls = await run(misfortune, 0, 0, dieAt);
          for (let at = 1; at <= calls; at += 1) {
            await run(misfortune, at, stepMs, dieAt);
            runs += 1;
          }
        }
      }
      assert.ok(runs > 200, `${runs} runs`);
    });
  }
});
