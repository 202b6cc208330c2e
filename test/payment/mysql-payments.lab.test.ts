import assert from 'node:assert/strict';
import { v7 as uuidV7 } from 'uuid';
import { systemClock } from '../../src/clock.js';
import { MysqlLedgerStore } from '../../src/ledger/mysql-ledger-store.js';
import { MysqlPaymentStore } from '../../src/payment/mysql-payment-store.js';
import { paymentNews } from '../../src/payment/news.js';
import { resolveUnresolved } from '../../src/payment/resolve-unresolved.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { begun } from '../support/begun.js';
import { misfortunes, runSchedule } from '../support/crash-schedule.js';
import { withDatabase } from '../support/database.js';
import { checkMoney } from '../support/money-check.js';
import { paymentWorld, recharge } from '../support/payment-world.js';

const rrn = (number: number): string => String(number).padStart(12, '0');

const proof = { cardIds: [], ownsNumber: true };

describe('payments in MySQL', () => {
  const test = withDatabase();
  let world: Awaited<ReturnType<typeof newWorld>>;
  let traces = 0;

  const booked = async () => {
    const ledger = new MysqlLedgerStore(test.database, systemClock);
    return ledger.balance('bank-clearing/unionpay', 'CNY');
  };

  /** A bank and a carrier of their own on the one database: RRNs go on where the last world stopped. */
  const newWorld = async () => {
    const ledger = new MysqlLedgerStore(test.database, systemClock);
    const made = paymentWorld(new MysqlPaymentStore(test.database, ledger));
    const firstRrn = rrn(traces + 1);
    made.bank.nextTrace = async () => {
      traces += 1;
      return { terminalId: '00000001', stan: traces, rrn: rrn(traces), transmittedAt: made.clock.now() };
    };
    return { ...made, ledger, firstRrn, before: await booked() };
  };

  beforeEach(async () => {
    world = await newWorld();
  });

  const check = async (): Promise<number> => {
    const { store, ledger, firstRrn, before } = world;
    const ids = await test.database('payments').where('rrn', '>=', firstRrn).pluck<string[]>('id');
    const payments = (await Promise.all(ids.map(async (id) => store.find(id)))).filter(
      (payment) => payment !== undefined,
    );
    const after = await booked();
    await checkMoney(world.bank, world.carrier, {
      payments,
      transitions: await test
        .database('payment_transitions')
        .whereIn('payment_id', ids)
        .select('payment_id as paymentId', 'from_state as from', 'to_state as to'),
      notices: await test
        .database('notices')
        .whereIn('payment_id', ids)
        .select('payment_id as paymentId', 'outcome'),
      transferKinds: async (id) => (await ledger.transfersOf(id)).map(({ kind }) => kind),
      pendingMinor: after.pendingMinor - before.pendingMinor,
      postedMinor: after.postedMinor - before.postedMinor,
    });
    return payments.length;
  };

  it('lose no money whatever point a process dies at', async function () {
    this.timeout(120_000);
    let runs = 0;
    let payments = 0;
    for (const misfortune of misfortunes) {
      let points = 1;
      // The first run, in which nobody dies, counts the points.
      for (let dieAt = 0; dieAt <= points; dieAt += 1) {
        world = await newWorld();
        const run = await runSchedule(world, misfortune, dieAt);
        points = dieAt === 0 ? run.points : points;
        payments += await check();
        runs += 1;
      }
    }
    // A payment whose process died before it was stored is none.
    assert.equal(payments, runs - misfortunes.length);
    console.log(`      ${runs} runs, ${payments} payments`);
  });

  for (const [what, commits, prepare] of [
    ['that is paid', 3, () => undefined],
    ['that is declined', 2, () => world.bank.script('purchase', 'refused')],
    ['that the carrier refuses', 4, () => world.carrier.script('refused')],
    ['whose bank answer is lost', 3, () => world.bank.script('purchase', 'answer-lost')],
  ] as const) {
    it(`need ${commits} durable commits for a payment ${what}`, async () => {
      prepare();
      const parts = world.process();
      const before = test.commits;
      await takePayment(parts)(recharge());
      await parts.background.idle();
      assert.equal(test.commits - before, commits);
    });
  }

  it('need 4 durable commits for a payment that is paid and heard', async () => {
    const before = test.commits;
    const callerNumber = '13700137000';
    const parts = world.process();
    const { newsFor, markHeard } = paymentNews(world.store, world.clock);
    const told = await takePayment(parts)(recharge({ callerNumber }));
    assert.equal((await newsFor(callerNumber, 'another')).length, 1);
    assert.equal(told.outcome, 'paid');
    await markHeard(callerNumber, [{ outcome: told.outcome, reference: told.reference }], proof);
    assert.equal(test.commits - before, 4);
    assert.deepEqual(await newsFor(callerNumber, 'another'), []);
    await markHeard(callerNumber, [{ outcome: told.outcome, reference: told.reference }], proof);
    assert.equal(test.commits - before, 4, 'what is heard again is not written again');
  });

  it('need one durable commit for any number of them that are heard', async () => {
    const callerNumber = '13600136000';
    const parts = world.process();
    for (let count = 0; count < 3; count += 1) {
      await takePayment(parts)(recharge({ callerNumber }));
    }
    const { newsFor, markHeard } = paymentNews(world.store, world.clock);
    const news = await newsFor(callerNumber, 'another');
    assert.equal(news.length, 3);
    const before = test.commits;
    await markHeard(callerNumber, news, proof);
    assert.equal(test.commits - before, 1);
    assert.deepEqual(await newsFor(callerNumber, 'another'), []);
  });

  it('are each resolved once by several workers on one database', async function () {
    this.timeout(30_000);
    // 30 payments that a process left: in turn nobody waits for the bank, or for the carrier.
    for (let count = 0; count < 30; count += 1) {
      const { store } = world;
      const at = world.clock.now();
      const payment = await begun(store, {
        id: uuidV7(),
        callId: uuidV7(),
        callerNumber: '13900139000',
        service: 'bill',
        target: '13900139000',
        details: { phone: '13900139000' },
        amount: { amountMinor: 100 + count, currency: 'CNY' },
        cardId: 'card-1',
        bank: 'unionpay',
        provider: 'mobile',
        trace: await world.bank.nextTrace(),
        owner: 'left/0',
        leaseUntil: at,
        at,
      });
      const { card, pin } = recharge();
      const answer = await world.bank.purchase({ trace: payment.trace, card, pin, amount: payment.amount });
      assert.equal(answer.outcome, 'approved');
      if (count % 2 === 0) {
        const delivering = await store.change({
          payment,
          path: [
            { from: 'authorising', to: 'authorised' },
            { from: 'authorised', to: 'delivering' },
          ],
          at,
          nextAttemptAt: at,
        });
        assert.notEqual(delivering, 'lost');
        const { id: key, target: phone, amount } = payment;
        world.carrier.arrive({ key, service: 'bill', amount, details: { phone } });
      }
    }
    const reversalsBefore = world.bank.journal.filter(({ kind }) => kind === 'reversal').length;
    world.clock.advance(1_000);
    const workers = ['a', 'b', 'c', 'd'].map((node) => resolveUnresolved(world.process({ node })));
    const worked = await Promise.all(workers.map(async (worker) => worker.resolveOnce()));
    assert.equal(
      worked.reduce((sum, count) => sum + count, 0),
      30,
    );
    assert.equal(world.bank.journal.filter(({ kind }) => kind === 'reversal').length - reversalsBefore, 15);
    await check();
  });

  it('store no card number and no PIN', async () => {
    const tables = ['payments', 'payment_transitions', 'ledger_transfers', 'ledger_entries', 'notices'];
    const everything = await Promise.all(tables.map(async (table) => test.database(table).select('*')));
    assert.doesNotMatch(JSON.stringify(everything), /6222020200112233446|135790/);
  });
});
