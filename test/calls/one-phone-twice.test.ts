import assert from 'node:assert/strict';
import { callLab } from './harness/call-lab.js';
import { callsIn, confirmsWithPin, ordersRecharge, wantsNothingElse } from './harness/journey.js';
import { sideBySide } from './harness/side-by-side.js';
import { spoken } from './harness/spoken.js';

describe('calls: one phone twice', () => {
  const lab = callLab();

  sideBySide({
    'two calls from one phone at the same time are two calls, and two payments': async () => {
      const customer = await lab.customers.create();
      const { phone, card } = customer;
      const callers = await Promise.all([callsIn(lab, customer), callsIn(lab, customer)]);
      await Promise.all(
        callers.map(async (caller, index) => {
          const amountYuan = 31 + index;
          await ordersRecharge(caller, phone, { amountYuan, card, phone });
          await confirmsWithPin(caller, card.pin);
        }),
      );
      await lab.records.paymentIn('completed', phone);
      await Promise.all(
        callers.map(async (caller, index) => {
          const amountMinor = (31 + index) * 100;
          const payment = (await lab.records.paymentsOf(phone)).find(
            (each) => each.amount_minor === amountMinor,
          );
          assert.ok(payment);
          await caller.hears([...spoken.paid('recharge', amountMinor, payment.rrn), 'next.text-message']);
          await wantsNothingElse(caller);
        }),
      );
      const calls = await lab.records.endedCallsOf(phone, 2);
      const payments = await lab.records.paymentsOf(phone);
      assert.deepEqual(payments.map(({ state, amount_minor: amount }) => [state, amount]).sort(), [
        ['completed', 3_100],
        ['completed', 3_200],
      ]);
      assert.deepEqual(new Set(payments.map(({ call_id: id }) => id)), new Set(calls.map(({ id }) => id)));
    },
  });
});
