/** Every question of the service, and how a caller comes to it. */
import { languageCodes } from '../../../src/languages/catalogue.js';
import type { CallLab } from './call-lab.js';
import { type Caller, dial, type Said } from './caller.js';
import type { Customer, Customers } from './customers.js';
import { answersInTurn, callsIn, ordersRecharge } from './journey.js';
import { mainMenu, menuBehind, menus, spoken, thisPhone } from './spoken.js';

export type Place = {
  readonly name: string;
  /** As the path of a call names it. */
  readonly state: string;
  readonly wishes?: Parameters<Customers['create']>[0];
  /** Calls, and goes there; what is asked there has not been heard yet. */
  readonly goThere: (lab: CallLab, customer: Customer) => Promise<Caller>;
  readonly question: (customer: Customer) => readonly Said[];
  /** Keys that answer nothing there. */
  readonly wrongKeys: string;
  /** Of a menu: what is heard after `*`, line by line. */
  readonly afterStar?: (customer: Customer) => readonly (readonly Said[])[];
  /** True once a payment has been begun that can be cancelled. */
  readonly paysHere: boolean;
};

const duePhone = { dueMinor: 12_000 } as const;
const inBothLanguages = (...prompts: readonly string[]): readonly Said[] =>
  languageCodes.flatMap((language) => prompts.map((prompt) => ({ prompt, language })));

async function goesBy(caller: Caller, firstKey: string, ...turns: Parameters<typeof answersInTurn>[1][]) {
  await caller.presses(firstKey);
  await answersInTurn(caller, ...turns);
  return caller;
}

/** All of them. */
export const places: readonly Place[] = [
  {
    name: 'the language',
    state: 'choose-language.askLanguage',
    wishes: { language: undefined },
    goThere: async (lab, { phone }) => dial(lab, { from: phone }),
    question: () => [...inBothLanguages('welcome'), ...menus.language],
    wrongKeys: '7',
    afterStar: () => [menus.language],
    paysHere: false,
  },
  {
    name: 'the main menu',
    state: 'conversation.mainMenu',
    goThere: async (lab, customer) => goesBy(await callsIn(lab, customer), '*'),
    question: () => [...mainMenu('en'), ...menus.otherPace],
    wrongKeys: '8',
    afterStar: () => [[...mainMenu('en'), ...menus.otherPace]],
    paysHere: false,
  },
  {
    name: 'the balances menu',
    state: 'conversation.menu:1',
    goThere: async (lab, customer) => goesBy(await callsIn(lab, customer), '1'),
    question: () => menuBehind('1'),
    wrongKeys: '7',
    afterStar: () => [mainMenu('en')],
    paysHere: false,
  },
  {
    name: 'whose phone to recharge',
    state: 'recharge.askWhose',
    goThere: async (lab, customer) => goesBy(await callsIn(lab, customer), '2'),
    question: () => [...menus.whoseRecharge],
    wrongKeys: '5',
    afterStar: () => [mainMenu('en')],
    paysHere: true,
  },
  {
    name: 'the phone number',
    state: 'recharge-phone.askPhone',
    goThere: async (lab, customer) => goesBy(await callsIn(lab, customer), '2', [menus.whoseRecharge, '2']),
    question: () => ['phone.ask'],
    wrongKeys: '123#',
    paysHere: true,
  },
  {
    name: 'the amount',
    state: 'recharge.askAmount',
    goThere: async (lab, customer) => goesBy(await callsIn(lab, customer), '2', [menus.whoseRecharge, '1']),
    question: () => ['recharge.ask-amount'],
    wrongKeys: '0#',
    paysHere: true,
  },
  {
    name: 'which card',
    state: 'choose-card.askWhich',
    wishes: { cards: 2 },
    goThere: async (lab, customer) => goesBy(await callsIn(lab, customer), '1', [menus.balances, '1']),
    question: ({ card, cards }) => spoken.whichOf(card, cards[1] ?? card),
    wrongKeys: '3',
    afterStar: () => [mainMenu('en')],
    paysHere: false,
  },
  {
    name: 'the card number',
    state: 'choose-card.askNumber',
    wishes: { cards: 0 },
    goThere: async (lab, customer) => goesBy(await callsIn(lab, customer), '1', [menus.balances, '1']),
    question: () => ['card.ask-number'],
    wrongKeys: '123#',
    paysHere: false,
  },
  {
    name: 'how much of the bill',
    state: 'bill.askHowMuch',
    wishes: duePhone,
    goThere: async (lab, customer) => goesBy(await callsIn(lab, customer), '3', [menus.whoseBill, '1']),
    question: ({ dueMinor }) => spoken.howMuch(dueMinor),
    wrongKeys: '5',
    afterStar: () => [mainMenu('en')],
    paysHere: true,
  },
  {
    name: "the bill's amount",
    state: 'bill.askAmount',
    wishes: duePhone,
    goThere: async (lab, customer) =>
      goesBy(
        await callsIn(lab, customer),
        '3',
        [menus.whoseBill, '1'],
        [spoken.howMuch(customer.dueMinor), '2'],
      ),
    question: ({ dueMinor }) => [spoken.billAmount(dueMinor)],
    wrongKeys: '0#',
    paysHere: true,
  },
  {
    name: 'the confirmation',
    state: 'pay.confirmPayment',
    goThere: async (lab, customer) =>
      goesBy(await callsIn(lab, customer), '2', [menus.whoseRecharge, '1'], ['recharge.ask-amount', '40#']),
    question: ({ card }) => spoken.confirm('recharge', 4_000, thisPhone, card),
    wrongKeys: '5',
    afterStar: () => [['cancelled', 'nothing-paid'], mainMenu('en')],
    paysHere: true,
  },
  {
    name: 'the PIN',
    state: 'enter-pin.askPin',
    goThere: async (lab, customer) => {
      const { phone, card } = customer;
      const caller = await callsIn(lab, customer);
      await ordersRecharge(caller, phone, { amountYuan: 40, card, phone });
      await caller.presses('1');
      return caller;
    },
    question: () => ['pin.ask'],
    wrongKeys: '123#',
    paysHere: true,
  },
];

/** Returns the place of that name. */
export function placeOf(name: string): Place {
  const place = places.find((each) => each.name === name);
  if (place === undefined) {
    throw new Error(`there is no place "${name}"`);
  }
  return place;
}
