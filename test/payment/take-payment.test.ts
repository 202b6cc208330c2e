import assert from 'node:assert/strict';
import { yuan } from '../../src/money.js';
import type { Payment } from '../../src/payment/payment.js';
import type { PaymentRequest, PaymentResult } from '../../src/payment/take-payment.js';
import { takePayment } from '../../src/payment/take-payment.js';
import type { ProcessOptions } from '../support/payment-world.js';
import { memoryWorld, pan, recharge } from '../support/payment-world.js';

function start(options: ProcessOptions = {}) {
  const world = memoryWorld();
  const parts = world.process(options);
  const take = takePayment(parts);
  return {
    ...world,
    parts,
    pay: async (request: PaymentRequest = recharge()): Promise<PaymentResult> => {
      const result = await take(request);
      await parts.background.idle();
      return result;
    },
    take,
    only: (): Payment => {
      const [payment, ...others] = world.store.all();
      assert.equal(others.length, 0);
      assert.ok(payment);
      return payment;
    },
    history: () => world.store.transitions.map(({ from, to }) => `${from} → ${to}`),
    transferKinds: async () =>
      (await Promise.all(world.store.all().map(async ({ id }) => world.store.ledger.transfersOf(id))))
        .flat()
        .map(({ kind }) => kind),
  };
}

const taken = ['created → authorising', 'authorising → authorised', 'authorised → delivering'];

describe('taking a payment', () => {
  it('asks the bank, then the carrier, and says "paid" once it is completed', async () => {
    const { pay, only, bank, carrier, history, transferKinds, store } = start();
    const result = await pay();
    const payment = only();
    assert.deepEqual(result, { outcome: 'paid', reference: '000001' });
    assert.equal(payment.state, 'completed');
    assert.deepEqual(history(), [...taken, 'delivering → completed']);
    assert.equal(bank.balanceOf(pan), 95_000);
    assert.deepEqual(
      carrier.journal.map(({ key, amount }) => [key, amount.amountMinor]),
      [[payment.id, 5_000]],
    );
    assert.equal(payment.bankResponseCode, '00');
    assert.equal(payment.authorisationCode, '000001');
    assert.equal(payment.providerReference, 'C1');
    assert.deepEqual(await transferKinds(), ['pending', 'posted']);
    assert.deepEqual(await store.ledger.balance('bank-clearing/unionpay', 'CNY'), {
      pendingMinor: 0,
      postedMinor: 5_000,
    });
    assert.equal((await store.newsFor('13800138000')).length, 1, 'the caller has not heard it yet');
  });

  it('stores the payment, its trace included, before the bank is asked', async () => {
    const { take, store, bank, only } = start();
    const release = bank.hold('purchase');
    const paying = take(recharge());
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(store.all().length, 1);
    assert.equal(only().state, 'authorising');
    assert.equal(only().trace.rrn, '000000000001');
    assert.equal(bank.journal.length, 0);
    release();
    assert.equal((await paying).outcome, 'paid');
  });

  it('ends as declined, with nothing taken, when the bank declines', async () => {
    const { pay, only, bank, carrier, transferKinds } = start();
    const result = await pay(recharge({ amount: yuan(1001) }));
    assert.deepEqual(result, { outcome: 'declined', reason: 'insufficient-funds' });
    assert.equal(only().state, 'declined');
    assert.equal(only().bankResponseCode, '51');
    assert.equal(only().declineReason, 'insufficient-funds');
    assert.equal(bank.balanceOf(pan), 100_000);
    assert.equal(carrier.arrived.length, 0);
    assert.deepEqual(await transferKinds(), ['pending', 'voided']);
  });

  it('makes each PIN attempt a payment of its own, with its own STAN and RRN', async () => {
    const { pay, store } = start();
    assert.deepEqual(await pay(recharge({ pin: '000000' })), {
      outcome: 'wrong-pin',
      triesLeft: 999,
    });
    assert.equal((await pay()).outcome, 'paid');
    const [wrong, right] = store.all();
    assert.ok(wrong && right);
    assert.equal(wrong.state, 'declined');
    assert.equal(wrong.bankResponseCode, '55');
    assert.equal(wrong.declineReason, 'wrong-pin');
    assert.equal(right.state, 'completed');
    assert.notEqual(wrong.trace.stan, right.trace.stan);
    assert.notEqual(wrong.trace.rrn, right.trace.rrn);
    assert.deepEqual(
      (await store.newsFor('13800138000')).map(({ id }) => id),
      [right.id],
    );
  });

  it('says that it is unavailable when nothing left for the bank', async () => {
    const { pay, bank, only } = start();
    bank.available = false;
    assert.deepEqual(await pay(), { outcome: 'unavailable' });
    assert.equal(only().state, 'declined');
    assert.equal(only().declineReason, 'not-sent');
  });

  it('says that it is unavailable when the payment cannot be stored, and sends nothing', async () => {
    const { pay, bank, store } = start();
    store.begin = async () => {
      throw new Error('the database is gone');
    };
    assert.deepEqual(await pay(), { outcome: 'unavailable' });
    assert.equal(bank.journal.length, 0);
  });

  it('wipes the PIN whatever happens', async () => {
    const { pay, store } = start();
    store.begin = async () => {
      throw new Error('the database is gone');
    };
    const request = recharge();
    await pay(request);
    assert.throws(() => request.pin.open(() => undefined), /used already/);
  });

  for (const fault of ['request-lost', 'answer-lost', 'bad-answer'] as const) {
    it(`reverses at once, and never delivers, when the bank's answer is not known (${fault})`, async () => {
      const { pay, only, bank, carrier, history, transferKinds } = start();
      bank.script('purchase', fault);
      assert.deepEqual(await pay(), { outcome: 'returning', reference: '000001' });
      assert.equal(only().state, 'reversed');
      assert.deepEqual(history(), [
        'created → authorising',
        'authorising → unknown',
        'unknown → reversing',
        'reversing → reversed',
      ]);
      assert.equal(bank.balanceOf(pan), 100_000);
      assert.equal(carrier.arrived.length, 0);
      assert.deepEqual(await transferKinds(), ['pending', 'voided']);
    });
  }

  it('takes a bank port that throws for one that did not answer', async () => {
    const { pay, bank, only } = start();
    bank.purchase = async () => {
      throw new Error('a fault of ours after the send');
    };
    assert.equal((await pay()).outcome, 'returning');
    assert.equal(only().state, 'reversed');
  });

  it('gives the debit back when the carrier refuses', async () => {
    const { pay, only, bank, carrier, history, store } = start();
    carrier.script('refused');
    assert.deepEqual(await pay(), { outcome: 'returning', reference: '000001' });
    assert.equal(only().state, 'reversed');
    assert.deepEqual(history(), [...taken, 'delivering → reversing', 'reversing → reversed']);
    assert.equal(bank.balanceOf(pan), 100_000);
    assert.deepEqual(bank.standing(), []);
    assert.deepEqual(
      store.notices.map(({ outcome }) => outcome),
      ['reversed'],
    );
  });

  it('is being returned when the reversal is not answered, and is planned again', async () => {
    const { pay, only, bank, carrier, clock } = start();
    carrier.script('refused');
    bank.script('reversal', 'request-lost');
    assert.equal((await pay()).outcome, 'returning');
    assert.equal(only().state, 'reversing');
    assert.equal(only().attempts, 1);
    assert.ok((only().nextAttemptAt ?? clock.now()) > clock.now());
    assert.equal(only().newsDue, true);
  });

  it('calls a person at once when the bank refuses the reversal', async () => {
    const { pay, only, bank, carrier } = start();
    carrier.script('refused');
    bank.script('reversal', 'refused');
    assert.equal((await pay()).outcome, 'returning');
    assert.equal(only().state, 'needs-operator');
    assert.ok(only().operatorSince);
  });

  it('lets no caller wait for a reversal, and finishes it behind them', async () => {
    const { take, parts, bank, carrier, only } = start();
    carrier.script('refused');
    const release = bank.hold('reversal');
    assert.equal((await take(recharge())).outcome, 'returning');
    assert.equal(only().state, 'reversing');
    release();
    await parts.background.idle();
    assert.equal(only().state, 'reversed');
    assert.equal(only().newsDue, true, 'the caller heard that it was on its way, not that it is back');
  });

  it('asks the carrier by the key when its answer is lost, and sends the order once', async () => {
    const { pay, carrier, only } = start();
    carrier.script('answer-lost');
    assert.equal((await pay()).outcome, 'paid');
    assert.deepEqual(carrier.arrived, [only().id]);
    assert.equal(carrier.lookUps, 1);
  });

  it('gives the debit back when the carrier says by look-up that it refused', async () => {
    const { pay, carrier, only } = start();
    carrier.script('refusal-lost');
    assert.equal((await pay()).outcome, 'returning');
    assert.equal(only().state, 'reversed');
  });

  for (const fault of ['request-lost', 'answer-lost'] as const) {
    it(`does not know yet when the carrier stays silent (${fault}), and asks as long as a caller waits`, async () => {
      const { pay, carrier, only, clock, parts, bank } = start();
      carrier.script(fault);
      carrier.silent = true;
      const before = clock.monotonicMs();
      assert.deepEqual(await pay(), { outcome: 'unresolved', reference: '000001' });
      assert.equal(clock.monotonicMs() - before, parts.policy.providerPatienceMs);
      assert.equal(only().state, 'delivering');
      assert.equal(bank.balanceOf(pan), 95_000);
      assert.equal(only().newsDue, true);
    });
  }

  it('does not take "never seen" for an answer while its own order may be on the way', async () => {
    const { pay, carrier, only } = start();
    carrier.script('request-lost');
    assert.equal((await pay()).outcome, 'unresolved');
    assert.equal(only().state, 'delivering');
    assert.deepEqual(carrier.arrived, []);
  });

  it('leaves nothing to tell of a payment that was declined', async () => {
    const { pay, only, bank, store } = start();
    bank.script('purchase', 'refused');
    assert.equal((await pay()).outcome, 'declined');
    assert.equal(only().newsDue, false);
    assert.deepEqual(await store.newsFor('13800138000'), []);
  });
});

describe('taking a payment in a process that was frozen', () => {
  it('sends nothing to the bank long after it was stored', async () => {
    const { pay, store, clock, bank, only, parts } = start();
    const begin = store.begin.bind(store);
    store.begin = async (payment) => {
      const begun = await begin(payment);
      clock.advance(parts.policy.sendWithinMs + 1);
      return begun;
    };
    assert.deepEqual(await pay(), { outcome: 'unavailable' });
    assert.equal(bank.journal.length, 0);
    assert.equal(only().state, 'declined');
  });

  it('orders nothing from the carrier long after that was stored, also when the write itself took so long', async () => {
    const { pay, store, clock, carrier, only, parts } = start();
    const change = store.change.bind(store);
    store.change = async (asked) => {
      const changed = await change(asked);
      clock.advance(parts.policy.sendWithinMs + 1);
      return changed;
    };
    assert.equal((await pay()).outcome, 'unresolved');
    assert.equal(carrier.arrived.length, 0);
    assert.equal(only().state, 'delivering');
  });

  it('delivers nothing when a worker took the payment over while the bank answered', async () => {
    const { take, parts, store, bank, carrier, only, clock } = start();
    const release = bank.hold('purchase');
    const paying = take(recharge());
    await new Promise((resolve) => setImmediate(resolve));
    const at = clock.now();
    const claimed = await store.claim(only(), { owner: 'node-2/z', until: at, at });
    assert.notEqual(claimed, 'lost');
    release();
    assert.equal((await paying).outcome, 'unresolved');
    await parts.background.idle();
    assert.equal(carrier.arrived.length, 0);
    assert.equal(bank.balanceOf(pan), 100_000, 'an approval that nobody can use is undone');
  });
});

describe('taking a payment while the database fails', () => {
  it('tries a write again for a while, and the payment is paid', async () => {
    const { pay, store } = start();
    const change = store.change.bind(store);
    let failures = 3;
    store.change = async (wanted) => {
      failures -= 1;
      if (failures >= 0) {
        throw new Error('the database is away');
      }
      return change(wanted);
    };
    assert.equal((await pay()).outcome, 'paid');
  });

  it('takes a change whose answer was lost for made', async () => {
    const { pay, store, carrier, history } = start();
    const change = store.change.bind(store);
    store.change = async (wanted) => {
      store.change = change;
      await change(wanted);
      throw new Error('the answer to COMMIT was lost');
    };
    assert.equal((await pay()).outcome, 'paid');
    assert.equal(carrier.arrived.length, 1);
    assert.equal(history().length, 4);
  });

  it('never delivers what it could not store, and undoes the approval', async () => {
    const { pay, store, carrier, bank, only } = start();
    store.change = async () => {
      throw new Error('the database is gone');
    };
    assert.deepEqual(await pay(), { outcome: 'unresolved', reference: '000001' });
    assert.equal(carrier.arrived.length, 0);
    assert.equal(bank.balanceOf(pan), 100_000);
    assert.equal(only().state, 'authorising');
  });

  it('does not say "paid" before it is durable', async () => {
    const { pay, store, carrier, only } = start();
    const change = store.change.bind(store);
    store.change = async (wanted) => {
      if (wanted.path.some(({ to }) => to === 'completed')) {
        throw new Error('the database is gone');
      }
      return change(wanted);
    };
    assert.equal((await pay()).outcome, 'unresolved');
    assert.equal(carrier.journal.length, 1);
    assert.equal(only().state, 'delivering');
  });
});
