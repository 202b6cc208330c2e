import assert from 'node:assert/strict';
import { callLab } from './harness/call-lab.js';
import { type Caller, dial } from './harness/caller.js';
import type { Customer } from './harness/customers.js';
import {
  answersInTurn,
  callsIn,
  confirmsWithPin,
  keysPin,
  ordersRecharge,
  wantsNothingElse,
} from './harness/journey.js';
import { sideBySide } from './harness/side-by-side.js';
import type { CarrierEntry } from './harness/simulator-control.js';
import { ofPayment } from './harness/simulator-control.js';
import { mainMenu, spoken, thisPhone } from './harness/spoken.js';

describe('calls: cards and PINs', () => {
  const lab = callLab();

  /** Hears that the PIN was wrong and how many tries are left, to the end, and keys another. */
  async function triesAgain(caller: Caller, triesLeft: number, pin: string): Promise<void> {
    await caller.hears([spoken.wrongPin(triesLeft), 'pin.ask']);
    await caller.presses(pin);
    await caller.hears('wait.one-moment');
  }

  /** The bank answered each attempt of the customer to pay as the records say, and no other came. */
  async function attemptsAre(customer: Customer, codes: readonly string[]): Promise<void> {
    const call = (await lab.records.callsOf(customer.phone)).at(-1);
    const payments = (await lab.records.paymentsOf(customer.phone)).filter(
      (payment) => payment.call_id === call?.id,
    );
    assert.deepEqual(
      payments.map(({ bank_response_code: code }) => code),
      codes,
    );
    assert.equal(
      new Set(payments.map(({ terminal_id, stan }) => `${terminal_id}/${stan}`)).size,
      codes.length,
      'each attempt has its own STAN at its terminal',
    );
    for (const payment of payments) {
      assert.deepEqual(
        lab.bank.entries(ofPayment(payment)).map(({ event, result }) => [event, result]),
        [['purchase', payment.bank_response_code]],
      );
    }
  }

  sideBySide({
    'a wrong PIN and then the right one: paid once': async () => {
      const customer = await lab.customers.create({ pin: '135790' });
      const { phone, card } = customer;
      const caller = await callsIn(lab, customer);
      await ordersRecharge(caller, phone, { amountYuan: 20, card, phone });
      await confirmsWithPin(caller, '975310');
      await triesAgain(caller, 2, card.pin);
      const payment = await lab.records.paymentIn('completed', phone);
      await caller.hears([...spoken.paid('recharge', 2_000, payment.rrn), 'next.text-message']);
      await wantsNothingElse(caller);
      await attemptsAre(customer, ['55', '00']);
      const delivered = lab.carrier.entries<CarrierEntry>((entry) => entry.phone === phone);
      assert.deepEqual(
        delivered.map(({ key, event }) => [key, event]),
        [[payment.id, 'accepted']],
      );
    },

    'a wrong PIN three times: nothing is paid, and the card is locked at the next call too': async () => {
      const customer = await lab.customers.create({ pin: '135790' });
      const { phone, card } = customer;
      const caller = await callsIn(lab, customer);
      await ordersRecharge(caller, phone, { amountYuan: 20, card, phone });
      await confirmsWithPin(caller, '111111');
      await triesAgain(caller, 2, '222222');
      await triesAgain(caller, 1, '333333');
      await caller.hears([spoken.declined(2_000), spoken.justLocked(card)]);
      await wantsNothingElse(caller);
      await attemptsAre(customer, ['55', '55', '55']);
      assert.deepEqual(
        lab.carrier.entries<CarrierEntry>((entry) => entry.phone === phone),
        [],
      );

      const next = await callsIn(lab, customer);
      await next.presses('1');
      await answersInTurn(next, ['menu.balances', '1']);
      await next.hears(spoken.locked(card));
      await wantsNothingElse(next);
    },

    'an expired card: the caller hears so, and nothing was taken': async () => {
      const customer = await lab.customers.original('13700137000');
      const { phone, card } = customer;
      const caller = await callsIn(lab, customer);
      await ordersRecharge(caller, phone, { amountYuan: 20, card, phone });
      await confirmsWithPin(caller, card.pin);
      await caller.hears([spoken.declined(2_000), 'declined.expired-card']);
      await wantsNothingElse(caller);
      await attemptsAre(customer, ['54']);
      assert.deepEqual(
        lab.carrier.entries<CarrierEntry>((entry) => entry.phone === phone),
        [],
      );
    },

    'a phone without a card: the caller keys a card number, and pays with it': async () => {
      const customer = await lab.customers.create({ cards: 0, dueMinor: 2_000 });
      const { phone } = customer;
      const card = lab.customers.originalCard('6217001234567890122');
      await lab.customers.restoreCards([card]);
      const caller = await callsIn(lab, customer);
      await caller.presses('3');
      await answersInTurn(
        caller,
        ['bill.ask-whose', '1'],
        [spoken.howMuch(2_000), '1'],
        ['card.ask-number', `${card.pan}#`],
      );
      await caller.hears(spoken.confirm('bill', 2_000, thisPhone, card));
      await confirmsWithPin(caller, card.pin);
      const { rrn } = await lab.records.paymentIn('completed', phone);
      await caller.hears([...spoken.paid('bill', 2_000, rrn), 'next.text-message']);
      await wantsNothingElse(caller);
      await attemptsAre(customer, ['00']);
    },

    'a card number with a wrong digit is refused before the bank hears of it': async () => {
      const customer = await lab.customers.create({ cards: 0 });
      const caller = await callsIn(lab, customer);
      await caller.presses('1');
      await answersInTurn(caller, ['menu.balances', '1'], ['card.ask-number', '6217001234567890123#']);
      await caller.hears(['card.refused', 'card.ask-number']);
      await caller.hangsUp();
      const call = await lab.records.endedCallOf(customer.phone);
      assert.deepEqual(await lab.records.enquiriesOf(call.id), []);
    },

    'a phone with two cards: the caller chooses, and the chosen one pays': async () => {
      const customer = await lab.customers.original('13600136000');
      const { phone, cards } = customer;
      const [first, second] = cards;
      assert.ok(first !== undefined && second !== undefined);
      const caller = await callsIn(lab, customer);
      await caller.presses('2');
      await answersInTurn(
        caller,
        ['recharge.ask-whose', '1'],
        ['recharge.ask-amount', '100#'],
        [spoken.whichOf(first, second), '2'],
      );
      await caller.hears(spoken.confirm('recharge', 10_000, thisPhone, second));
      await confirmsWithPin(caller, second.pin);
      const payment = await lab.records.paymentIn('completed', phone);
      await caller.hears([...spoken.paid('recharge', 10_000, payment.rrn), 'next.text-message']);
      await wantsNothingElse(caller);
      const [purchase] = lab.bank.entries(ofPayment(payment));
      assert.equal(purchase?.panMasked.slice(-4), second.lastFour);
    },

    'a wrong PIN for a balance: asked again, and the right one is answered': async () => {
      const customer = await lab.customers.create({ pin: '864209', language: 'zh' });
      const caller = await callsIn(lab, customer);
      await caller.presses('1');
      await answersInTurn(caller, ['menu.balances', '1']);
      await keysPin(caller, '123123');
      await triesAgain(caller, 2, customer.card.pin);
      await caller.hears(spoken.cardBalance(100_000, customer.card));
      await wantsNothingElse(caller);
      const call = await lab.records.endedCallOf(customer.phone);
      assert.deepEqual(
        (await lab.records.enquiriesOf(call.id)).map(({ bank_response_code: code }) => code),
        ['55', '00'],
      );
    },

    'a caller who withholds the number is asked which phone': async () => {
      const customer = await lab.customers.create({ balanceMinor: 4_321 });
      const caller = await dial(lab, { from: 'anonymous' });
      await answersInTurn(
        caller,
        [['welcome', 'language.ask'], '1'],
        [mainMenu('en'), '1'],
        ['menu.balances', '2'],
        ['phone.ask', customer.phone],
      );
      await caller.hears(spoken.phoneBalance(4_321));
      await wantsNothingElse(caller);
    },
  });
});
