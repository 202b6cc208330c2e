/** The prompts of the core: what is said whatever the service. */
import type { DeclineReason } from '../decline-reason.js';
import { declarePrompts, type Said } from './said.js';

const core = declarePrompts({
  questions: {
    'phone.ask': {},
    'card.ask-number': {},
    'pin.ask': {},
    'order.ask-code': {},
  },
  statements: {
    welcome: {},
    'welcome.transferred': {},
    /** So many results of earlier payments were not told. */
    'menu.more-news': { count: 'number' },
    /** How a menu is asked again: after silence, and after a key that is no choice. */
    'menu.noinput-1': {},
    'menu.noinput-2': {},
    'menu.nomatch-1': {},
    'menu.nomatch-2': {},
    /** Labels of choices. */
    'choice.language': {},
    'choice.back': {},
    'choice.hear-again': {},
    'choice.agent': {},
    'choice.pay': {},
    'choice.change': {},
    'choice.cancel': {},
    'choice.do-not-pay': {},
    'choice.another-service': {},
    'or-hang-up': {},
    'nothing-paid-yet': {},
    'choice.once-more': {},
    'choice.more': {},
    'or-any-other-key': {},
    /** How an earlier call's work is gone on with, when its service has no words for it; and what else can be done. */
    'choice.go-on': {},
    'or-main-menu': {},
    /** How to choose the other pace, and that it was chosen. */
    'pace.offer-slow': {},
    'pace.offer-normal': {},
    'pace.slow': {},
    'pace.normal': {},
    'your-choice': {},
    cancelled: {},
    'nothing-paid': {},
    goodbye: {},
    'goodbye.silent': {},
    'goodbye.wrong-keys': {},
    /** Said by the call itself, before a question that an interruption cut short is asked again. */
    'sorry-once-more': {},
    'sorry-interrupted': {},
    'sorry-interrupted.agent': {},
    'not-possible-now': {},

    'wait.one-moment': {},
    'wait.still-working': {},
    'wait.thank-you': {},

    'agents.connecting': {},
    'agents.instead': {},
    'agents.returning': {},
    'agents-unavailable': {},
    'order.unknown': {},
    'order.no-such-code': {},
    'order.paid': {},
    'order.being-paid': {},
    'order.cancelled': {},
    'order.expired': {},
    'order.nothing-taken': {},
    'assisted.began': {},

    /** Said to an agent before they are joined with their caller again, or instead. */
    'agent.paid': { amount: 'money', reference: 'reference' },
    'agent.not-paid': {},
    'agent.not-known': {},
    'agent.caller-gone': {},
    'agent.connecting-caller': {},

    'phone.unknown': {},
    'phone.asked-too-often': {},
    'carrier.unavailable': {},
    'bank.unavailable': {},

    'card.ask-which': {},
    'choice.card': { card: 'card-ending' },
    'card.refused': {},
    'card.locked': { card: 'card-ending' },
    'card.just-locked': { card: 'card-ending' },
    'pin.wrong': { tries: 'number' },

    /** Said before a payment like one of a short while ago, and how to pay all the same. */
    'pay.same-before': { time: 'time' },

    'card.read-back': { card: 'card-ending' },
    'payment.declined': { amount: 'money' },
    'payment.returning': { amount: 'money' },
    'payment.unresolved': { amount: 'money' },
    'payment.unavailable': { amount: 'money' },
    /** Said after what came of a payment. */
    reference: { reference: 'reference' },
    'next.text-message': {},
    'next.keep-reference': {},
    'next.ask-agent': {},

    'declined.insufficient-funds': {},
    'declined.expired-card': {},
    'declined.amount-limit': {},
    'declined.count-limit': {},
    'declined.card-not-usable': {},
    'declined.card-blocked': {},
    'declined.pin-tries-exceeded': {},
    'declined.not-permitted': {},
    'declined.invalid-amount': {},
    'declined.contact-bank': {},
    'declined.try-later': {},
    'declined.card-locked': {},
    'declined.caller-locked': {},
    'declined.not-proven': {},
    'news.returned': { amount: 'money' },
    'news.being-returned': { amount: 'money' },
    'news.not-known-yet': { amount: 'money' },
  },
});

export const { says, part: corePrompts } = core;
/** Name of a prompt of the core. */
export type KnownPrompt = Extract<Parameters<typeof says>[0], string>;

/** The prompt for each reason why a bank says no. */
export const declinedPrompts = {
  'insufficient-funds': says('declined.insufficient-funds'),
  'expired-card': says('declined.expired-card'),
  'amount-limit': says('declined.amount-limit'),
  'count-limit': says('declined.count-limit'),
  'card-not-usable': says('declined.card-not-usable'),
  'card-blocked': says('declined.card-blocked'),
  'pin-tries-exceeded': says('declined.pin-tries-exceeded'),
  'not-permitted': says('declined.not-permitted'),
  'invalid-amount': says('declined.invalid-amount'),
  'contact-bank': says('declined.contact-bank'),
  'try-later': says('declined.try-later'),
  'card-locked': says('declined.card-locked'),
  'caller-locked': says('declined.caller-locked'),
  'not-proven': says('declined.not-proven'),
} as const satisfies Record<DeclineReason, Said<unknown>>;
