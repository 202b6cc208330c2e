import assert from 'node:assert/strict';
import { callLab } from './harness/call-lab.js';
import type { Customer } from './harness/customers.js';
import {
  answersInTurn,
  callsIn,
  confirmsWithPin,
  ordersRecharge,
  wantsNothingElse,
} from './harness/journey.js';
import { sideBySide } from './harness/side-by-side.js';
import type { CarrierEntry } from './harness/simulator-control.js';
import { ofPayment } from './harness/simulator-control.js';
import { mainMenu, menus, spoken, thisPhone } from './harness/spoken.js';

describe('calls: recharge', () => {
  const lab = callLab();

  /** The payment is in the records, at the bank and at the carrier, once each, and says the same. */
  async function isPaidOnce(customer: Customer, amountMinor: number, target: string): Promise<void> {
    const payment = await lab.records.paymentIn('completed', customer.phone);
    const call = (await lab.records.callsOf(customer.phone)).at(-1);
    assert.deepEqual(
      {
        call: payment.call_id,
        service: payment.service,
        amount: payment.amount_minor,
        currency: payment.currency,
        target: payment.target,
        code: payment.bank_response_code,
      },
      { call: call?.id, service: 'recharge', amount: amountMinor, currency: 'CNY', target, code: '00' },
    );
    assert.deepEqual(await lab.records.statesOf(payment.id), [
      'authorising',
      'authorised',
      'delivering',
      'completed',
    ]);
    const atBank = lab.bank.entries(ofPayment(payment));
    assert.deepEqual(
      atBank.map(({ event, amountMinor: amount, result }) => [event, amount, result]),
      [['purchase', amountMinor, '00']],
    );
    const atCarrier = lab.carrier.entries<CarrierEntry>(({ key }) => key === payment.id);
    assert.deepEqual(
      atCarrier.map(({ event, service, phone, amountMinor: amount }) => [event, service, phone, amount]),
      [['accepted', 'recharge', target, amountMinor]],
    );
  }

  sideBySide({
    'the own phone is recharged, and the caller hears what was paid and its reference': async () => {
      const customer = await lab.customers.create();
      const { phone, card } = customer;
      const caller = await callsIn(lab, customer);
      await ordersRecharge(caller, phone, { amountYuan: 50, card, phone });
      await confirmsWithPin(caller, card.pin);
      const { rrn } = await lab.records.paymentIn('completed', phone);
      await caller.hears([...spoken.paid('recharge', 5_000, rrn), 'next.text-message']);
      await wantsNothingElse(caller);
      await isPaidOnce(customer, 5_000, phone);
    },

    'the same again is asked about with the time of the first; another key pays nothing, 1 pays once more':
      async () => {
        const customer = await lab.customers.create();
        const { phone, card } = customer;
        const order = { amountYuan: 40, card, phone };
        const first = await callsIn(lab, customer);
        await ordersRecharge(first, phone, order);
        await confirmsWithPin(first, card.pin);
        const payment = await lab.records.paymentIn('completed', phone);
        await first.hears([...spoken.paid('recharge', 4_000, payment.rrn), 'next.text-message']);
        await first.hangsUp();
        await lab.records.endedCallOf(phone);
        const question = [spoken.sameBefore(payment.created_at), ...menus.onceMore];

        const second = await callsIn(lab, customer);
        await ordersRecharge(second, phone, order);
        await second.presses('1');
        await second.hears(question);
        await second.presses('2');
        await second.hears(['cancelled', 'nothing-paid']);
        await second.hearsBeginningOf(mainMenu('en'));
        assert.equal((await lab.records.paymentsOf(phone)).length, 1);
        await ordersRecharge(second, phone, order);
        await second.presses('1');
        await second.hears(question);
        await confirmsWithPin(second, card.pin);
        const [, again] = await lab.records.paymentsOf(phone);
        assert.ok(again);
        await second.hears([...spoken.paid('recharge', 4_000, again.rrn), 'next.text-message']);
        await wantsNothingElse(second);
        assert.deepEqual(
          (await lab.records.paymentsOf(phone)).map(({ state, amount_minor: amount }) => [state, amount]),
          [
            ['completed', 4_000],
            ['completed', 4_000],
          ],
        );
      },

    'another phone is recharged, in Mandarin': async () => {
      const customer = await lab.customers.create({ language: 'zh' });
      const other = await lab.customers.create({ cards: 0 });
      const { phone, card } = customer;
      const caller = await callsIn(lab, customer);
      await ordersRecharge(caller, phone, { amountYuan: 120, card, phone: other.phone });
      await confirmsWithPin(caller, card.pin);
      const { rrn } = await lab.records.paymentIn('completed', phone);
      await caller.hears([...spoken.paid('recharge', 12_000, rrn), 'next.text-message']);
      await wantsNothingElse(caller);
      await isPaidOnce(customer, 12_000, other.phone);
    },

    'a caller who wants another amount is asked for it again, and pays that one only': async () => {
      const customer = await lab.customers.create();
      const { phone, card } = customer;
      const caller = await callsIn(lab, customer);
      await ordersRecharge(caller, phone, { amountYuan: 500, card, phone });
      await caller.presses('2');
      await answersInTurn(caller, ['recharge.ask-amount', '30#']);
      await caller.hears(spoken.confirm('recharge', 3_000, thisPhone, card));
      await confirmsWithPin(caller, card.pin);
      const { rrn } = await lab.records.paymentIn('completed', phone);
      await caller.hears([...spoken.paid('recharge', 3_000, rrn), 'next.text-message']);
      await caller.hangsUp();
      await isPaidOnce(customer, 3_000, phone);
    },

    'a phone that the carrier does not know is not recharged': async () => {
      const customer = await lab.customers.create();
      const caller = await callsIn(lab, customer);
      await caller.presses('2');
      await answersInTurn(caller, [menus.whoseRecharge, '2'], ['phone.ask', '19999999999']);
      await caller.hears(['phone.unknown', 'phone.ask']);
      await caller.hangsUp();
      await lab.records.endedCallOf(customer.phone);
      assert.deepEqual(await lab.records.paymentsOf(customer.phone), []);
    },

    'amounts of 0 and of 501 yuan are not taken': async () => {
      const customer = await lab.customers.create();
      const caller = await callsIn(lab, customer);
      await caller.presses('2');
      await answersInTurn(
        caller,
        [menus.whoseRecharge, '1'],
        ['recharge.ask-amount', '0#'],
        ['recharge.ask-amount/nomatch-1', '501#'],
      );
      await caller.hearsBeginningOf('recharge.ask-amount/nomatch-2');
      await caller.presses('500#');
      await caller.hears(spoken.confirm('recharge', 50_000, thisPhone, customer.card));
      await caller.hangsUp();
      await lab.records.endedCallOf(customer.phone);
      assert.deepEqual(await lab.records.paymentsOf(customer.phone), []);
    },

    'not enough money: the caller hears so, and nothing was taken or delivered': async () => {
      const customer = await lab.customers.create({ language: 'zh', cardBalanceMinor: 500 });
      const { phone, card } = customer;
      const caller = await callsIn(lab, customer);
      await ordersRecharge(caller, phone, { amountYuan: 50, card, phone });
      await confirmsWithPin(caller, card.pin);
      await caller.hears([spoken.declined(5_000), 'declined.insufficient-funds']);
      await wantsNothingElse(caller);
      const payment = await lab.records.paymentIn('declined', phone);
      assert.equal(payment.bank_response_code, '51');
      assert.deepEqual(
        lab.bank.entries(ofPayment(payment)).map(({ event, result }) => [event, result]),
        [['purchase', '51']],
      );
      assert.deepEqual(
        lab.carrier.entries<CarrierEntry>(({ key }) => key === payment.id),
        [],
      );
    },

    'a caller who cancels where money is confirmed hears that nothing was paid': async () => {
      const customer = await lab.customers.create();
      const { phone, card } = customer;
      const caller = await callsIn(lab, customer);
      await ordersRecharge(caller, phone, { amountYuan: 10, card, phone });
      await caller.presses('*');
      await caller.hears(['cancelled', 'nothing-paid']);
      await caller.hears(mainMenu('en'));
      await caller.hangsUp();
      await lab.records.endedCallOf(phone);
      assert.deepEqual(await lab.records.paymentsOf(phone), []);
    },
  });
});
