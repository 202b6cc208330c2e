import assert from 'node:assert/strict';
import type { SettledAs } from '../../../src/payment/operator/settle-payment.js';
import { settlePayment, settleQuietMs } from '../../../src/payment/operator/settle-payment.js';
import type { Payment } from '../../../src/payment/payment.js';
import { resolveUnresolved } from '../../../src/payment/resolve-unresolved.js';
import { takePayment } from '../../../src/payment/take-payment.js';
import { begun } from '../../support/begun.js';
import { memoryWorld, recharge } from '../../support/payment-world.js';

describe('settlePayment', () => {
  let world: ReturnType<typeof memoryWorld>;
  beforeEach(() => {
    world = memoryWorld();
  });

  const settle = async (paymentId: string, as: SettledAs, by = 'Li', reason = 'the bank says so') => {
    const { store, clock, newId } = world.process();
    return settlePayment({ store, clock, newId }, { paymentId, as, by, reason });
  };
  const only = (): Payment => {
    const [payment] = world.store.all();
    assert.ok(payment);
    return payment;
  };
  const pay = async (): Promise<Payment> => {
    const parts = world.process();
    await takePayment(parts)(recharge());
    await parts.background.idle();
    return only();
  };
  /** A payment whose reversal the bank refused: nothing will be tried again. */
  const refused = async (): Promise<Payment> => {
    world.bank.script('purchase', 'answer-lost');
    world.bank.script('reversal', 'refused');
    const payment = await pay();
    assert.equal(payment.state, 'needs-operator');
    return payment;
  };
  /** A payment that no process can reverse for want of its terminal, and that a person was told of. */
  const stranded = async (): Promise<Payment> => {
    world.bank.script('purchase', 'answer-lost');
    world.bank.script('reversal', 'not-sent', 50);
    const payment = await pay();
    assert.equal(payment.state, 'reversing');
    const at = world.clock.now();
    const told = await world.store.postpone(payment, { nextAttemptAt: at, operatorSince: at, at });
    assert.ok(told !== 'lost');
    world.clock.advance(settleQuietMs);
    return told;
  };

  it('gives back what the bank refused to reverse: ledger voided, caller told, act written down', async () => {
    const { id } = await refused();
    const settlement = await settle(id, 'reversed');
    assert.equal(settlement.outcome, 'settled');
    assert.equal(only().state, 'reversed');
    assert.equal(only().newsDue, true);
    assert.deepEqual(
      (await world.store.ledger.transfersOf(id)).map(({ kind }) => kind),
      ['pending', 'voided'],
    );
    assert.deepEqual(
      world.store.notices.map(({ outcome }) => outcome),
      ['reversed'],
    );
    assert.deepEqual(
      world.store.acts.map(({ act, by, reason, paymentId }) => ({ act, by, reason, paymentId })),
      [{ act: 'settle-reversed', by: 'Li', reason: 'the bank says so', paymentId: id }],
    );
  });

  it('completes what the carrier delivered after all: ledger posted', async () => {
    const { id } = await refused();
    assert.equal((await settle(id, 'completed')).outcome, 'settled');
    assert.equal(only().state, 'completed');
    assert.deepEqual(
      (await world.store.ledger.transfersOf(id)).map(({ kind }) => kind),
      ['pending', 'posted'],
    );
  });

  for (const as of ['reversed', 'completed'] as const) {
    it(`settles a stranded reversal as ${as}, by legal changes only`, async () => {
      const { id } = await stranded();
      assert.equal((await settle(id, as)).outcome, 'settled');
      assert.equal(only().state, as);
      const way = world.store.transitions.map(({ from, to }) => `${from} ${to}`);
      assert.deepEqual(
        way.slice(3),
        as === 'reversed' ? ['reversing reversed'] : ['reversing needs-operator', 'needs-operator completed'],
      );
    });

    it(`settles as ${as} an order of which the carrier says nothing`, async () => {
      world.carrier.script('answer-lost');
      world.carrier.silent = true;
      const payment = await pay();
      assert.equal(payment.state, 'delivering');
      const at = world.clock.now();
      await world.store.postpone(payment, { nextAttemptAt: at, operatorSince: at, at });
      world.clock.advance(settleQuietMs);
      assert.equal((await settle(payment.id, as)).outcome, 'settled');
      assert.equal(only().state, as);
    });
  }

  it('settles a payment once: the second person hears how it ended', async () => {
    const { id } = await refused();
    await settle(id, 'reversed');
    assert.deepEqual(await settle(id, 'completed', 'Wang'), { outcome: 'over-already', state: 'reversed' });
    assert.equal(world.store.acts.length, 1);
  });

  it('leaves alone what no person was called for, and what was never ordered', async () => {
    world.bank.script('purchase', 'answer-lost');
    world.bank.script('reversal', 'not-sent', 50);
    const { id } = await pay();
    assert.deepEqual(await settle(id, 'reversed'), { outcome: 'not-in-the-queue', state: 'reversing' });
    assert.deepEqual(await settle('nobody', 'reversed'), { outcome: 'no-such-payment' });
    const parts = world.process();
    const { pin: _pin, card: _card, subject: target, ...request } = recharge();
    const at = world.clock.now();
    const left = await begun(world.store, {
      ...request,
      ...{
        id: parts.newId(),
        target,
        bank: 'unionpay',
        provider: 'mobile',
        owner: 'gone/1',
        leaseUntil: at,
        at,
      },
      trace: await world.bank.nextTrace(),
    });
    await world.store.postpone(left, { nextAttemptAt: at, operatorSince: at, at });
    world.clock.advance(settleQuietMs);
    assert.deepEqual(await settle(left.id, 'completed'), {
      outcome: 'never-ordered',
      state: 'authorising',
    });
    assert.equal((await settle(left.id, 'reversed')).outcome, 'settled');
  });

  it('waits until a try of a worker is over', async () => {
    const payment = await stranded();
    const worker = resolveUnresolved(world.process());
    const release = world.bank.hold('reversal');
    const pass = worker.resolveOnce();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(await settle(payment.id, 'completed'), {
      outcome: 'being-tried',
      until: new Date(world.clock.now().getTime() + settleQuietMs),
    });
    release();
    await pass;
  });

  it('keeps a worker that was frozen from undoing what a person settled', async () => {
    const before = await stranded();
    await settle(before.id, 'completed');
    const late = await world.store.claim(before, {
      owner: 'frozen/1',
      until: world.clock.now(),
      at: world.clock.now(),
    });
    assert.equal(late, 'lost');
  });

  for (const [what, by, reason] of [
    ['no name', ' ', 'why'],
    ['no reason', 'Li', ''],
    ['a reason that is too long', 'Li', 'x'.repeat(201)],
    ['a reason with a card number', 'Li', 'the holder of 6222.0202.0011.2233.446 rang'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { id } = await refused();
      await assert.rejects(settle(id, 'reversed', by, reason), RangeError);
      assert.equal(only().state, 'needs-operator');
    });
  }
});
