import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { callLab } from './harness/call-lab.js';
import { dial, dialAndCancel, dialInVain } from './harness/caller.js';
import { answersInTurn, callsIn, ordersRecharge } from './harness/journey.js';
import { labWait } from './harness/lab-wait.js';
import { placeOf, places } from './harness/places.js';
import { sideBySide } from './harness/side-by-side.js';
import type { BankEntry, CarrierEntry } from './harness/simulator-control.js';
import { ofPayment } from './harness/simulator-control.js';
import { mainMenu, menus, spoken, thisPhone } from './harness/spoken.js';

describe('calls: hanging up', () => {
  const lab = callLab();

  describe('at each question', () => {
    sideBySide(
      Object.fromEntries(
        places.map(({ name, state, goThere, question, wishes = {} }) => [
          `at ${name}: the call is closed, and nothing is paid`,
          async () => {
            const customer = await lab.customers.create(wishes);
            const caller = await goThere(lab, customer);
            await caller.hearsBeginningOf(question(customer));
            await caller.hangsUp();
            const call = await lab.records.endedCallOf(customer.phone);
            assert.equal(call.outcome, 'caller-hung-up');
            assert.equal((await lab.records.pathOf(call.id)).at(-1), `${state} hangup`);
            assert.deepEqual(await lab.records.paymentsOf(customer.phone), []);
            const [phone, masked] = [customer.phone, customer.card.pan.slice(-4)];
            assert.deepEqual(
              lab.carrier.entries<CarrierEntry>((entry) => entry.phone === phone),
              [],
            );
            assert.deepEqual(
              lab.bank.entries<BankEntry>(
                ({ panMasked, event }) => masked !== '' && event === 'purchase' && panMasked.endsWith(masked),
              ),
              [],
            );
          },
        ]),
      ),
    );
  });

  describe('elsewhere', () => {
    sideBySide({
      'in the middle of a PIN: nothing is sent to the bank': async () => {
        const customer = await lab.customers.create({ pin: '135790' });
        const caller = await placeOf('the PIN').goThere(lab, customer);
        await caller.hearsBeginningOf('pin.ask');
        await caller.presses('1357');
        await caller.hangsUp();
        assert.equal((await lab.records.endedCallOf(customer.phone)).outcome, 'caller-hung-up');
        assert.deepEqual(await lab.records.paymentsOf(customer.phone), []);
      },

      'as soon as it is answered: there is a row all the same': async () => {
        const customer = await lab.customers.create();
        const caller = await dial(lab, { from: customer.phone });
        await caller.hangsUp();
        const call = await lab.records.endedCallOf(customer.phone);
        // Which of the two comes first, our word that we answered or theirs that they left, is a race.
        assert.ok(['abandoned', 'caller-hung-up'].includes(call.outcome ?? ''), `outcome ${call.outcome}`);
      },

      'before it is answered (CANCEL): whatever the app has heard of is closed': async () => {
        // A CANCEL overtakes the dialplan of a busy switch: then the app never hears of the call, and has no row.
        const callers = await Promise.all(Array.from({ length: 5 }, () => lab.customers.create()));
        await Promise.all(callers.map(({ phone }) => dialAndCancel(lab, { from: phone })));
        await pause(2_000);
        const calls = await labWait('each of the calls that are in the records to be closed', async () => {
          const rows = (await Promise.all(callers.map(({ phone }) => lab.records.callsOf(phone)))).flat();
          return rows.every(({ ended_at }) => ended_at !== null) ? rows : undefined;
        });
        for (const { outcome } of calls) {
          assert.ok(['abandoned', 'caller-hung-up'].includes(outcome ?? ''), `outcome ${outcome}`);
        }
      },

      'after another number was dialled: the call is refused, and the app never hears of it': async () => {
        const customer = await lab.customers.create();
        await dialInVain(lab, { from: customer.phone, to: '12345' });
        assert.deepEqual(await lab.records.callsOf(customer.phone), []);
      },

      'while the bank decides: the payment is made, and its outcome is told at the next call': async () => {
        const customer = await lab.customers.create();
        const { phone, card } = customer;
        await lab.bank.fails({
          match: { kind: 'purchase', pan: card.pan },
          fault: 'late-answer',
          delayMs: 2_500,
        });
        const caller = await callsIn(lab, customer);
        await ordersRecharge(caller, phone, { amountYuan: 60, card, phone });
        await caller.presses('1');
        await caller.hearsBeginningOf('pin.ask');
        await caller.presses(card.pin);
        await caller.hearsBeginningOf('wait.one-moment');
        await caller.hangsUp();
        const payment = await lab.records.paymentIn('completed', phone);
        assert.equal((await lab.records.endedCallOf(phone)).outcome, 'caller-hung-up');
        assert.deepEqual(
          lab.bank.entries(ofPayment(payment)).map(({ event, result }) => [event, result]),
          [['purchase', '00']],
        );
        assert.equal(lab.carrier.entries<CarrierEntry>(({ key }) => key === payment.id).length, 1);

        const next = await dial(lab, { from: phone });
        await next.hears(['welcome', ...spoken.news('paid', 6_000, thisPhone, payment.rrn)]);
        await next.hears(mainMenu('en'));
        await next.hangsUp();
        await lab.records.endedCallsOf(phone, 2);
        // A number alone uses nothing up: it is told again until the PIN is keyed.
        const third = await dial(lab, { from: phone });
        await third.hears(['welcome', ...spoken.news('paid', 6_000, thisPhone, payment.rrn)]);
        await answersInTurn(third, [mainMenu('en'), '1'], [menus.balances, '1'], ['pin.ask', card.pin]);
        await third.hears('wait.one-moment');
        await third.hears(spoken.cardBalance(card.balanceMinor - 6_000, card));
        await third.hangsUp();
        await lab.records.endedCallsOf(phone, 3);
        const fourth = await callsIn(lab, customer);
        await fourth.hangsUp();
      },

      'while a result is told: the result stands': async () => {
        const customer = await lab.customers.create();
        const { phone, card } = customer;
        const caller = await callsIn(lab, customer);
        await ordersRecharge(caller, phone, { amountYuan: 70, card, phone });
        await caller.presses('1');
        await caller.hearsBeginningOf('pin.ask');
        await caller.presses(card.pin);
        await caller.hears('wait.one-moment');
        const payment = await lab.records.paymentIn('completed', phone);
        await caller.hearsBeginningOf(spoken.paid('recharge', 7_000, payment.rrn));
        await caller.hangsUp();
        const call = await lab.records.endedCallOf(phone);
        assert.equal(call.outcome, 'caller-hung-up');
        await labWait('the payment to stay completed', async () =>
          (await lab.records.paymentsOf(phone))[0]?.state === 'completed' ? true : undefined,
        );
      },
    });
  });
});
