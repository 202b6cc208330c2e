import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { v7 as uuidV7 } from 'uuid';
import { systemClock } from '../../../src/clock.js';
import { MysqlLedgerStore } from '../../../src/ledger/mysql-ledger-store.js';
import { MysqlPaymentStore } from '../../../src/payment/mysql-payment-store.js';
import { MysqlOperatorQueue } from '../../../src/payment/operator/mysql-operator-queue.js';
import { settlePayment } from '../../../src/payment/operator/settle-payment.js';
import { takePayment } from '../../../src/payment/take-payment.js';
import { withDatabase } from '../../support/database.js';
import { paymentWorld, recharge } from '../../support/payment-world.js';

const main = fileURLToPath(new URL('../../../src/payment/operator/main.ts', import.meta.url));

describe("the operator's queue in MySQL", () => {
  const test = withDatabase();
  const start = () => {
    const ledger = new MysqlLedgerStore(test.database, systemClock);
    const store = new MysqlPaymentStore(test.database, ledger);
    return { ...paymentWorld(store), queue: new MysqlOperatorQueue(test.database, ledger) };
  };
  let world: ReturnType<typeof start>;
  before(() => {
    world = start();
  });

  /** Takes a payment whose reversal the bank refuses, and returns its id. */
  const refused = async (): Promise<string> => {
    const known = new Set((await world.queue.payments()).map(({ payment }) => payment.id));
    world.bank.script('purchase', 'answer-lost');
    world.bank.script('reversal', 'refused');
    const parts = world.process();
    await takePayment(parts)(recharge());
    await parts.background.idle();
    const [added] = (await world.queue.payments()).filter(({ payment }) => !known.has(payment.id));
    assert.equal(added?.payment.state, 'needs-operator');
    assert.equal(added.lastReason, 'the bank refused the reversal with 40');
    return added.payment.id;
  };
  const settle = async (paymentId: string, as: 'reversed' | 'completed', by: string) =>
    settlePayment(
      { store: world.store, clock: world.clock, newId: uuidV7 },
      { paymentId, as, by, reason: 'told by the bank' },
    );
  const cli = async (...args: string[]): Promise<{ code: number; output: string }> =>
    new Promise((resolve) => {
      const env = { ...process.env, WALLETLINE_DATABASE_URL: test.url };
      execFile(process.execPath, ['--import=tsx', main, ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
      );
    });

  it('lets one of many people settle a payment, whatever each settles it as', async () => {
    for (let round = 0; round < 8; round += 1) {
      const id = await refused();
      const people = ['Li', 'Wang', 'Zhang', 'Chen', 'Liu', 'Zhao'];
      const settlements = await Promise.all(
        people.map(async (by, i) => settle(id, i % 2 === 0 ? 'reversed' : 'completed', by)),
      );
      const won = settlements.filter(({ outcome }) => outcome === 'settled');
      assert.equal(won.length, 1, settlements.map(({ outcome }) => outcome).join(' '));
      const page = await world.queue.page(id);
      assert.equal(page?.acts.length, 1);
      assert.equal(page.notices.length, 1);
      assert.deepEqual(
        page.transfers.map(({ kind }) => kind),
        ['pending', page.payment.state === 'completed' ? 'posted' : 'voided'],
      );
      assert.equal(page.acts[0]?.act, `settle-${page.payment.state}`);
      assert.ok(!(await world.queue.payments()).some(({ payment }) => payment.id === id));
    }
  });

  it('shows everything of a payment on a page, found by its id or its RRN', async () => {
    const id = await refused();
    const rrn = (await world.store.find(id))?.trace.rrn ?? '';
    await test.database('bank_messages').insert({
      ...{ id: uuidV7(), terminal_id: '00000001', stan: 1, rrn, direction: 'sent', mti: '0200' },
      ...{ description: 'MTI 0200 pan=622202******3446', result: 'sent', created_at: world.clock.now() },
    });
    const page = await world.queue.page(id);
    assert.deepEqual(await world.queue.page(rrn), page);
    assert.deepEqual(
      page?.transitions.map(({ from, to }) => `${from} ${to}`),
      ['created authorising', 'authorising unknown', 'unknown reversing', 'reversing needs-operator'],
    );
    assert.deepEqual(
      page.transfers.map(({ kind }) => kind),
      ['pending'],
    );
    assert.equal(page.bankMessages.length, 1);
    assert.deepEqual([page.notices, page.acts, page.openBreaks], [[], [], []]);
    assert.equal(await world.queue.page('nothing'), undefined);
  });

  it('is listed, shown and settled on the command line, and says by its exit code what was done', async function () {
    this.timeout(60_000);
    const id = await refused();
    const list = await cli('list');
    assert.equal(list.code, 0);
    assert.match(list.output, new RegExp(`${id}.*needs-operator.*50\\.00 CNY.*the bank refused`));
    const shown = await cli('show', id);
    assert.match(shown.output, /reversing → needs-operator/);
    assert.doesNotMatch(shown.output, /13800138000|6222020200112233446/);
    const by = ['--by', 'Li', '--reason', 'given back by hand, letter 17'];
    assert.deepEqual(await cli('settle', id, '--as', 'declined', ...by).then(({ code }) => code), 2);
    assert.equal((await cli('settle', id, '--as', 'reversed', '--by', 'Li')).code, 2, 'no reason');
    assert.equal((await cli('settle', id, '--as', 'reversed', ...by)).code, 0);
    const again = await cli('settle', id, '--as', 'completed', '--by', 'Wang', '--reason', 'no');
    assert.equal(again.code, 1);
    assert.match(again.output, /the payment is reversed already/);
    assert.match((await cli('show', id)).output, /settle-reversed by Li: given back by hand, letter 17/);
    assert.equal((await cli('show', 'nothing')).code, 1);
    assert.equal((await cli('dance')).code, 2);
  });
});
