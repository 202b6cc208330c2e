/** What callers should hear, with the values filled in. */

import type { Language, Utterance } from '../../../src/dialogue/line.js';
import { menuPlan } from '../../../src/dialogue/menu-plan.js';
import { asCard, asMoney, asNumber, asPhone, asReference, asTime } from '../../../src/dialogue/said.js';
import { languageCodes } from '../../../src/languages/catalogue.js';
import { money } from '../../../src/money.js';
import { catalogue } from '../../../src/services/catalogue.js';
import type { CustomerCard } from './customers.js';

type Values = Utterance['values'];
const fill = (prompt: string, values: Values): Utterance => ({ prompt, values });
const amountOf = (amountMinor: number) => asMoney(money(amountMinor));
const reference = (rrn: string) => fill('reference', { reference: asReference(rrn) });

/** How the phone that calls is named. */
export const thisPhone = 'this phone';

/** Returns how `phone` is named to a caller whose own is `own`. */
export function nameOfPhone(phone: string, own: string): string {
  return phone === own ? thisPhone : phone;
}

const phoneNamed = (name: string) => (name === thisPhone ? asPhone('', '') : asPhone(name));

/** The label of a choice, with the key that makes it. */
function choice(key: string, prompt: string): Utterance {
  return { prompt, key };
}

/** What menus announce. */
export const menus = {
  language: [
    { ...choice('1', 'choice.language'), language: 'en' },
    { ...choice('2', 'choice.language'), language: 'zh' },
  ],
  balances: [choice('1', 'card-balance.menu'), choice('2', 'phone-balance.menu')],
  whoseRecharge: [choice('1', 'recharge.this-phone'), choice('2', 'recharge.another-phone')],
  whoseBill: [
    ...[choice('1', 'bill.this-phone'), choice('2', 'bill.another-phone')],
    choice('3', 'bill.order'),
  ],
  payment: [choice('1', 'choice.pay'), choice('2', 'choice.change'), choice('*', 'choice.cancel')],
  order: [choice('1', 'choice.pay'), choice('2', 'choice.do-not-pay')],
  anotherService: [choice('1', 'choice.another-service'), { prompt: 'or-hang-up' }],
  onceMore: [choice('1', 'choice.once-more'), { prompt: 'or-any-other-key' }],
  otherPace: [choice('9', 'pace.offer-slow')],
} as const satisfies Record<string, readonly Utterance[]>;

/** Prompts that carry values. Amounts are in fen; a reference is given as the payment's RRN. */
export const spoken = {
  cardBalance: (balanceMinor: number, card: CustomerCard) =>
    fill('card-balance.told', { balance: amountOf(balanceMinor), card: asCard(card) }),
  phoneBalance: (balanceMinor: number) => fill('phone-balance.told', { balance: amountOf(balanceMinor) }),
  confirm: (
    service: 'recharge' | 'bill',
    amountMinor: number,
    phone: string,
    card: CustomerCard,
  ): readonly Utterance[] => [
    fill(`${service}.read-back`, { amount: amountOf(amountMinor), phone: phoneNamed(phone) }),
    fill('card.read-back', { card: asCard(card) }),
    ...menus.payment,
  ],
  /** The time of the place is 8 hours east of UTC. */
  sameBefore: (at: Date) => {
    const there = new Date(at.getTime() + 8 * 3_600_000);
    return fill('pay.same-before', {
      time: asTime({ hour: there.getUTCHours(), minute: there.getUTCMinutes() }),
    });
  },
  order: (service: 'recharge' | 'bill', amountMinor: number, phone: string) =>
    fill(`${service}.announced`, { amount: amountOf(amountMinor), phone: phoneNamed(phone) }),
  confirmOrder: (
    service: 'recharge' | 'bill',
    amountMinor: number,
    phone: string,
    card: CustomerCard,
  ): readonly Utterance[] => [
    fill(`${service}.read-back`, { amount: amountOf(amountMinor), phone: phoneNamed(phone) }),
    fill('card.read-back', { card: asCard(card) }),
    ...menus.order,
  ],
  agentPaid: (amountMinor: number, rrn: string) =>
    fill('agent.paid', { amount: amountOf(amountMinor), reference: asReference(rrn) }),
  paid: (service: 'recharge' | 'bill', amountMinor: number, rrn: string): readonly Utterance[] => [
    fill(`${service}.paid`, { amount: amountOf(amountMinor) }),
    reference(rrn),
  ],
  declined: (amountMinor: number) => fill('payment.declined', { amount: amountOf(amountMinor) }),
  returning: (amountMinor: number, rrn: string): readonly Utterance[] => [
    fill('payment.returning', { amount: amountOf(amountMinor) }),
    reference(rrn),
  ],
  unresolved: (amountMinor: number, rrn: string): readonly Utterance[] => [
    fill('payment.unresolved', { amount: amountOf(amountMinor) }),
    reference(rrn),
  ],
  news: (
    outcome: 'paid' | 'returned' | 'being-returned' | 'not-known-yet',
    amountMinor: number,
    phone: string,
    rrn: string,
    service = 'recharge',
  ): readonly Utterance[] => [
    fill(outcome === 'paid' ? `${service}.went-through` : `news.${outcome}`, {
      amount: amountOf(amountMinor),
      phone: phoneNamed(phone),
    }),
    reference(rrn),
  ],
  howMuch: (dueMinor: number): readonly Utterance[] => [
    fill('bill.due', { due: amountOf(dueMinor) }),
    choice('1', 'bill.all-of-it'),
    choice('2', 'bill.part-of-it'),
  ],
  billAmount: (dueMinor: number) => fill('bill.ask-amount', { due: amountOf(dueMinor) }),
  nothingDue: (phone: string) => fill('bill.nothing-due', { phone: phoneNamed(phone) }),
  wrongPin: (triesLeft: number) => fill('pin.wrong', { tries: asNumber(triesLeft) }),
  justLocked: (card: CustomerCard) => fill('card.just-locked', { card: asCard(card) }),
  locked: (card: CustomerCard) => fill('card.locked', { card: asCard(card) }),
  whichOf: (first: CustomerCard, second: CustomerCard): readonly Utterance[] => [
    fill('card.ask-which', {}),
    { ...fill('choice.card', { card: asCard(first) }), key: '1' },
    { ...fill('choice.card', { card: asCard(second) }), key: '2' },
  ],
};

/** The choice of another language, in each of the others. */
function otherLanguages(language: Language): readonly Utterance[] {
  const others = languageCodes.filter((each) => each !== language);
  return others.map((each) => ({ ...choice('4', 'choice.language'), language: each }));
}

/** The main menu: the services, and the menus that others lie in; its last choice is in the other languages. */
export function mainMenu(language: Language): readonly Utterance[] {
  return [...menuBehind(''), ...otherLanguages(language)];
}

/** What the menu that these digits lead to announces. */
export function menuBehind(digits: string): readonly Utterance[] {
  return Array.from('123456789', (key): readonly Utterance[] => {
    const path = `${digits}${key}`;
    const service = catalogue.services.find((each) => each.path === path);
    const isMenu = catalogue.services.some((each) => each.path.startsWith(path));
    const [label] = (service?.label ?? (isMenu ? menuPlan[path] : undefined))?.names ?? [];
    return label === undefined ? [] : [choice(key, label)];
  }).flat();
}

type Why = 'noinput-1' | 'noinput-2' | 'nomatch-1' | 'nomatch-2';

/** A question asked again after silence or a wrong key, for the first or the second time. */
export function again(question: string | Utterance, why: Why): Utterance {
  const utterance = typeof question === 'string' ? { prompt: question } : question;
  return { ...utterance, prompt: `${utterance.prompt}/${why}` };
}

/** A menu asked again: its choices, and at last the ways out of it. `star`: what the star does there. */
export function menuAgain(
  choices: readonly Utterance[],
  why: Why,
  star: 'choice.back' | 'choice.hear-again' | undefined,
): readonly Utterance[] {
  const waysOut = why.endsWith('-2')
    ? [...(star === undefined ? [] : [choice('*', star)]), choice('0', 'choice.agent')]
    : [];
  return [{ prompt: `menu.${why}` }, ...choices, ...waysOut];
}
