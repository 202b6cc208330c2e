import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Utterance } from '../../src/dialogue/line.js';
import { callLab, labSetting } from './harness/call-lab.js';
import { type Caller, dial, type Said } from './harness/caller.js';
import { answersInTurn, callsIn, confirmsWithPin } from './harness/journey.js';
import { type Place, placeOf, places } from './harness/places.js';
import { sideBySide } from './harness/side-by-side.js';
import type { CarrierEntry } from './harness/simulator-control.js';
import { again, mainMenu, menuAgain, menus, spoken, thisPhone } from './harness/spoken.js';

/** A first key is waited for so long after a question, and then a little for the next words. */
const silenceMs = { withinMs: 8_000 };

describe('calls: silence and wrong keys', () => {
  const lab = callLab();

  /** After the last try: to the agents where there are some; goodbye and the reason where there are none. */
  async function isSentOn(caller: Caller, why: 'silent' | 'wrong-keys', withinMs: number): Promise<string> {
    if ((process.env['WALLETLINE_AGENTS'] ?? '') !== '') {
      await caller.hears('agents.instead', { withinMs });
      return 'transferred';
    }
    await caller.hears(['agents.instead', 'agents-unavailable', `goodbye.${why}`], { withinMs });
    await caller.isHungUpOn();
    return `gave-up-${why}`;
  }

  /** Says nothing at a place until the service gives up. */
  async function staysSilent({ goThere, question, wishes = {} }: Place): Promise<void> {
    const customer = await lab.customers.create(wishes);
    const caller = await goThere(lab, customer);
    await caller.hears(question(customer));
    await caller.hears(reprompt(question(customer), 'noinput-1'), silenceMs);
    await caller.hears(reprompt(question(customer), 'noinput-2'), silenceMs);
    const outcome = await isSentOn(caller, 'silent', silenceMs.withinMs);
    assert.equal((await lab.records.endedCallOf(customer.phone)).outcome, outcome);
    await caller.hangsUp();
    assert.deepEqual(await lab.records.paymentsOf(customer.phone), []);
  }

  async function pressesWrongKeys({ goThere, question, wrongKeys, wishes = {} }: Place): Promise<void> {
    const customer = await lab.customers.create(wishes);
    const caller = await goThere(lab, customer);
    await caller.hears(question(customer));
    await caller.presses(wrongKeys);
    await caller.hears(reprompt(question(customer), 'nomatch-1'), silenceMs);
    await caller.presses(wrongKeys);
    await caller.hears(reprompt(question(customer), 'nomatch-2'), silenceMs);
    await caller.presses(wrongKeys);
    const outcome = await isSentOn(caller, 'wrong-keys', silenceMs.withinMs);
    assert.equal((await lab.records.endedCallOf(customer.phone)).outcome, outcome);
    await caller.hangsUp();
    assert.deepEqual(await lab.records.paymentsOf(customer.phone), []);
  }

  const atThePlaces = (names: readonly string[], act: (place: Place) => Promise<void>, title: string) =>
    Object.fromEntries(names.map((name) => [`${title} at ${name}`, () => act(placeOf(name))]));

  sideBySide({
    ...atThePlaces(
      ['the main menu', 'the amount', 'the PIN', 'the confirmation', 'the phone number'],
      staysSilent,
      'silence to the end',
    ),
    ...atThePlaces(
      ['the main menu', 'the amount', 'the confirmation', 'the balances menu'],
      pressesWrongKeys,
      'wrong keys to the end',
    ),
  });
});

describe('calls: * and 0 everywhere', () => {
  const lab = callLab();
  const choices = places.filter(({ afterStar }) => afterStar !== undefined);
  const entries = places.filter(({ afterStar }) => afterStar === undefined);

  describe('in menus', () => {
    sideBySide({
      ...Object.fromEntries(
        choices.map(({ name, goThere, question, afterStar, wishes = {} }) => [
          `* at ${name} goes back`,
          async () => {
            const customer = await lab.customers.create(wishes);
            const caller = await goThere(lab, customer);
            await caller.hears(question(customer));
            await caller.presses('*');
            for (const line of afterStar?.(customer) ?? []) {
              await caller.hears(line);
            }
            await caller.hangsUp();
          },
        ]),
      ),
    });
  });

  describe('and the agent', () => {
    sideBySide(
      Object.fromEntries(
        choices.map(({ name, goThere, question, wishes = {} }) => [
          `0 at ${name} reaches an agent`,
          async () => {
            const customer = await lab.customers.create(wishes);
            const caller = await goThere(lab, customer);
            await caller.hears(question(customer));
            await caller.presses('0');
            await caller.hears('agents.connecting');
            if (labSetting('WALLETLINE_AGENTS') !== '') {
              assert.equal((await lab.records.endedCallOf(customer.phone)).outcome, 'transferred');
            }
            await caller.hangsUp();
          },
        ]),
      ),
    );
  });

  describe('in digit entry', () => {
    sideBySide({
      ...Object.fromEntries(
        entries.map(({ name, goThere, question, paysHere, wishes = {} }) => [
          `** at ${name} cancels`,
          async () => {
            const customer = await lab.customers.create(wishes);
            const caller = await goThere(lab, customer);
            await caller.hearsBeginningOf(question(customer));
            await caller.presses('**');
            await caller.hears(['cancelled', ...(paysHere ? ['nothing-paid'] : [])]);
            await caller.hears(mainMenu('en'));
            await caller.hangsUp();
            await lab.records.endedCallOf(customer.phone);
            assert.deepEqual(await lab.records.paymentsOf(customer.phone), []);
          },
        ]),
      ),
      '* in the middle of an amount starts it again': async () => {
        const customer = await lab.customers.create();
        const caller = await callsIn(lab, customer);
        await caller.presses('2');
        await answersInTurn(caller, [menus.whoseRecharge, '1'], ['recharge.ask-amount', '49*30#']);
        await caller.hears(spoken.confirm('recharge', 3_000, thisPhone, customer.card));
        await caller.hangsUp();
      },
    });
  });
});

describe('calls: callers in a hurry', () => {
  const lab = callLab();

  sideBySide({
    'the whole path typed ahead: the first thing heard whole is what to confirm': async () => {
      const customer = await lab.customers.create();
      const { phone, card } = customer;
      const caller = await dial(lab, { from: phone });
      caller.mightHear(['welcome', ...mainMenu('en')]);
      caller.mightHear(menus.whoseRecharge);
      caller.mightHear(['recharge.ask-amount']);
      await caller.presses('2150#');
      await caller.hears(spoken.confirm('recharge', 5_000, thisPhone, card));
      await confirmsWithPin(caller, card.pin);
      const payment = await lab.records.paymentIn('completed', phone);
      await caller.hears([...spoken.paid('recharge', 5_000, payment.rrn), 'next.text-message']);
      await caller.hangsUp();
      assert.equal(lab.carrier.entries<CarrierEntry>(({ key }) => key === payment.id).length, 1);
    },

    'keys typed ahead of a confirmation and a PIN count for neither': async () => {
      const customer = await lab.customers.create({ pin: '135790' });
      const { phone, card } = customer;
      const caller = await dial(lab, { from: phone });
      caller.mightHear(['welcome', ...mainMenu('en')]);
      caller.mightHear(menus.whoseRecharge);
      caller.mightHear(['recharge.ask-amount']);
      await caller.presses('2150#1135790');
      await caller.hears(spoken.confirm('recharge', 5_000, thisPhone, card));
      await caller.hearsNothingFor(2_000);
      await caller.hangsUp();
      await lab.records.endedCallOf(phone);
      assert.deepEqual(await lab.records.paymentsOf(phone), []);
    },

    'a key cuts a menu short at once': async () => {
      const customer = await lab.customers.create();
      const caller = await callsIn(lab, customer);
      await caller.presses('1');
      await caller.hears(menus.balances);
      assert.ok((caller.latenciesMs[0] ?? Number.POSITIVE_INFINITY) < 1_000);
      await caller.hangsUp();
    },

    'a confirmation of money is heard to its end whatever is keyed': async () => {
      const customer = await lab.customers.create();
      const { card } = customer;
      const caller = await callsIn(lab, customer);
      await caller.presses('2');
      await answersInTurn(caller, [menus.whoseRecharge, '1'], ['recharge.ask-amount', '50#']);
      caller.pressesBlindly('9');
      await caller.hears(spoken.confirm('recharge', 5_000, thisPhone, card));
      await caller.hangsUp();
    },

    '9 repeats a menu, # skips to the end of it, 4 changes the language': async () => {
      const customer = await lab.customers.create();
      const caller = await callsIn(lab, customer);
      await caller.presses('1');
      await caller.hearsBeginningOf(menus.balances);
      await caller.presses('9');
      await caller.hears(menus.balances);
      await caller.presses('#');
      await caller.hears('your-choice');
      await caller.presses('*');
      await caller.hearsBeginningOf(mainMenu('en'));
      await caller.presses('4');
      caller.language = 'zh';
      await caller.hears(mainMenu('zh'));
      await caller.hangsUp();
      assert.equal((await lab.records.endedCallOf(customer.phone)).language, 'zh');
      const next = await callsIn(lab, { ...customer, language: 'zh' });
      await next.hangsUp();
    },

    'an amount without # is confirmed when no further key comes, and late digits confirm nothing':
      async () => {
        const customer = await lab.customers.create();
        const caller = await callsIn(lab, customer);
        await caller.presses('2');
        await answersInTurn(caller, [menus.whoseRecharge, '1'], ['recharge.ask-amount', '2']);
        // After the pause that ends the answer, and within the same time again.
        await pause(3_500);
        caller.pressesBlindly('1');
        await caller.hears(spoken.confirm('recharge', 200, thisPhone, customer.card));
        await caller.hearsNothingFor(1_000);
        await caller.hangsUp();
        assert.deepEqual(await lab.records.paymentsOf(customer.phone), []);
      },

    'a card number keyed in groups with 3.5 s between them, and no #, is a card number': async () => {
      const [customer, owner] = [await lab.customers.create({ cards: 0 }), await lab.customers.create()];
      const caller = await callsIn(lab, customer);
      await caller.presses('1');
      await answersInTurn(caller, [menus.balances, '1']);
      await caller.hears('card.ask-number');
      for (const group of owner.card.pan.match(/.{1,4}/g) ?? []) {
        await caller.presses(group);
        await pause(3_500);
      }
      await caller.hears('pin.ask', { withinMs: 8_000 });
      await caller.hangsUp();
    },

    'the same key twice is two keys': async () => {
      const customer = await lab.customers.create();
      const caller = await callsIn(lab, customer);
      await caller.presses('2');
      await answersInTurn(caller, [menus.whoseRecharge, '1'], ['recharge.ask-amount', '11#']);
      await caller.hears(spoken.confirm('recharge', 1_100, thisPhone, customer.card));
      await caller.hangsUp();
    },
  });
});

/** What is heard when a question is asked again; what was read back of money is read back each time. */
function reprompt(question: readonly Said[], why: Parameters<typeof again>[1]): readonly Said[] {
  const isLabel = (said: Said) => typeof said !== 'string' && said.key !== undefined;
  const labels = question.filter(isLabel) as readonly Utterance[];
  const others = question.filter((said) => !isLabel(said));
  if (labels.length === 0) {
    return others.map((said) => again(said, why));
  }
  const isConfirmation = labels.some(({ prompt }) => prompt === 'choice.pay');
  const star = labels.some(({ key }) => key === '*')
    ? undefined
    : labels.some(({ prompt }) => prompt === 'menu.balances')
      ? 'choice.hear-again'
      : 'choice.back';
  // The other pace is offered once.
  const offered = labels.filter(({ key }) => !(why.endsWith('-2') && key === '9'));
  const [intro, ...rest] = menuAgain(offered, why, star);
  return isConfirmation
    ? [...others, ...(intro === undefined ? [] : [intro]), 'nothing-paid-yet', ...rest]
    : [...(intro === undefined ? [] : [intro]), ...others, ...rest];
}
