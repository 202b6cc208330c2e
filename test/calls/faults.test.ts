import assert from 'node:assert/strict';
import { callLab } from './harness/call-lab.js';
import type { Caller } from './harness/caller.js';
import { dial } from './harness/caller.js';
import type { Customer } from './harness/customers.js';
import {
  answersInTurn,
  callsIn,
  confirmsWithPin,
  ordersRecharge,
  wantsNothingElse,
} from './harness/journey.js';
import { sideBySide } from './harness/side-by-side.js';
import type { BankEntry, CarrierEntry } from './harness/simulator-control.js';
import { ofPayment } from './harness/simulator-control.js';
import { mainMenu, menus, spoken, thisPhone } from './harness/spoken.js';

/** What a caller hears while the bank is waited for, from the second word on, 4 s apart. */
const waitingWords = ['wait.still-working', 'wait.thank-you'] as const;
const betweenWordsMs = 4_000;
const bankTimeoutMs = Number(process.env['WALLETLINE_BANK_ANSWER_TIMEOUT_MS'] ?? 20_000);

describe('calls: when a bank or a carrier fails', () => {
  const lab = callLab();

  /** Orders a recharge and says yes to it; the PIN is keyed and the caller has heard "one moment". */
  async function recharges(customer: Customer, amountYuan: number): Promise<Caller> {
    const { phone, card } = customer;
    const caller = await callsIn(lab, customer);
    await ordersRecharge(caller, phone, { amountYuan, card, phone });
    await confirmsWithPin(caller, card.pin);
    return caller;
  }

  /** Hears something every 4 s until the bank's time is up. */
  async function isKeptInformed(caller: Caller): Promise<void> {
    for (let word = 0; (word + 1) * betweenWordsMs < bankTimeoutMs; word += 1) {
      await caller.hears(waitingWords[word % 2] ?? 'wait.thank-you', { withinMs: betweenWordsMs + 2_000 });
    }
  }

  sideBySide({
    'the carrier refuses after the debit: the debit is reversed, and the caller hears so': async () => {
      const customer = await lab.customers.create();
      const { phone } = customer;
      await lab.carrier.fails({ fault: 'refuse', phone });
      const caller = await recharges(customer, 80);
      const payment = await lab.records.paymentIn('reversed', phone);
      await caller.hears([...spoken.returning(8_000, payment.rrn), 'next.text-message']);
      await wantsNothingElse(caller);
      assert.deepEqual(await lab.records.statesOf(payment.id), [
        'authorising',
        'authorised',
        'delivering',
        'reversing',
        'reversed',
      ]);
      assert.deepEqual(
        lab.bank
          .entries<BankEntry>(
            (entry) => ofPayment(payment)(entry) || entry.panMasked.endsWith(customer.card.lastFour),
          )
          .map(({ event, amountMinor, result }) => [event, amountMinor, result]),
        [
          ['purchase', 8_000, '00'],
          ['reversal', 8_000, '00'],
        ],
      );
      assert.deepEqual(
        lab.carrier.entries<CarrierEntry>(({ key }) => key === payment.id).map(({ event }) => event),
        ['refused'],
      );
    },

    'the bank took the money and does not answer: it is reversed, and nothing is delivered': async () => {
      const customer = await lab.customers.create();
      const { phone, card } = customer;
      await lab.bank.fails({ match: { kind: 'purchase', pan: card.pan }, fault: 'no-answer' });
      const caller = await recharges(customer, 90);
      await isKeptInformed(caller);
      const payment = await lab.records.paymentIn('reversed', phone, bankTimeoutMs + 10_000);
      await caller.hears([...spoken.returning(9_000, payment.rrn), 'next.text-message']);
      await wantsNothingElse(caller);
      assert.deepEqual(
        lab.bank
          .entries<BankEntry>(({ panMasked }) => panMasked.endsWith(card.lastFour))
          .map(({ event, result }) => [event, result]),
        [
          ['purchase', '00'],
          ['reversal', '00'],
        ],
      );
      assert.deepEqual(
        lab.carrier.entries<CarrierEntry>((entry) => entry.phone === phone),
        [],
      );
    },

    'the bank never got the request: it is reversed all the same, and nothing is delivered': async () => {
      const customer = await lab.customers.create();
      const { phone, card } = customer;
      await lab.bank.fails({ match: { kind: 'purchase', pan: card.pan }, fault: 'request-lost' });
      const caller = await recharges(customer, 100);
      await isKeptInformed(caller);
      const payment = await lab.records.paymentIn('reversed', phone, bankTimeoutMs + 10_000);
      await caller.hears([...spoken.returning(10_000, payment.rrn), 'next.text-message']);
      await caller.hangsUp();
      assert.deepEqual(
        lab.carrier.entries<CarrierEntry>((entry) => entry.phone === phone),
        [],
      );
    },

    'the bank is silent about a balance: the caller hears that it cannot be reached': async () => {
      const customer = await lab.customers.create();
      await lab.bank.fails({ match: { kind: 'balance', pan: customer.card.pan }, fault: 'request-lost' });
      const caller = await callsIn(lab, customer);
      await caller.presses('1');
      await answersInTurn(caller, [menus.balances, '1'], ['pin.ask', customer.card.pin]);
      await caller.hears('wait.one-moment');
      await isKeptInformed(caller);
      await caller.hears('bank.unavailable', { withinMs: betweenWordsMs + 4_000 });
      await wantsNothingElse(caller);
    },

    'the reversal is not answered either: the caller hears at the next call that the money is back':
      async () => {
        const customer = await lab.customers.create();
        const { phone, card } = customer;
        await lab.carrier.fails({ fault: 'refuse', phone });
        await lab.bank.fails({ match: { kind: 'reversal', pan: card.pan }, fault: 'request-lost' });
        const caller = await recharges(customer, 110);
        const reversing = await lab.records.paymentIn('reversing', phone);
        await caller.hears([...spoken.returning(11_000, reversing.rrn), 'next.text-message'], {
          withinMs: 8_000,
        });
        await caller.hangsUp();
        await lab.records.paymentIn('reversed', phone, bankTimeoutMs + 30_000);
        const next = await dial(lab, { from: phone });
        await next.hears(['welcome', ...spoken.news('returned', 11_000, thisPhone, reversing.rrn)]);
        await next.hears(mainMenu('en'));
        await next.hangsUp();
      },

    'the carrier accepts and does not answer: it is asked, not told again, and the caller is paid':
      async () => {
        const customer = await lab.customers.create();
        const { phone } = customer;
        await lab.carrier.fails({ fault: 'accept-no-answer', phone });
        const caller = await recharges(customer, 120);
        const payment = await lab.records.paymentIn('completed', phone, 40_000);
        await caller.hangsUp();
        assert.equal(lab.carrier.entries<CarrierEntry>(({ key }) => key === payment.id).length, 1);
        assert.deepEqual(
          lab.bank.entries(ofPayment(payment)).map(({ event }) => event),
          ['purchase'],
        );
      },

    'the carrier cannot say what is left: the caller hears so': async () => {
      const customer = await lab.customers.create();
      await lab.carrier.fails({ fault: 'error-500', operation: 'balance', phone: customer.phone });
      const caller = await callsIn(lab, customer);
      await caller.presses('1');
      await answersInTurn(caller, [menus.balances, '2']);
      await caller.hears('carrier.unavailable');
      await wantsNothingElse(caller);
    },
  });
});
