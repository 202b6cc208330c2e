import assert from 'node:assert/strict';
import { migrate } from '../../db/migrate.js';
import { systemClock } from '../../src/clock.js';
import { MysqlLedgerStore } from '../../src/ledger/mysql-ledger-store.js';
import { audit } from '../../src/payment/audit/mysql-audit.js';
import { MysqlPaymentStore } from '../../src/payment/mysql-payment-store.js';
import { edge } from '../../src/payment/payment.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { begun } from '../support/begun.js';
import { withDatabase } from '../support/database.js';
import { paymentWorld, recharge } from '../support/payment-world.js';

const migration = '20261128080000_name_providers';

describe('a database of the version that knew one carrier', () => {
  const test = withDatabase();
  const ledger = () => new MysqlLedgerStore(test.database, systemClock);
  const start = () => paymentWorld(new MysqlPaymentStore(test.database, ledger()));
  let world: ReturnType<typeof start>;
  const breaks = async () =>
    (
      await audit(test.database, {
        ...{ now: new Date(), limitMs: 3_600_000_000_000, utcOffsetMinutes: 480 },
      })
    ).breaks;
  /** Makes rows look as a process of that version wrote them. */
  const asFormerWrote = async (ids: readonly string[], kinds: readonly string[]): Promise<void> => {
    await test
      .admin('payments')
      .whereIn('id', [...ids])
      .update({ provider: null });
    await test.admin.raw(
      `UPDATE ledger_entries e JOIN ledger_transfers t ON t.id = e.transfer_id
        SET e.account = CONCAT('carrier-clearing/', SUBSTRING(e.account, 10))
        WHERE e.account LIKE 'provider:%' AND t.payment_id IN (?) AND t.kind IN (?)`,
      [[...ids], [...kinds]],
    );
  };
  const everyId = async () => test.admin('payments').pluck<string[]>('id');
  const accounts = async () =>
    test.admin('ledger_entries').distinct('account').orderBy('account').pluck<string[]>('account');

  beforeEach(async () => {
    for (const table of [
      'notices',
      'ledger_entries',
      'ledger_transfers',
      'payment_transitions',
      'payments',
    ]) {
      await test.admin(table).delete();
    }
    world = start();
    const parts = world.process();
    await takePayment(parts)(recharge());
    world.carrier.script('refused');
    await takePayment(parts)(recharge());
    await parts.background.idle();
    await asFormerWrote(await everyId(), ['pending', 'posted', 'voided']);
  });

  it('is migrated with its payments and its ledger, which stay as they are and audit clean', async () => {
    assert.deepEqual(await accounts(), ['bank-clearing/unionpay', 'carrier-clearing/mobile']);
    const [broken] = await everyId();
    await test.admin('reconciliation_breaks').insert({
      ...{ id: broken, day: '2026-11-23', party: 'carrier', kind: 'missing-there', subject: broken },
      ...{ payment_id: broken, detail: '', found_at: new Date() },
    });
    await test.admin('migrations').where({ name: migration }).delete();
    await test.admin.raw('ALTER TABLE payments DROP COLUMN provider');
    assert.deepEqual(await migrate(test.adminUrl), [migration]);
    assert.deepEqual(await test.admin('payments').distinct('provider').pluck('provider'), ['mobile']);
    assert.deepEqual(await test.admin('reconciliation_breaks').pluck('party'), ['provider:mobile']);
    assert.deepEqual(await accounts(), ['bank-clearing/unionpay', 'carrier-clearing/mobile']);
    assert.deepEqual(await breaks(), []);
    await test.admin('reconciliation_breaks').delete();
  });

  it('has the balance of a provider under both names of its account', async () => {
    await takePayment(world.process())(recharge());
    assert.deepEqual(await ledger().balance('provider:mobile', 'CNY'), {
      pendingMinor: 0,
      postedMinor: -10_000,
    });
  });

  it('has payments that a process of either version began and the other ended, and audits clean', async () => {
    // Begun by the former, ended by this one.
    const parts = world.process();
    const at = new Date();
    const { pin: _pin, card: _card, subject, ...request } = recharge();
    const payment = await begun(parts.store, {
      ...{ ...request, id: parts.newId(), target: subject, bank: 'unionpay', provider: 'mobile' },
      ...{ trace: await world.bank.nextTrace(), owner: 'gone/1', leaseUntil: at, at },
    });
    await asFormerWrote([payment.id], ['pending']);
    const stored = await parts.store.find(payment.id);
    assert.equal(stored?.provider, 'mobile');
    const path = [edge('authorising', 'declined')] as const;
    assert.notEqual(await parts.store.change({ payment: stored, path, at }), 'lost');
    // Begun by this one, ended by the former.
    await takePayment(parts)(recharge());
    await asFormerWrote(await everyId(), ['posted']);
    assert.deepEqual(await breaks(), []);
  });

  it('gives payments that the former version began to the worker that knows their carrier, and to no other', async () => {
    const { store } = world;
    const [id = ''] = await everyId();
    const due = new Date(0);
    await test.admin('payments').where({ id }).update({ state: 'delivering', next_attempt_at: due });
    const query = { now: new Date(), horizon: new Date(Date.now() + 1e9), terminals: [], limit: 10 };
    const dueFor = async (providers: string[]) =>
      (await store.due({ ...query, providers, strandedBefore: new Date(-1) })).map((each) => each.id);
    assert.deepEqual(await dueFor(['mobile']), [id]);
    assert.deepEqual(await dueFor(['press']), []);
  });
});
