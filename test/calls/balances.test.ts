import assert from 'node:assert/strict';
import type { Language } from '../../src/dialogue/line.js';
import { languageCodes } from '../../src/languages/catalogue.js';
import { callLab } from './harness/call-lab.js';
import { dial } from './harness/caller.js';
import type { Customer } from './harness/customers.js';
import { answersInTurn, callsIn, keysPin, wantsNothingElse } from './harness/journey.js';
import { sideBySide } from './harness/side-by-side.js';
import type { BankEntry } from './harness/simulator-control.js';
import { mainMenu, menus, spoken } from './harness/spoken.js';

describe('calls: balances', () => {
  const lab = callLab();

  const balancesAtTheBank = (customer: Customer) =>
    lab.bank.entries<BankEntry>(
      ({ event, panMasked }) => event === 'balance' && panMasked === masked(customer.card.pan),
    );

  /** Hears the card's balance to the fen; returns how often the bank was asked. */
  async function hearsCardBalance(customer: Customer): Promise<void> {
    const askedBefore = balancesAtTheBank(customer).length;
    const caller = await callsIn(lab, customer);
    await caller.presses('1');
    await answersInTurn(caller, [menus.balances, '1']);
    await keysPin(caller, customer.card.pin);
    await caller.hears(spoken.cardBalance(customer.card.balanceMinor, customer.card));
    await wantsNothingElse(caller);

    assert.deepEqual(
      balancesAtTheBank(customer)
        .slice(askedBefore)
        .map(({ result }) => result),
      ['00'],
    );
    const call = (await lab.records.callsOf(customer.phone)).at(-1);
    assert.ok(call);
    assert.deepEqual(await lab.records.enquiriesOf(call.id), [
      { kind: 'card-balance', outcome: 'approved', bank_response_code: '00' },
    ]);
    assert.equal(caller.lostPackets, 0);
  }

  sideBySide({
    'the card balance of the English phone is 1,000.00, to the fen': async () =>
      hearsCardBalance(await lab.customers.original('13800138000')),

    'the card balance of the Mandarin phone is 5.00, to the fen': async () =>
      hearsCardBalance(await lab.customers.original('13900139000')),

    'a card balance of more than a billion yuan is told, to the fen': async () =>
      hearsCardBalance(await lab.customers.create({ cardBalanceMinor: 123_456_789_005 })),

    'what is left on the phone is told as the carrier knows it': async () => {
      const customer = await lab.customers.create({ balanceMinor: 1_250 });
      const caller = await callsIn(lab, customer);
      await caller.presses('1');
      await answersInTurn(caller, [menus.balances, '2']);
      await caller.hears(spoken.phoneBalance(1_250));
      await wantsNothingElse(caller);
      const call = await lab.records.endedCallOf(customer.phone);
      assert.deepEqual(
        { outcome: call.outcome, language: call.language, number: call.service_number, entry: call.entry },
        { outcome: 'completed', language: 'en', number: '12580', entry: 'direct' },
      );
      assert.ok(call.answered_at !== null && call.answered_at >= call.started_at);
      assert.ok(call.ended_at >= call.answered_at);
      assert.deepEqual(await lab.records.enquiriesOf(call.id), [
        { kind: 'phone-balance', outcome: 'found', bank_response_code: null },
      ]);
      assert.deepEqual(await lab.records.paymentsOf(customer.phone), []);
    },

    'one service after the other, without dialling again': async () => {
      const customer = await lab.customers.create({ balanceMinor: 320 });
      const caller = await callsIn(lab, customer);
      await caller.presses('1');
      await answersInTurn(caller, [menus.balances, '2']);
      await caller.hears(spoken.phoneBalance(320));
      await answersInTurn(caller, [menus.anotherService, '1'], [mainMenu('en'), '1'], [menus.balances, '1']);
      await keysPin(caller, customer.card.pin);
      await caller.hears(spoken.cardBalance(100_000, customer.card));
      await wantsNothingElse(caller);
      const call = await lab.records.endedCallOf(customer.phone);
      assert.equal((await lab.records.enquiriesOf(call.id)).length, 2);
    },

    'a caller whose language is not known hears both, keys 2, and is remembered in Mandarin': async () => {
      const customer = await lab.customers.create({ language: undefined, balanceMinor: 10_050 });
      const first = await dial(lab, { from: customer.phone });
      await first.hears([
        ...languageCodes.map((language) => ({ prompt: 'welcome', language })),
        ...menus.language,
      ]);
      await first.presses('2');
      first.language = 'zh';
      await answersInTurn(first, [mainMenu('zh'), '1'], [menus.balances, '2']);
      await first.hears(spoken.phoneBalance(10_050));
      await wantsNothingElse(first);
      assert.equal((await lab.records.endedCallOf(customer.phone)).language, 'zh');

      const second = await callsIn(lab, { ...customer, language: 'zh' });
      await second.hangsUp();
    },

    'the alaw caller hears the same': async () => {
      const customer = await lab.customers.create({ balanceMinor: 8_765 });
      const caller = await dial(lab, { from: customer.phone, codec: 8 });
      await answersInTurn(caller, [['welcome', ...mainMenu('en')], '1'], [menus.balances, '2']);
      await caller.hears(spoken.phoneBalance(8_765));
      await wantsNothingElse(caller);
    },
  });
});

describe('calls: amounts that are easily said wrong', () => {
  const lab = callLab();
  const amounts: readonly (readonly [Language, number])[] = [
    ['en', 1],
    ['en', 11_005],
    ['en', 1_999_999],
    ['zh', 1],
    ['zh', 20_000],
    ['zh', 1_005_030],
  ];
  sideBySide(
    Object.fromEntries(
      amounts.map(([language, balanceMinor]) => [
        `a balance of ${(balanceMinor / 100).toFixed(2)} is heard to the fen in ${language}`,
        async () => {
          const customer = await lab.customers.create({ language, cardBalanceMinor: balanceMinor });
          const caller = await callsIn(lab, customer);
          await caller.presses('1');
          await answersInTurn(caller, [menus.balances, '1']);
          await keysPin(caller, customer.card.pin);
          await caller.hears(spoken.cardBalance(balanceMinor, customer.card));
          await caller.hangsUp();
        },
      ]),
    ),
  );
});

/** As the issuer host's journal names a card. */
function masked(pan: string): string {
  return `${pan.slice(0, 6)}${'*'.repeat(pan.length - 10)}${pan.slice(-4)}`;
}
