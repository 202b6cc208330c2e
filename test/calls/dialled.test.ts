import assert from 'node:assert/strict';
import { callLab } from './harness/call-lab.js';
import { dial } from './harness/caller.js';
import { confirmsWithPin, wantsNothingElse } from './harness/journey.js';
import { sideBySide } from './harness/side-by-side.js';
import { menus, spoken, thisPhone } from './harness/spoken.js';

describe('calls: digits behind the service number', () => {
  const lab = callLab();

  sideBySide({
    'a path leads into its service, and the call says where it went': async () => {
      const customer = await lab.customers.create({ balanceMinor: 1_234 });
      const caller = await dial(lab, { from: customer.phone, to: '12580*12' });
      await caller.hears(['welcome']);
      await caller.hears(spoken.phoneBalance(1_234));
      await wantsNothingElse(caller);
      const call = await lab.records.endedCallOf(customer.phone);
      assert.deepEqual([call.outcome, call.service_number], ['completed', '12580']);
    },

    'a path leads into its menu, in Mandarin': async () => {
      const customer = await lab.customers.create({ language: 'zh' });
      const caller = await dial(lab, { from: customer.phone, to: '12580*2', language: 'zh' });
      await caller.hears(['welcome']);
      await caller.hears(menus.whoseRecharge);
      await caller.hangsUp();
      assert.deepEqual(await lab.records.paymentsOf(customer.phone), []);
    },

    'six digits are an order, which is read out and paid only when it is confirmed': async () => {
      const customer = await lab.customers.create();
      const { phone, card } = customer;
      const shop = lab.api('shop');
      const order = await shop.prepares({ service: 'recharge', target: phone, amountMinor: 3_000 });
      const caller = await dial(lab, { from: phone, to: `12580*${order.code}` });
      await caller.hears(['welcome']);
      await caller.hears(spoken.order('recharge', 3_000, thisPhone));
      await caller.hears(spoken.confirmOrder('recharge', 3_000, thisPhone, card));
      assert.deepEqual(await lab.records.paymentsOf(phone), []);
      await confirmsWithPin(caller, card.pin);
      const payment = await lab.records.paymentIn('completed', phone);
      await caller.hears([...spoken.paid('recharge', 3_000, payment.rrn), 'next.text-message']);
      await wantsNothingElse(caller);
      assert.equal(payment.order_id, order.id);
    },
  });
});
