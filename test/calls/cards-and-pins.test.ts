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
import type { BankEntry, CarrierEntry } from './harness/simulator-control.js';
import { ofPayment } from './harness/simulator-control.js';
import { mainMenu, menus, spoken, thisPhone } from './harness/spoken.js';

/** In a range that is served, and its bank knows no such card. */
const nobodysCard = '6229987654321098766';

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
      await triesAgain(caller, 1, card.pin);
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

    'a wrong PIN twice: nothing is paid, the card is locked at the next call too, but not at its issuer':
      async () => {
        const customer = await lab.customers.create({ pin: '135790' });
        const { phone, card } = customer;
        const caller = await callsIn(lab, customer);
        await ordersRecharge(caller, phone, { amountYuan: 20, card, phone });
        await confirmsWithPin(caller, '111111');
        await triesAgain(caller, 1, '222222');
        await caller.hears([spoken.declined(2_000), spoken.justLocked(card)]);
        await wantsNothingElse(caller);
        await attemptsAre(customer, ['55', '55']);
        assert.deepEqual(
          lab.carrier.entries<CarrierEntry>((entry) => entry.phone === phone),
          [],
        );

        const next = await callsIn(lab, customer);
        await next.presses('1');
        await answersInTurn(next, [menus.balances, '1']);
        await next.hears(spoken.locked(card));
        await wantsNothingElse(next);
      },

    'six calls stand at the PIN question of one card and key wrong PINs at once: two reach its bank, all hear the truth':
      async () => {
        const customer = await lab.customers.create({ pin: '135790' });
        const { card } = customer;
        const callers = await Promise.all(
          Array.from({ length: 6 }, async () => {
            const caller = await callsIn(lab, customer);
            await caller.presses('1');
            await answersInTurn(caller, [menus.balances, '1']);
            await caller.hearsBeginningOf('pin.ask');
            return caller;
          }),
        );
        await Promise.all(
          callers.map(async (caller, index) => {
            await caller.presses(`${index + 1}`.repeat(6));
            await caller.hears('wait.one-moment');
          }),
        );
        await Promise.all(callers.map(async (caller) => caller.hangsUp()));
        const calls = await lab.records.endedCallsOf(customer.phone, callers.length);
        const enquiries = await Promise.all(calls.map(async ({ id }) => lab.records.enquiriesOf(id)));
        assert.deepEqual(
          enquiries
            .flat()
            .map(({ outcome }) => outcome)
            .sort(),
          ['card-locked', 'card-locked', 'card-locked', 'card-locked', 'wrong-pin', 'wrong-pin'],
        );
        const wrong = lab.bank.entries<BankEntry>(
          ({ panMasked, result }) => panMasked.slice(-4) === card.lastFour && result === '55',
        );
        assert.equal(wrong.length, 2);
      },

    'a card keyed on a phone that it is not bound to: a wrong PIN and no such card sound alike, and leave no card behind':
      async () => {
        const [customer, owner] = [await lab.customers.create({ cards: 0 }), await lab.customers.create()];
        const stored = async () => lab.records.cardsEndingIn([owner.card.pan, nobodysCard]);
        const before = await stored();
        const paysWith = async (pan: string, lastFour: string): Promise<void> => {
          const caller = await callsIn(lab, customer);
          await caller.presses('1');
          await answersInTurn(caller, [menus.balances, '1'], ['card.ask-number', `${pan}#`]);
          await keysPin(caller, '000000');
          await caller.hears(['card-balance.not-told', 'declined.not-proven']);
          await wantsNothingElse(caller);
          const again = await callsIn(lab, customer);
          await again.presses('1');
          await answersInTurn(again, [menus.balances, '1'], ['card.ask-number', `${pan}#`]);
          await again.hears(spoken.locked({ ...owner.card, pan, lastFour }));
          await wantsNothingElse(again);
        };
        await paysWith(owner.card.pan, owner.card.lastFour);
        await paysWith(nobodysCard, nobodysCard.slice(-4));
        assert.deepEqual(await stored(), before);

        const own = await callsIn(lab, owner);
        await own.presses('1');
        await answersInTurn(own, [menus.balances, '1']);
        await keysPin(own, owner.card.pin);
        await own.hears(spoken.cardBalance(100_000, owner.card));
        await wantsNothingElse(own);
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
        [menus.whoseBill, '1'],
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
      await answersInTurn(caller, [menus.balances, '1'], ['card.ask-number', '6217001234567890123#']);
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
        [menus.whoseRecharge, '1'],
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
      await answersInTurn(caller, [menus.balances, '1']);
      await keysPin(caller, '123123');
      await triesAgain(caller, 1, customer.card.pin);
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
        [
          [{ prompt: 'welcome', language: 'en' }, { prompt: 'welcome', language: 'zh' }, ...menus.language],
          '1',
        ],
        [mainMenu('en'), '1'],
        [menus.balances, '2'],
        ['phone.ask', customer.phone],
      );
      await caller.hears(spoken.phoneBalance(4_321));
      await wantsNothingElse(caller);
    },
  });
});
