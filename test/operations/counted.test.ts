import assert from 'node:assert/strict';
import { yuan } from '../../src/money.js';
import { countedOrders, countedPayments } from '../../src/operations/counted-payments.js';
import { countedCarrier, countedProvider } from '../../src/operations/counted-provider.js';
import { Metrics } from '../../src/operations/metrics.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { ApiWorld, paying } from '../support/api-world.js';
import { FakeCarrier } from '../support/fake-carrier.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeOrderStore } from '../support/fake-order-store.js';
import { FakePaymentStore } from '../support/fake-payment-store.js';
import { paymentWorld, recharge } from '../support/payment-world.js';

describe('the figures', () => {
  it('count requests by the pattern of their route, never by their address', async () => {
    const world = new ApiWorld();
    await world.start();
    await world.populate();
    await world.ask('1001', 'GET', `/calls/${paying}`);
    await world.ask('1001', 'GET', '/calls/1.1');
    await world.ask('1001', 'GET', '/secret-place');
    await world.ask('1001', 'DELETE', `/calls/${paying}`);
    const text = await world.metrics.text();
    world.stop();
    const requests = [...text.matchAll(/^walletline_http_requests_total\{(.*)\} (\d+)$/gm)].map(
      ([, labels, count]) => `${labels ?? ''} ${count ?? ''}`,
    );
    assert.deepEqual(requests.sort(), [
      'route="GET /calls/:id",status="200" 1',
      'route="GET /calls/:id",status="404" 1',
      'route="other",status="404" 1',
      'route="other",status="405" 1',
    ]);
    assert.match(text, /^walletline_http_request_seconds_count\{route="GET \/calls\/:id"\} 2$/m);
  });

  it('count sessions by way and result, and say whether the call centre is connected', async () => {
    const metrics = new Metrics();
    metrics.watch({
      callsInProgress: () => 0,
      switchConnected: () => true,
      bankAvailable: () => true,
      callCentreConnected: () => true,
      ariRequests: () => new Map(),
    });
    metrics.sessionEnded('detour', 'paid');
    metrics.bankTook(0.3);
    const text = await metrics.text();
    assert.match(text, /^walletline_payment_sessions_total\{way="detour",outcome="paid"\} 1$/m);
    assert.match(text, /^walletline_call_centre_connected 1$/m);
    assert.match(text, /^walletline_bank_seconds_bucket\{le="0.5"\} 1$/m);
    assert.match(text, /^walletline_bank_seconds_bucket\{le="0.25"\} 0$/m);
  });

  it('count how long a provider takes, by which it is and what it answers', async () => {
    const metrics = new Metrics();
    const clock = new FakeClock();
    const carrier = new FakeCarrier();
    const lookUp = carrier.lookUp.bind(carrier);
    carrier.lookUp = async (key) => {
      clock.advance(2_000);
      return lookUp(key);
    };
    const counted = countedProvider(carrier, { metrics, clock });
    assert.deepEqual(await counted.lookUp('k'), { outcome: 'never-seen' });
    assert.equal((await countedCarrier(carrier, 'mobile', { metrics, clock }).bill('1')).outcome, 'found');
    assert.match(
      await metrics.text(),
      /^walletline_provider_seconds_sum\{provider="mobile",operation="lookUp",outcome="never-seen"\} 2$/m,
    );
    assert.match(
      await metrics.text(),
      /seconds_count\{provider="mobile",operation="bill",outcome="found"\} 1$/m,
    );
  });

  it('count the states of payments and of the orders that they pay', async () => {
    const metrics = new Metrics();
    const clock = new FakeClock();
    const plain = new FakeOrderStore(clock);
    const orders = countedOrders(plain, metrics);
    const world = paymentWorld(new FakePaymentStore(plain), 100_000, clock);
    const parts = world.process({ store: countedPayments(world.store, metrics) });
    const prepared = async (idempotencyKey: string) => {
      const answer = await orders.prepare({
        ...{
          service: 'recharge',
          target: '13800138000',
          details: { phone: '13800138000' },
          amount: yuan(50),
          reference: undefined,
          note: undefined,
        },
        ...{ createdBy: '1001', idempotencyKey, expiresAt: new Date(clock.now().getTime() + 60_000) },
      });
      assert.ok(answer.outcome !== 'other-order');
      return answer.order.id;
    };
    const orderId = await prepared('k');
    await prepared('k');
    const pay = takePayment(parts);
    assert.equal((await pay(recharge({ orderId, pin: '000000' }))).outcome, 'wrong-pin');
    assert.equal((await pay(recharge({ orderId }))).outcome, 'paid');
    assert.equal((await pay(recharge({ orderId }))).outcome, 'order-closed');
    await orders.cancel(orderId);
    await orders.cancel(await prepared('other'));
    const text = await metrics.text();
    const counts = (name: string): unknown =>
      Object.fromEntries(
        [...text.matchAll(new RegExp(`^${name}\\{state="([a-z-]+)"\\} (\\d+)$`, 'gm'))].map(
          ([, state, count]) => [state, Number(count)],
        ),
      );
    assert.deepEqual(counts('walletline_payment_states_total'), {
      authorising: 2,
      declined: 1,
      authorised: 1,
      delivering: 1,
      completed: 1,
    });
    assert.deepEqual(counts('walletline_order_states_total'), { open: 3, paying: 2, paid: 1, cancelled: 1 });
    assert.match(text, /^walletline_payment_seconds_count\{state="completed"\} 1$/m);
  });
});
