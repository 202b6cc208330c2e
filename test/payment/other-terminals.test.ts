import assert from 'node:assert/strict';
import type { Bank } from '../../src/bank/bank.js';
import type { Payment } from '../../src/payment/payment.js';
import { resolveUnresolved } from '../../src/payment/resolve-unresolved.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { memoryWorld, recharge } from '../support/payment-world.js';
import { RecordedLog } from '../support/recorded-log.js';

const terminalOfNode1 = '00000001';

/** The same bank, to a process that speaks for other terminals; it counts the reversals asked of it. */
function seenFrom(bank: Bank, terminalIds: string[]) {
  const asked: string[] = [];
  const view: Bank = {
    get available() {
      return bank.available;
    },
    get reversibleTerminals() {
      return bank.available ? terminalIds : [];
    },
    nextTrace: async () => ({ ...(await bank.nextTrace()), terminalId: terminalIds[0] ?? '' }),
    balance: async (request) => bank.balance(request),
    purchase: async (request) => bank.purchase(request),
    reverse: async (request) => {
      asked.push(request.original.rrn);
      return terminalIds.includes(request.original.terminalId)
        ? bank.reverse(request)
        : { outcome: 'not-sent' };
    },
  };
  return { view, asked, terminalIds };
}

describe('payments of a terminal that a process does not speak for', () => {
  const never = (): Promise<never> => new Promise(() => undefined);

  /** Two nodes with a terminal each; node-1 died while the bank, or the carrier, had its payment. */
  async function twoNodes(diesAt: 'bank' | 'carrier') {
    const world = memoryWorld();
    if (diesAt === 'bank') {
      const purchase = world.bank.purchase.bind(world.bank);
      world.bank.purchase = async (request) => {
        await purchase(request);
        return never();
      };
    } else {
      world.carrier.script('refusal-lost');
      const deliver = world.carrier.deliver.bind(world.carrier);
      world.carrier.deliver = async (order) => {
        await deliver(order);
        return never();
      };
    }
    void takePayment(world.process({ node: 'node-1' }))(recharge());
    for (let turn = 0; turn < 100; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const node2 = seenFrom(world.bank, ['00000002']);
    const log = new RecordedLog();
    const only = (): Payment => {
      const [payment] = world.store.all();
      assert.ok(payment);
      return payment;
    };
    return {
      ...world,
      ...{ node2, only, log },
      resolver1: resolveUnresolved(world.process({ node: 'node-1' })),
      resolver2: resolveUnresolved(world.process({ node: 'node-2', bank: node2.view, log })),
      reversals: () => world.bank.journal.filter(({ kind }) => kind === 'reversal').length,
    };
  }

  it('are left to the process that has the terminal: no try is burnt elsewhere', async () => {
    const { resolver1, resolver2, only, clock, node2, reversals } = await twoNodes('bank');
    clock.advance(60_000);
    for (let pass = 0; pass < 20; pass += 1) {
      assert.equal(await resolver2.resolveOnce(), 0);
    }
    assert.deepEqual([only().state, only().attempts, only().operatorSince], ['authorising', 0, undefined]);
    assert.deepEqual(node2.asked, []);
    assert.equal(await resolver1.resolveOnce(), 1);
    assert.equal(only().state, 'reversed');
    assert.equal(reversals(), 1);
  });

  it('are reversed by the node that takes a dead node’s terminal over by its configuration', async () => {
    const { resolver2, only, clock, node2, reversals } = await twoNodes('bank');
    clock.advance(60_000);
    await resolver2.resolveOnce();
    node2.terminalIds.push(terminalOfNode1);
    assert.equal(await resolver2.resolveOnce(), 1);
    assert.equal(only().state, 'reversed');
    assert.equal(reversals(), 1);
  });

  it('are asked about at the carrier by anyone, and the reversal waits for its terminal uncounted', async () => {
    const { resolver1, resolver2, only, clock, reversals } = await twoNodes('carrier');
    clock.advance(60_000);
    assert.equal(await resolver2.resolveOnce(), 1);
    assert.deepEqual([only().state, only().attempts], ['reversing', 0]);
    assert.equal(await resolver2.resolveOnce(), 0);
    assert.equal(await resolver1.resolveOnce(), 1, 'due at once for whoever can');
    assert.deepEqual([only().state, only().attempts], ['reversed', 1]);
    assert.equal(reversals(), 1);
  });

  it('come to a person once when nobody could send their reversal for long, and are still sent then', async () => {
    const { resolver1, resolver2, only, clock, log } = await twoNodes('bank');
    clock.advance(60_000 + 899_000);
    const due = only().nextAttemptAt;
    await resolver2.resolveOnce();
    clock.advance(60_000);
    await resolver2.resolveOnce();
    await resolver2.resolveOnce();
    assert.ok(only().operatorSince instanceof Date);
    assert.deepEqual([only().attempts, only().nextAttemptAt], [0, due]);
    assert.equal(log.lines.filter((line) => /^ERROR nobody can send the reversal/.test(line)).length, 1);
    await resolver1.resolveOnce();
    assert.equal(only().state, 'reversed');
  });

  it('need not wait for a lease to end when the line was lost just before their reversal', async () => {
    const { bank, clock, only, resolver1 } = await twoNodes('bank');
    clock.advance(60_000);
    bank.script('reversal', 'not-sent');
    await resolver1.resolveOnce();
    assert.deepEqual([only().state, only().attempts], ['reversing', 1]);
    assert.equal(only().nextAttemptAt?.getTime(), clock.now().getTime() + 2_000);
    clock.advance(2_000);
    await resolver1.resolveOnce();
    assert.equal(only().state, 'reversed');
  });

  it('do not hide what a process can do behind what it cannot', async () => {
    const { store, process, resolver2, node2, clock } = await twoNodes('bank');
    const dead = process({ node: 'node-1' });
    for (let count = 0; count < 120; count += 1) {
      void takePayment(dead)(recharge({ callerNumber: `139${count}` }));
    }
    void takePayment({ ...process({ node: 'node-2' }), bank: node2.view })(recharge());
    for (let turn = 0; turn < 500; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    clock.advance(60_000);
    assert.equal(await resolver2.resolveOnce(), 1);
    assert.equal(store.all().filter(({ state }) => state === 'reversed').length, 1);
  });
});
