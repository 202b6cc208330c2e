import { describeLateApprovals } from '../contracts/late-approvals.js';
import type { PaymentStoreUnderTest } from '../contracts/payment-store.js';
import { describePaymentStore } from '../contracts/payment-store.js';
import { describePaymentUpdates } from '../contracts/payment-updates.js';
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
    openCall: async (id, node) => {
      if (node === 'live') {
        store.openCalls.add(id);
      }
    },
    endCall: async (id) => {
      store.openCalls.delete(id);
    },
    actsOf: async (id) =>
      store.acts
        .filter(({ paymentId }) => paymentId === id)
        .map(({ act, by, reason }) => `${act} by ${by}: ${reason}`),
  };
};

describePaymentStore('FakePaymentStore', start);
describeLateApprovals('FakePaymentStore', start);
describePaymentUpdates('FakePaymentStore', start);
