import assert from 'node:assert/strict';
import { callLab } from './harness/call-lab.js';
import type { Caller } from './harness/caller.js';
import type { Customer } from './harness/customers.js';
import { answersInTurn, callsIn, confirmsWithPin, wantsNothingElse } from './harness/journey.js';
import { sideBySide } from './harness/side-by-side.js';
import type { CarrierEntry } from './harness/simulator-control.js';
import { ofPayment } from './harness/simulator-control.js';
import { menus, nameOfPhone, spoken, thisPhone } from './harness/spoken.js';

describe('calls: paying a bill', () => {
  const lab = callLab();

  /** From a confirmation to goodbye; then rows and journals must say the same. */
  async function pays(
    caller: Caller,
    customer: Customer,
    amountMinor: number,
    target: string,
  ): Promise<void> {
    await caller.hears(
      spoken.confirm('bill', amountMinor, nameOfPhone(target, customer.phone), customer.card),
    );
    await confirmsWithPin(caller, customer.card.pin);
    const payment = await lab.records.paymentIn('completed', customer.phone);
    await caller.hears([...spoken.paid('bill', amountMinor, payment.rrn), 'next.text-message']);
    await wantsNothingElse(caller);
    assert.deepEqual(
      [payment.service, payment.amount_minor, payment.target, payment.bank_response_code],
      ['bill', amountMinor, target, '00'],
    );
    assert.deepEqual(
      lab.bank
        .entries(ofPayment(payment))
        .map(({ event, amountMinor: amount, result }) => [event, amount, result]),
      [['purchase', amountMinor, '00']],
    );
    assert.deepEqual(
      lab.carrier
        .entries<CarrierEntry>(({ key }) => key === payment.id)
        .map(({ event, service, phone, amountMinor: amount }) => [event, service, phone, amount]),
      [['accepted', 'bill', target, amountMinor]],
    );
  }

  sideBySide({
    'all that is due is paid with one key': async () => {
      const customer = await lab.customers.create({ dueMinor: 8_640 });
      const caller = await callsIn(lab, customer);
      await caller.presses('3');
      await answersInTurn(caller, [menus.whoseBill, '1'], [spoken.howMuch(8_640), '1']);
      await pays(caller, customer, 8_640, customer.phone);
    },

    'a part of what is due is paid': async () => {
      const customer = await lab.customers.create({ dueMinor: 12_000 });
      const caller = await callsIn(lab, customer);
      await caller.presses('3');
      await answersInTurn(
        caller,
        [menus.whoseBill, '1'],
        [spoken.howMuch(12_000), '2'],
        [spoken.billAmount(12_000), '20#'],
      );
      await pays(caller, customer, 2_000, customer.phone);
      const again = await callsIn(lab, customer);
      await again.presses('3');
      await answersInTurn(again, [menus.whoseBill, '1']);
      await again.hears(spoken.howMuch(10_000));
      await again.hangsUp();
    },

    'the bill of another phone is paid, in Mandarin': async () => {
      const customer = await lab.customers.create({ language: 'zh' });
      const other = await lab.customers.create({ cards: 0, dueMinor: 4_507 });
      const caller = await callsIn(lab, customer);
      await caller.presses('3');
      await answersInTurn(
        caller,
        [menus.whoseBill, '2'],
        ['phone.ask', other.phone],
        [spoken.howMuch(4_507), '1'],
      );
      await pays(caller, customer, 4_507, other.phone);
    },

    'a caller who owes nothing hears so and is asked for nothing': async () => {
      const customer = await lab.customers.create({ language: 'zh', dueMinor: 0 });
      const caller = await callsIn(lab, customer);
      await caller.presses('3');
      await answersInTurn(caller, [menus.whoseBill, '1']);
      await caller.hears(spoken.nothingDue(thisPhone));
      await wantsNothingElse(caller);
    },

    'more than what is due is not taken': async () => {
      const customer = await lab.customers.create({ dueMinor: 4_500 });
      const caller = await callsIn(lab, customer);
      await caller.presses('3');
      await answersInTurn(
        caller,
        [menus.whoseBill, '1'],
        [spoken.howMuch(4_500), '2'],
        [spoken.billAmount(4_500), '46#'],
      );
      await caller.hearsBeginningOf({ ...spoken.billAmount(4_500), prompt: 'bill.ask-amount/nomatch-1' });
      await caller.hangsUp();
      await lab.records.endedCallOf(customer.phone);
      assert.deepEqual(await lab.records.paymentsOf(customer.phone), []);
    },
  });
});
