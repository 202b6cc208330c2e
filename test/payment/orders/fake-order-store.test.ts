import { describeOrderStore, scriptedCodes } from '../../contracts/order-store.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeOrderStore } from '../../support/fake-order-store.js';
import { FakePaymentStore } from '../../support/fake-payment-store.js';

describeOrderStore('FakeOrderStore', async () => {
  const clock = new FakeClock();
  const codes: string[] = [];
  const orders = new FakeOrderStore(clock, scriptedCodes(codes));
  return { orders, payments: new FakePaymentStore(orders), clock, codes };
});
