import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/clock.js';
import { MysqlLedgerStore } from '../../../src/ledger/mysql-ledger-store.js';
import { audit } from '../../../src/payment/audit/mysql-audit.js';
import { MysqlPaymentStore } from '../../../src/payment/mysql-payment-store.js';
import { noteLateAnswer } from '../../../src/payment/note-late-answer.js';
import { MysqlOrderStore } from '../../../src/payment/orders/mysql-order-store.js';
import { resolveUnresolved } from '../../../src/payment/resolve-unresolved.js';
import { takePayment } from '../../../src/payment/take-payment.js';
import { someOrder } from '../../contracts/order-store.js';
import { begun } from '../../support/begun.js';
import { withDatabase } from '../../support/database.js';
import { paymentWorld, recharge } from '../../support/payment-world.js';

describe('the audit of a database', () => {
  const test = withDatabase();
  const start = () =>
    paymentWorld(new MysqlPaymentStore(test.database, new MysqlLedgerStore(test.database, systemClock)));
  let world: ReturnType<typeof start>;
  let folder: string;
  let journals: { bank: string; providers: { mobile: string } };

  before(async () => {
    world = start();
    folder = await mkdtemp(join(tmpdir(), 'audit-'));
    journals = { bank: join(folder, 'bank.jsonl'), providers: { mobile: join(folder, 'mobile.jsonl') } };
    const pay = async (other: Parameters<typeof recharge>[0] = {}): Promise<void> => {
      const parts = world.process();
      await takePayment(parts)(recharge(other));
      await parts.background.idle();
    };
    await pay();
    await pay();
    for (const misfortune of ['none', 'carrier', 'bank'] as const) {
      const prepared = await new MysqlOrderStore(test.database, world.clock).prepare(someOrder(world.clock));
      assert.ok('order' in prepared);
      if (misfortune === 'carrier') {
        world.carrier.script('refused');
      } else if (misfortune === 'bank') {
        world.bank.script('purchase', 'refused');
      }
      await pay({ orderId: prepared.order.id });
    }
    world.carrier.script('refused');
    await pay();
    world.bank.script('purchase', 'refused');
    await pay();
    world.bank.script('purchase', 'answer-lost');
    await pay();
    // The reversal overtakes its purchase, and the approval comes after both.
    world.bank.script('purchase', 'answer-lost');
    world.bank.script('reversal', { acknowledges: '25' });
    await pay();
    const parts = world.process();
    const trace = world.bank.journal.at(-1);
    assert.ok(trace?.responseCode === '25');
    await noteLateAnswer(parts)({
      ...{
        rrn: trace.rrn,
        terminalId: trace.terminalId,
        stan: trace.stan,
        approved: true,
        responseCode: '00',
      },
      ...{ authorisationCode: undefined, receivedAt: world.clock.now() },
    });
    await resolveUnresolved(parts).resolveOnce();
  });
  after(async () => rm(folder, { recursive: true }));

  /** What the fakes' books would look like as the simulators' journals. */
  const writeJournals = async (
    change: { bank?: readonly object[]; carrier?: readonly object[]; dropCarrier?: number } = {},
  ): Promise<void> => {
    const at = world.clock.now().toISOString();
    const bank = world.bank.journal.map(({ kind, rrn, amountMinor, responseCode }) => ({
      at,
      event: kind,
      rrn,
      amountMinor,
      result: responseCode,
      ...(kind === 'reversal' && { original: 'approved' }),
    }));
    const carrier = world.carrier.journal
      .slice(change.dropCarrier ?? 0)
      .map(({ key, amount }) => ({ at, event: 'accepted', key, amountMinor: amount.amountMinor }));
    const lines = (all: readonly object[]): string => all.map((line) => `${JSON.stringify(line)}\n`).join('');
    await writeFile(journals.bank, lines([...bank, ...(change.bank ?? [])]));
    await writeFile(journals.providers.mobile, lines([...carrier, ...(change.carrier ?? [])]));
  };

  const broken = async (withJournals = false, aheadMs = 0): Promise<string[]> => {
    const report = await audit(test.database, {
      now: new Date(world.clock.now().getTime() + aheadMs),
      limitMs: 60_000,
      utcOffsetMinutes: 480,
      journals: withJournals ? journals : undefined,
    });
    return [...new Set(report.breaks.map(({ invariant }) => invariant))].sort();
  };

  it('finds nothing wrong with payments that ended in every way', async () => {
    await writeJournals();
    assert.deepEqual(await broken(true), []);
    const [row] = (await test.database.raw('SELECT COUNT(*) AS n FROM payments')) as [{ n: number }[]];
    assert.equal(row[0]?.n, 9);
    const late = await test.database('payments').where({ state: 'late-reversed' }).pluck<string[]>('id');
    assert.equal(late.length, 1);
  });

  /** Each break is made by someone who may change anything, and taken back. */
  const completed = `(SELECT id FROM (SELECT MIN(id) AS id FROM payments WHERE state = 'completed') AS one)`;
  const ofOrder = (state: string): string =>
    `(SELECT id FROM (SELECT MIN(id) AS id FROM payments WHERE state = '${state}' AND order_id IS NOT NULL) AS one)`;
  const completedOf = ofOrder('completed');
  const declinedOf = ofOrder('declined');
  const paidOrder = "(SELECT id FROM orders WHERE state = 'paid')";
  const faults: readonly (readonly [string, string, string, string, readonly string[]])[] = [
    [
      'an entry that was changed',
      `UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE line = 0 AND transfer_id = ${completed}`,
      `UPDATE ledger_entries SET amount_minor = amount_minor - 1 WHERE line = 0 AND transfer_id = ${completed}`,
      '',
      ['I1', 'I2'],
    ],
    [
      'a payment that was completed by hand',
      "UPDATE payments SET state = 'completed', attempts = 77 WHERE state = 'declined' AND order_id IS NULL",
      "UPDATE payments SET state = 'declined', attempts = 0 WHERE attempts = 77",
      '',
      ['I2', 'I5', 'I9'],
    ],
    [
      'an amount that was changed',
      `UPDATE payments SET amount_minor = amount_minor + 1 WHERE id = ${completed}`,
      `UPDATE payments SET amount_minor = amount_minor - 1 WHERE id = ${completed}`,
      '',
      ['I2'],
    ],
    [
      'an illegal change of state in the history',
      `UPDATE payment_transitions SET from_state = 'declined' WHERE to_state = 'completed' AND payment_id = ${completed}`,
      `UPDATE payment_transitions SET from_state = 'delivering' WHERE to_state = 'completed' AND payment_id = ${completed}`,
      '',
      ['I5'],
    ],
    [
      'a carrier reference of two payments',
      "UPDATE payments SET carrier_reference = 'same' WHERE state = 'completed'",
      "UPDATE payments SET carrier_reference = id WHERE state = 'completed'",
      '',
      ['I6'],
    ],
    [
      'a STAN of two payments on a day',
      "UPDATE payments SET stan = stan + 100, transmitted_at = transmitted_at WHERE state = 'completed'",
      "UPDATE payments SET stan = stan - 100 WHERE state = 'completed'",
      "UPDATE payments SET stan = 101 WHERE state = 'declined' AND order_id IS NULL",
      ['I7'],
    ],
    [
      'a notice of another end',
      `UPDATE notices SET outcome = 'reversed' WHERE payment_id = ${completed}`,
      `UPDATE notices SET outcome = 'completed' WHERE payment_id = ${completed}`,
      '',
      ['I9'],
    ],
    [
      'a late approval that is not given back',
      "UPDATE payments SET state = 'late-reversing', next_attempt_at = NOW() WHERE state = 'late-reversed'",
      "UPDATE payments SET state = 'late-reversed', next_attempt_at = NULL WHERE state = 'late-reversing'",
      '',
      ['I2', 'I5', 'I9'],
    ],
    [
      'a late approval that was never written down as one',
      "UPDATE payments SET state = 'reversed', attempts = 78 WHERE state = 'late-reversed'",
      "UPDATE payments SET state = 'late-reversed', attempts = 1 WHERE attempts = 78",
      '',
      ['I2', 'I5', 'I9'],
    ],
    [
      'a notice that goes out though it is no longer true',
      'UPDATE notices SET withdrawn_at = NULL WHERE withdrawn_at IS NOT NULL',
      "UPDATE notices SET withdrawn_at = created_at WHERE outcome = 'reversed' AND payment_id IN (SELECT id FROM payments WHERE state = 'late-reversed')",
      '',
      ['I9'],
    ],
    [
      'an order that was paid and is open again',
      "UPDATE orders SET state = 'open' WHERE state = 'paid'",
      `UPDATE orders SET state = 'paid' WHERE payment_id = ${completedOf}`,
      '',
      ['I12'],
    ],
    [
      'an order that is called paid, and nothing was',
      `UPDATE orders SET state = 'paid' WHERE payment_id = ${declinedOf}`,
      `UPDATE orders SET state = 'open' WHERE payment_id = ${declinedOf}`,
      '',
      ['I12'],
    ],
    [
      'an order that waits for a payment that is over',
      `UPDATE orders SET state = 'paying' WHERE payment_id = ${declinedOf}`,
      `UPDATE orders SET state = 'open' WHERE payment_id = ${declinedOf}`,
      '',
      ['I12'],
    ],
    [
      'an order that names a payment of none',
      `UPDATE orders SET payment_id = 'none' WHERE payment_id = ${declinedOf}`,
      `UPDATE orders SET payment_id = ${declinedOf} WHERE payment_id = 'none'`,
      '',
      ['I12'],
    ],
    [
      'a second payment that took money for one order',
      `UPDATE payments SET order_id = ${paidOrder} WHERE id = ${completed}`,
      `UPDATE payments SET order_id = NULL WHERE id = ${completed}`,
      '',
      ['I12'],
    ],
    [
      'a payment of an order that was never prepared',
      `UPDATE payments SET order_id = 'none' WHERE id = ${completed}`,
      `UPDATE payments SET order_id = NULL WHERE id = ${completed}`,
      '',
      ['I12'],
    ],
    [
      'an order of another amount than what was paid',
      "UPDATE orders SET amount_minor = amount_minor + 1 WHERE state = 'paid'",
      "UPDATE orders SET amount_minor = amount_minor - 1 WHERE state = 'paid'",
      '',
      ['I12'],
    ],
  ];
  for (const [what, damage, repair, more, expected] of faults) {
    it(`names the invariants that ${what} breaks`, async () => {
      await test.admin.raw(damage);
      if (more !== '') {
        await test.admin.raw(more);
      }
      try {
        assert.deepEqual(await broken(), expected);
      } finally {
        await test.admin.raw(repair);
      }
      assert.deepEqual(await broken(), []);
    });
  }

  it('finds a payment that is unfinished past its limit, and not one that a person knows of', async () => {
    const at = world.clock.now();
    const parts = world.process();
    const trace = await world.bank.nextTrace();
    const { pin: _pin, card: _card, subject, ...request } = recharge();
    const payment = await begun(parts.store, {
      ...request,
      id: parts.newId(),
      target: subject,
      bank: 'unionpay',
      provider: 'mobile',
      trace,
      owner: 'gone/1',
      leaseUntil: at,
      at,
    });
    assert.deepEqual(await broken(false, 59_000), []);
    assert.deepEqual(await broken(false, 61_000), ['I4']);
    await parts.store.postpone(payment, { nextAttemptAt: at, operatorSince: at, at });
    assert.deepEqual(await broken(false, 61_000), []);
  });

  const at = '2026-11-23T05:00:00.000Z';
  for (const [what, change, expected] of [
    ['a delivery that the carrier does not know', { dropCarrier: 1 }, ['I3', 'I8']],
    [
      'a debit of no payment',
      { bank: [{ at, event: 'purchase', rrn: '999999999999', amountMinor: 1, result: '00' }] },
      ['I3'],
    ],
    ['a delivery of no payment', { carrier: [{ at, event: 'accepted', key: 'x', amountMinor: 1 }] }, ['I3']],
  ] as const) {
    it(`finds ${what} in the journals`, async () => {
      await writeJournals({ ...change });
      assert.deepEqual(await broken(true), expected);
    });
  }

  it('does not compare what ended after the journals began to be read', async () => {
    await writeJournals({ dropCarrier: 1 });
    const options = { now: world.clock.now(), limitMs: 60_000, utcOffsetMinutes: 480, journals };
    const breaksBy = async (endedBy: Date) =>
      (await audit(test.database, { ...options, endedBy })).breaks.length;
    assert.equal(await breaksBy(new Date(0)), 0);
    assert.equal(await breaksBy(world.clock.now()), 2);
  });

  it('finds a payment that the carrier delivered twice', async () => {
    const [first] = world.carrier.journal;
    assert.ok(first);
    await writeJournals({ carrier: [{ at, event: 'accepted', key: first.key, amountMinor: 5_000 }] });
    assert.deepEqual(await broken(true), ['I6', 'I8']);
  });
});
