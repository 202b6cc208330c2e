import { describeLateApprovals } from '../contracts/late-approvals.js';
import type { PaymentStoreUnderTest } from '../contracts/payment-store.js';
import { describePaymentStore } from '../contracts/payment-store.js';
import { FakePaymentStore } from '../support/fake-payment-store.js';

const start = async (): Promise<PaymentStoreUnderTest> => {
  const store = new FakePaymentStore();
  return {
    store,
    historyOf: async (id) =>
      store.transitions
        .filter(({ paymentId }) => paymentId === id)
        .map(({ from, to }) => `${from} → ${to}`)
        .sort(),
    noticesOf: async (id) =>
      store.notices
        .filter(({ paymentId }) => paymentId === id)
        .map(({ outcome }) => outcome)
        .sort(),
    transferKindsOf: async (id) => (await store.ledger.transfersOf(id)).map(({ kind }) => kind).sort(),
    actsOf: async (id) =>
      store.acts
        .filter(({ paymentId }) => paymentId === id)
        .map(({ act, by, reason }) => `${act} by ${by}: ${reason}`),
  };
};

describePaymentStore('FakePaymentStore', start);
describeLateApprovals('FakePaymentStore', start);
