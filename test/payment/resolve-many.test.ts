import assert from 'node:assert/strict';
import type { Bank } from '../../src/bank/bank.js';
import { resolveUnresolved } from '../../src/payment/resolve-unresolved.js';
import { takePayment } from '../../src/payment/take-payment.js';
import type { Provider, ProviderOrder } from '../../src/provider/provider.js';
import { memoryWorld, recharge } from '../support/payment-world.js';

const never = (): Promise<never> => new Promise(() => undefined);

async function turns(count = 500): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** So many payments of one terminal, left by a dead process while the bank had them. */
async function leftWithBank(payments: number) {
  const world = memoryWorld();
  const { bank } = world;
  const dead = world.process({ bank: { ...seen(bank), purchase: never } });
  for (let count = 0; count < payments; count += 1) {
    void takePayment(dead)(recharge({ callerNumber: `139${count}` }));
    world.clock.advance(1);
    await turns(1);
  }
  await turns();
  return world;
}

function seen(bank: Bank): Bank {
  return {
    get available() {
      return bank.available;
    },
    get reversibleTerminals() {
      return bank.reversibleTerminals;
    },
    nextTrace: () => bank.nextTrace(),
    balance: (request) => bank.balance(request),
    purchase: (request) => bank.purchase(request),
    reverse: (request) => bank.reverse(request),
  };
}

describe('resolving many payments of one terminal', () => {
  it('sends the next reversal before the last is answered, up to so many, in the order of the purchases', async () => {
    const world = await leftWithBank(12);
    world.clock.advance(60_000);
    const sent: string[] = [];
    const answers: (() => void)[] = [];
    const reverse: Bank['reverse'] = async (request) => {
      sent.push(request.original.rrn);
      await new Promise<void>((resolve) => answers.push(resolve));
      return world.bank.reverse(request);
    };
    const parts = world.process({ bank: { ...seen(world.bank), reverse }, policy: { reversalsAtOnce: 8 } });
    const pass = resolveUnresolved(parts).resolveOnce();
    await turns();
    assert.equal(sent.length, 8);
    answers.shift()?.();
    await turns();
    assert.equal(sent.length, 9, 'an answer makes room for one');
    while (answers.length > 0) {
      answers.shift()?.();
      await turns(20);
    }
    assert.equal(await pass, 12);
    assert.deepEqual(sent, [...sent].sort(), 'their RRNs count up');
    assert.ok(world.store.all().every(({ state }) => state === 'reversed'));
  });

  it('completes what the carrier delivered while a bank is silent about reversals', async () => {
    const world = await leftWithBank(3);
    const ordering = world.process({
      providers: [
        Object.assign(Object.create(world.carrier) as Provider, {
          lookUp: async (key: string) => world.carrier.lookUp(key),
          deliver: async (order: ProviderOrder) => {
            await world.carrier.deliver(order);
            return never();
          },
        }),
      ],
    });
    void takePayment(ordering)(recharge());
    await turns();
    world.clock.advance(60_000);
    const silent = world.process({ bank: { ...seen(world.bank), reverse: never } });
    void resolveUnresolved(silent).resolveOnce();
    await turns();
    assert.deepEqual(
      world.store.all().map(({ state }) => state),
      ['reversing', 'reversing', 'reversing', 'completed'],
    );
  });

  it('tries first what was tried less: what a bank never answers holds up nothing', async () => {
    const world = await leftWithBank(4);
    world.clock.advance(60_000);
    const [first, second] = world.store.all();
    assert.ok(first && second);
    const asked: string[] = [];
    const reverse: Bank['reverse'] = async (request) => {
      asked.push(request.original.rrn);
      return request.original.rrn <= second.trace.rrn
        ? { outcome: 'unknown', why: 'no-answer' }
        : world.bank.reverse(request);
    };
    const policy = { reversalsAtOnce: 1 };
    const both = world.process({ bank: { ...seen(world.bank), reverse }, policy });
    for (const payment of [first, second]) {
      await world.store.claim(payment, { owner: 'a', until: world.clock.now(), at: world.clock.now() });
    }
    await resolveUnresolved(both).resolveOnce();
    assert.deepEqual(asked.slice(2), [first.trace.rrn, second.trace.rrn]);
  });
});
