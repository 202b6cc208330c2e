import assert from 'node:assert/strict';
import { resolveUnresolved } from '../../src/payment/resolve-unresolved.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { leftPayment as left } from '../support/left-payment.js';
import { memoryWorld, pan, recharge } from '../support/payment-world.js';

const never = (): Promise<never> => new Promise(() => undefined);

describe('resolving what a dead process left', () => {
  it('leaves a payment alone while its own process may be at work', async () => {
    const { resolver, only } = await left(({ bank }) => {
      bank.purchase = never;
    });
    assert.equal(await resolver.resolveOnce(), 0);
    assert.equal(only().state, 'authorising');
  });

  it('reverses a payment whose bank answer nobody waits for any more', async () => {
    const { pass, only, bank, carrier, store } = await left(({ bank: b }) => {
      const purchase = b.purchase.bind(b);
      b.purchase = async (request) => {
        await purchase(request);
        return never();
      };
    });
    assert.equal(bank.balanceOf(pan), 95_000);
    await pass();
    assert.equal(only().state, 'reversed');
    assert.equal(bank.balanceOf(pan), 100_000);
    assert.equal(carrier.arrived.length, 0);
    assert.deepEqual(
      store.transitions.map(({ to }) => to),
      ['authorising', 'unknown', 'reversing', 'reversed'],
    );
  });

  it('completes a payment that the carrier has delivered', async () => {
    const { pass, only, carrier } = await left(({ carrier: c }) => {
      const deliver = c.deliver.bind(c);
      c.deliver = async (order) => {
        await deliver(order);
        return never();
      };
    });
    await pass();
    assert.equal(only().state, 'completed');
    assert.equal(only().newsDue, true, 'its caller never heard of it');
    assert.equal(carrier.arrived.length, 1);
  });

  it('reverses a payment that the carrier refused', async () => {
    const { pass, only, bank } = await left(({ carrier: c }) => {
      c.script('refused');
      const deliver = c.deliver.bind(c);
      c.deliver = async (order) => {
        await deliver(order);
        return never();
      };
    });
    await pass();
    assert.equal(only().state, 'reversed');
    assert.equal(bank.balanceOf(pan), 100_000);
  });

  it('reverses an order that was never seen, but only after the whole grace', async () => {
    const { pass, resolver, only, clock, parts, carrier } = await left(({ carrier: c }) => {
      c.deliver = never;
    });
    const before = clock.monotonicMs();
    await pass(resolver);
    const first = clock.monotonicMs();
    assert.ok(first > before);
    while (only().state === 'delivering') {
      await pass(resolver);
    }
    assert.ok(clock.monotonicMs() - first >= parts.policy.neverSeenGraceMs);
    assert.equal(only().state, 'reversed');
    assert.equal(carrier.arrived.length, 0);
  });

  it('is not hurried by a wall clock that leaps ahead', async () => {
    const { pass, resolver, only, clock } = await left(({ carrier: c }) => {
      c.deliver = never;
    });
    await pass(resolver);
    clock.step(3_600_000);
    await pass(resolver);
    assert.equal(only().state, 'delivering');
  });

  it('completes an order that was not seen at first and arrived within the grace', async () => {
    const { pass, resolver, only, carrier } = await left(({ carrier: c }) => {
      c.deliver = never;
    });
    await pass(resolver);
    const { id: key, service, target: phone, amount } = only();
    carrier.arrive({ key, service, amount, details: { phone } });
    await pass(resolver);
    assert.equal(only().state, 'completed');
  });

  it('goes on working on a payment that a clock which stepped back put far ahead', async () => {
    const { resolver, only, clock } = await left(({ bank }) => {
      bank.purchase = never;
    });
    clock.step(-3_600_000);
    assert.equal(await resolver.resolveOnce(), 1);
    assert.equal(only().state, 'reversed');
  });

  it('takes over at once what an earlier process of the same node left', async () => {
    const { resolver, only } = await left(({ bank }) => {
      bank.purchase = never;
    });
    await resolver.start();
    await resolver.stop();
    assert.equal(only().state, 'reversed');
  });

  it('waits for the lease of a process of another node', async () => {
    const { process, only, clock } = await left(({ bank }) => {
      bank.purchase = never;
    });
    const lease = only().nextAttemptAt;
    const neighbour = resolveUnresolved(process({ node: 'node-2' }));
    await neighbour.start();
    await neighbour.stop();
    assert.equal(only().state, 'authorising');
    assert.deepEqual(only().nextAttemptAt, lease);
    assert.ok(lease && lease > clock.now());
  });

  it('does not try without a bank line, and does when it is back', async () => {
    const { pass, only, bank } = await left(({ bank: b }) => {
      b.purchase = never;
    });
    bank.available = false;
    assert.equal(await pass(), 0);
    assert.equal(only().attempts, 0);
    bank.available = true;
    await pass();
    assert.equal(only().state, 'reversed');
  });
});

describe('sending a reversal until it is acknowledged', () => {
  const refused = ({ carrier, bank }: ReturnType<typeof memoryWorld>): void => {
    carrier.script('refused');
    bank.script('reversal', 'request-lost', 30);
  };

  it('counts each try before it is sent, and waits longer each time', async () => {
    const { pass, only, bank, clock } = await left(refused);
    const attempts: number[] = [];
    const reverse = bank.reverse.bind(bank);
    bank.reverse = async (request) => {
      attempts.push(request.attempt);
      return reverse(request);
    };
    const pauses: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      await pass();
      pauses.push((only().nextAttemptAt?.getTime() ?? 0) - clock.now().getTime());
    }
    assert.deepEqual(attempts, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert.deepEqual(
      pauses,
      [...pauses].sort((a, b) => a - b),
    );
    assert.equal(pauses.at(-1), 300_000);
  });

  it('calls a person after so many tries, and goes on trying', async () => {
    const { pass, only, bank, parts, store } = await left(refused);
    while (only().state === 'reversing') {
      await pass();
    }
    assert.equal(only().state, 'needs-operator');
    assert.equal(only().attempts, parts.policy.triesBeforeOperator);
    assert.ok(only().operatorSince);
    while (only().state === 'needs-operator') {
      await pass();
    }
    assert.equal(only().state, 'reversed');
    assert.equal(bank.balanceOf(pan), 100_000);
    assert.deepEqual(
      store.notices.map(({ outcome }) => outcome),
      ['reversed'],
    );
  });

  it('calls a person at once when the bank refuses, and tries no more by itself', async () => {
    const { pass, only } = await left(({ carrier, bank }) => {
      carrier.script('refused');
      bank.script('reversal', 'request-lost');
      bank.script('reversal', 'refused');
    });
    await pass();
    assert.equal(only().state, 'needs-operator');
    assert.equal(only().nextAttemptAt, undefined);
    assert.equal(await pass(), 0);
  });

  it('gives back once what was reversed twice', async () => {
    const { pass, only, bank } = await left(({ carrier, bank: b }) => {
      carrier.script('refused');
      b.script('reversal', 'answer-lost');
    });
    await pass();
    assert.equal(only().state, 'reversed');
    assert.equal(bank.balanceOf(pan), 100_000);
  });

  it('goes out in the order of the purchases', async () => {
    const { clock, bank, carrier, parts, store } = await left(({ carrier: c, bank: b }) => {
      c.script('refused');
      b.script('reversal', 'request-lost');
    });
    carrier.script('refused');
    bank.script('reversal', 'request-lost');
    clock.advance(1);
    await takePayment(parts)(recharge());
    await parts.background.idle();
    const [first, second] = store.all();
    assert.ok(first && second);
    // The later one falls due first.
    await store.postpone(second, { nextAttemptAt: clock.now(), at: clock.now() });
    clock.advance(600_000);
    await resolveUnresolved(parts).resolveOnce();
    const reversals = bank.journal.filter(({ kind }) => kind === 'reversal').map(({ rrn }) => rrn);
    assert.deepEqual(reversals, [first.trace.rrn, second.trace.rrn]);
  });
});

describe('a carrier that never says what became of an order', () => {
  it('brings the payment to a person, who finds it still being asked about', async () => {
    const { pass, only, parts, carrier } = await left(({ carrier: c }) => {
      c.script('answer-lost');
      c.silent = true;
    });
    while (only().operatorSince === undefined) {
      await pass();
    }
    assert.equal(only().attempts, parts.policy.triesBeforeOperator);
    assert.equal(only().state, 'delivering');
    carrier.silent = false;
    await pass();
    assert.equal(only().state, 'completed');
  });
});

describe('several workers at once', () => {
  it('send one reversal of a payment', async () => {
    const world = await left(({ bank: b }) => {
      b.purchase = never;
    });
    world.clock.advance(600_000);
    const workers = ['a', 'b', 'c'].map((node) => resolveUnresolved(world.process({ node })));
    const worked = await Promise.all(workers.map(async (worker) => worker.resolveOnce()));
    assert.equal(
      worked.reduce((sum, count) => sum + count, 0),
      1,
    );
    assert.equal(world.bank.journal.filter(({ kind }) => kind === 'reversal').length, 1);
    assert.equal(world.only().state, 'reversed');
  });
});

describe('resolving in a process that was frozen', () => {
  const unanswered = async () =>
    left(({ bank }) => {
      bank.script('purchase', 'answer-lost');
      bank.script('reversal', 'request-lost');
    });

  it('sends no reversal long after it claimed the payment: a person may have settled it since', async () => {
    const { pass, only, bank, store, clock, parts } = await unanswered();
    assert.equal(only().state, 'reversing');
    const claim = store.claim.bind(store);
    store.claim = async (payment, by) => {
      const claimed = await claim(payment, by);
      clock.advance(parts.policy.sendWithinMs + 1);
      return claimed;
    };
    await pass();
    assert.equal(only().state, 'reversing');
    assert.equal(bank.journal.filter(({ kind }) => kind === 'reversal').length, 0);
    store.claim = claim;
    await pass();
    assert.equal(only().state, 'reversed');
  });

  it('sends no reversal long after it began to write that it would', async () => {
    const world = memoryWorld();
    const parts = world.process();
    world.bank.script('purchase', 'answer-lost');
    const change = world.store.change.bind(world.store);
    world.store.change = async (asked) => {
      const changed = await change(asked);
      world.clock.advance(parts.policy.sendWithinMs + 1);
      return changed;
    };
    assert.equal((await takePayment(parts)(recharge())).outcome, 'returning');
    await parts.background.idle();
    assert.equal(world.bank.journal.filter(({ kind }) => kind === 'reversal').length, 0);
    world.store.change = change;
    world.clock.advance(600_000);
    await resolveUnresolved(parts).resolveOnce();
    assert.equal(world.store.all()[0]?.state, 'reversed');
  });
});
