import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidV7 } from 'uuid';
import { systemClock } from '../../../src/clock.js';
import { MysqlLedgerStore } from '../../../src/ledger/mysql-ledger-store.js';
import { MysqlPaymentStore } from '../../../src/payment/mysql-payment-store.js';
import { MysqlOperatorQueue } from '../../../src/payment/operator/mysql-operator-queue.js';
import { isBreak } from '../../../src/payment/reconcile/compare-day.js';
import { MysqlReconciliation } from '../../../src/payment/reconcile/mysql-reconciliation.js';
import { reconcile } from '../../../src/payment/reconcile/reconcile.js';
import { settlementDay } from '../../../src/payment/reconcile/settlement-day.js';
import { takePayment } from '../../../src/payment/take-payment.js';
import { withDatabase } from '../../support/database.js';
import { paymentWorld, recharge } from '../../support/payment-world.js';

const zone = { utcOffsetMinutes: 480 };

describe('the reconciliation of a day', () => {
  const test = withDatabase();
  const start = () => {
    const ledger = new MysqlLedgerStore(test.database, systemClock);
    return {
      ...paymentWorld(new MysqlPaymentStore(test.database, ledger)),
      books: new MysqlReconciliation(test.database, uuidV7),
      queue: new MysqlOperatorQueue(test.database, ledger),
    };
  };
  let world: ReturnType<typeof start>;
  let folder: string;
  let day: string;

  before(async () => {
    world = start();
    day = settlementDay(world.clock.now(), zone);
    folder = await mkdtemp(join(tmpdir(), 'reconcile-'));
    const pay = async (): Promise<void> => {
      const parts = world.process();
      await takePayment(parts)(recharge());
      await parts.background.idle();
    };
    await pay();
    await pay();
    world.bank.script('purchase', 'answer-lost');
    await pay();
    // Unfinished: the carrier refuses, and no reversal gets through.
    world.carrier.script('refused');
    world.bank.script('reversal', 'not-sent', 100);
    await pay();
  });
  after(async () => rm(folder, { recursive: true }));

  /** Reconciles with what the fakes' books would look like as journals. */
  const run = async ({
    openMs = 0,
    dropCarrier = 0,
    bank = [],
    on = day,
  }: {
    openMs?: number;
    dropCarrier?: number;
    bank?: readonly object[];
    on?: string;
  } = {}) => {
    const at = world.clock.now().toISOString();
    const bankFile = join(folder, 'bank.jsonl');
    const carrierFile = join(folder, 'carrier.jsonl');
    const lines = (all: readonly object[]): string => all.map((line) => `${JSON.stringify(line)}\n`).join('');
    const bankLines = world.bank.journal.map(({ kind, rrn, amountMinor, responseCode }) => ({
      ...{ at, event: kind, rrn, amountMinor, result: responseCode, original: 'approved' },
    }));
    const carrierLines = world.carrier.journal.slice(dropCarrier);
    // A kill cut the last line short.
    await writeFile(bankFile, `${lines([...bankLines, ...bank])}{"at":"2026-`);
    await writeFile(
      carrierFile,
      lines(
        carrierLines.map(({ key, amount }) => ({
          at,
          event: 'accepted',
          key,
          amountMinor: amount.amountMinor,
        })),
      ),
    );
    const { rows, recorded } = await reconcile(
      { books: world.books, store: world.store, clock: world.clock },
      { day: on, journals: { bank: bankFile, providers: { mobile: carrierFile } }, openMs, ...zone },
    );
    return { breaks: rows.filter(isBreak), rows, recorded };
  };

  it('finds no break while an unfinished payment is young', async () => {
    const { breaks, rows } = await run({ openMs: 60_000 });
    assert.deepEqual(breaks, []);
    assert.equal(rows.filter(({ kind }) => kind === 'matched').length, 6);
    assert.equal(rows.filter(({ kind }) => kind === 'open').length, 2);
    assert.deepEqual(await world.queue.payments(), []);
  });

  it('brings a payment that is unfinished too long into the queue, once', async () => {
    world.clock.advance(1_000);
    const first = await run();
    assert.deepEqual(
      first.breaks.map(({ party, kind, detail }) => `${party} ${kind}: ${detail}`),
      [
        'bank different-state: reversing here, taken there',
        'provider:mobile different-state: reversing here, nothing taken there',
      ],
    );
    assert.deepEqual(first.recorded, { opened: 2, waiting: 0, explained: 0, gone: 0 });
    assert.deepEqual((await run()).recorded, { opened: 0, waiting: 2, explained: 0, gone: 0 });
    const [queued, ...more] = await world.queue.payments();
    assert.ok(queued && more.length === 0);
    assert.ok(queued.payment.nextAttemptAt, 'workers go on with it');
    const page = await world.queue.page(queued.payment.id);
    assert.equal(page?.openBreaks.length, 2);
  });

  it('closes what is no longer found, and opens it again when it comes back', async () => {
    assert.deepEqual((await run({ openMs: 60_000 })).recorded, {
      opened: 0,
      waiting: 0,
      explained: 0,
      gone: 2,
    });
    assert.deepEqual(await world.queue.openBreaks(), []);
    assert.deepEqual((await run()).recorded, { opened: 2, waiting: 0, explained: 0, gone: 0 });
    await run({ openMs: 60_000 });
  });

  it('leaves closed what a person explained, until its amounts change', async () => {
    const at = world.clock.now().toISOString();
    const stranger = { at, event: 'purchase', rrn: '999999999999', amountMinor: 100, result: '00' };
    const options = { openMs: 60_000, bank: [stranger] };
    assert.deepEqual(
      (await run(options)).breaks.map(({ kind, subject }) => `${kind} ${subject}`),
      ['missing-here 999999999999'],
    );
    const [open] = await world.queue.openBreaks();
    assert.ok(open);
    const explain = async (by: string) =>
      world.books.explain(open.id, { by, reason: 'a test of the bank', at: world.clock.now() });
    const outcomes = await Promise.all([explain('Li'), explain('Wang'), explain('Zhang')]);
    assert.deepEqual(outcomes.sort(), ['closed-already', 'closed-already', 'explained']);
    assert.deepEqual((await run(options)).recorded, { opened: 0, waiting: 0, explained: 1, gone: 0 });
    assert.deepEqual(await world.queue.openBreaks(), []);
    const changed = { openMs: 60_000, bank: [{ ...stranger, amountMinor: 200 }] };
    assert.deepEqual((await run(changed)).recorded, { opened: 1, waiting: 0, explained: 0, gone: 0 });
    assert.deepEqual((await run(changed)).recorded, { opened: 0, waiting: 1, explained: 0, gone: 0 });
    assert.equal((await world.queue.openBreaks()).length, 1);
    assert.equal(
      await world.books.explain('nothing', { by: 'Li', reason: 'x', at: new Date() }),
      'no-such-break',
    );
  });

  it('finds a delivery that the carrier does not know', async () => {
    const { breaks } = await run({ openMs: 60_000, dropCarrier: 1 });
    assert.deepEqual(
      breaks.map(({ party, kind }) => `${party} ${kind}`),
      ['provider:mobile missing-there'],
    );
  });

  it('takes a payment of another day, which the journals hold too, for none of this day', async () => {
    const { rows } = await run({ on: '2001-01-01' });
    assert.deepEqual(rows, []);
  });
});
