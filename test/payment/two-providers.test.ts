import assert from 'node:assert/strict';
import type { Payment } from '../../src/payment/payment.js';
import type { PaymentParts } from '../../src/payment/payment-parts.js';
import { resolveUnresolved } from '../../src/payment/resolve-unresolved.js';
import { takePayment } from '../../src/payment/take-payment.js';
import type { Provider } from '../../src/provider/provider.js';
import { FakeCarrier } from '../support/fake-carrier.js';
import { checkMoney } from '../support/money-check.js';
import { memoryWorld, recharge } from '../support/payment-world.js';
import { RecordedLog } from '../support/recorded-log.js';

const hour = 3_600_000;

/** A world with two providers, in which a payment of the second was delivered and its process died then. */
async function deliveredBy(second: FakeCarrier = new FakeCarrier('press')) {
  const world = memoryWorld();
  const log = new RecordedLog();
  const only = (): Payment => {
    const [payment] = world.store.all();
    assert.ok(payment);
    return payment;
  };
  const knowing = (providers: readonly Provider[], node: string): PaymentParts =>
    world.process({ node, providers, log, providerOf: () => 'press' });
  const dying = knowing([world.carrier, second], 'node-1');
  const deliver = second.deliver.bind(second);
  second.deliver = async (order) => {
    await deliver(order);
    return new Promise<never>(() => undefined);
  };
  void takePayment(dying)(recharge());
  for (let turn = 0; turn < 100; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(only().state, 'delivering');
  second.deliver = deliver;
  world.clock.advance(60_000);
  return { ...world, log, only, knowing, press: second };
}

describe('payments of two providers in one database', () => {
  it('go to the provider that each names, and are booked to it', async () => {
    const world = memoryWorld();
    const press = new FakeCarrier('press');
    const providerOf: PaymentParts['providerOf'] = ({ subject: phone }) =>
      phone.startsWith('139') ? 'press' : 'mobile';
    const parts = world.process({ providers: [world.carrier, press], providerOf });
    for (const phone of ['13800138000', '13900139000']) {
      assert.equal(
        (await takePayment(parts)(recharge({ subject: phone, details: { phone } }))).outcome,
        'paid',
      );
    }
    assert.deepEqual(
      [world.carrier, press].map(({ journal }) => journal.map(({ details }) => details['phone'])),
      [['13800138000'], ['13900139000']],
    );
    assert.equal((await world.store.ledger.balance('provider:press', 'CNY')).postedMinor, -5_000);
    assert.equal((await world.store.ledger.balance('provider:mobile', 'CNY')).postedMinor, -5_000);
  });

  it('say whose phone pays, but not where the service keeps it from its provider, or the number is withheld', async () => {
    const world = memoryWorld();
    const payers: (string | undefined)[] = [];
    const deliver = world.carrier.deliver.bind(world.carrier);
    world.carrier.deliver = async (order) => {
      payers.push(order.payer);
      return deliver(order);
    };
    const quiet = world.process({ tellsPayer: ({ details }) => details['phone'] !== '13900139000' });
    for (const phone of ['13800138000', '13900139000']) {
      await takePayment(quiet)(recharge({ subject: phone, details: { phone } }));
    }
    await takePayment(world.process())(recharge({ subject: '13700137000' }));
    await takePayment(world.process())(recharge({ subject: '13600136000', callerNumber: '' }));
    assert.deepEqual(payers, ['13800138000', undefined, '13800138000', undefined]);
  });

  it('are not asked about at another provider, which never saw them', async () => {
    const { carrier, only, knowing, clock } = await deliveredBy();
    const worker = resolveUnresolved(knowing([carrier], 'node-2'));
    for (let pass = 0; pass < 10; pass += 1) {
      assert.equal(await worker.resolveOnce(), 0);
      clock.advance(60_000);
    }
    assert.deepEqual([only().state, only().attempts, carrier.lookUps], ['delivering', 0, 0]);
  });

  it('are finished by a process that knows the provider, also alone', async () => {
    const { bank, press, carrier, only, knowing, store } = await deliveredBy();
    assert.equal(await resolveUnresolved(knowing([carrier], 'node-2')).resolveOnce(), 0);
    assert.equal(await resolveUnresolved(knowing([press], 'node-3')).resolveOnce(), 1);
    assert.equal(only().state, 'completed');
    await checkMoney(bank, press, await booksOf(store));
  });

  it('come to a person once when no process knows their provider, and are never reversed meanwhile', async () => {
    const { bank, carrier, press, only, knowing, clock, log } = await deliveredBy();
    const worker = resolveUnresolved(knowing([carrier], 'node-2'));
    clock.advance(hour);
    for (let pass = 0; pass < 10; pass += 1) {
      await worker.resolveOnce();
      clock.advance(hour);
    }
    assert.equal(only().state, 'delivering');
    assert.ok(only().operatorSince instanceof Date);
    assert.equal(bank.journal.filter(({ kind }) => kind === 'reversal').length, 0);
    assert.equal(log.lines.filter((line) => /^ERROR nobody knows the provider/.test(line)).length, 1);
    // Once a process knows it again, it ends as it must.
    await resolveUnresolved(knowing([press], 'node-3')).resolveOnce();
    assert.equal(only().state, 'completed');
  });

  it('wait while their provider is away, and end as it says when it is back', async () => {
    const { press, carrier, only, knowing, clock } = await deliveredBy();
    const worker = resolveUnresolved(knowing([carrier, press], 'node-2'));
    press.silent = true;
    for (let pass = 0; pass < 5; pass += 1) {
      await worker.resolveOnce();
      clock.advance(600_000);
    }
    assert.equal(only().state, 'delivering');
    press.silent = false;
    await worker.resolveOnce();
    assert.equal(only().state, 'completed');
  });

  it('are not begun with a provider that the process does not know', async () => {
    const world = memoryWorld();
    const log = new RecordedLog();
    const parts = world.process({ providerOf: () => 'press', log });
    assert.deepEqual(await takePayment(parts)(recharge()), { outcome: 'unavailable' });
    assert.deepEqual([world.store.all(), world.bank.journal, world.carrier.arrived], [[], [], []]);
    assert.match(log.lines.join('\n'), /ERROR nothing is sold of a provider/);
  });

  it('come to a person, and to no end, when the provider accepted another amount', async () => {
    const world = memoryWorld();
    const log = new RecordedLog();
    const lookUp = world.carrier.lookUp.bind(world.carrier);
    const wrong = async (key: string) => {
      const answer = await lookUp(key);
      return answer.outcome === 'accepted'
        ? { ...answer, amount: { amountMinor: 5_001, currency: 'CNY' as const } }
        : answer;
    };
    world.carrier.lookUp = wrong;
    const deliver = world.carrier.deliver.bind(world.carrier);
    world.carrier.deliver = async (order) => {
      await deliver(order);
      const answer = await wrong(order.key);
      assert.notEqual(answer.outcome, 'never-seen');
      return answer.outcome === 'never-seen' ? { outcome: 'unknown' } : answer;
    };
    const parts = world.process({ log });
    assert.equal((await takePayment(parts)(recharge())).outcome, 'unresolved');
    world.clock.advance(hour);
    await resolveUnresolved(parts).resolveOnce();
    const [payment] = world.store.all();
    assert.equal(payment?.state, 'delivering');
    assert.ok(payment.operatorSince instanceof Date);
    assert.equal(world.bank.journal.filter(({ kind }) => kind === 'reversal').length, 0);
    assert.match(log.lines.join('\n'), /ERROR the provider accepted another amount/);
  });
});

async function booksOf(store: Awaited<ReturnType<typeof deliveredBy>>['store']) {
  const [bank] = await Promise.all([store.ledger.balance('bank-clearing/unionpay', 'CNY')]);
  return {
    payments: store.all(),
    transitions: store.transitions,
    notices: store.notices,
    transferKinds: async (id: string) => (await store.ledger.transfersOf(id)).map(({ kind }) => kind),
    postedMinor: bank.postedMinor,
    pendingMinor: bank.pendingMinor,
  };
}
