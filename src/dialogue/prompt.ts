/**
 * Every prompt that dialogues can say, with the values each one carries. A prompt that is not listed here
 * cannot be said: the compiler checks name and values, a test checks both against prompts/<language>.
 */
import type { DeclineReason } from '../decline-reason.js';
import type { Money } from '../money.js';
import type { Language, PromptName, SpokenValue, Utterance } from './line.js';

/** What a placeholder of a prompt is filled with. */
type ValueKind = SpokenValue['as'];

/** Prompts that ask: each has the re-prompts of `repromptSuffixes` besides its own text. */
const questions = {
  'language.ask': {},
  'menu.main': {},
  'menu.balances': {},
  'recharge.ask-whose': {},
  'bill.ask-whose': {},
  'bill.ask-which': {},
  'phone.ask': {},
  'recharge.ask-amount': {},
  'bill.ask-how-much': { due: 'money' },
  'bill.ask-amount': { due: 'money' },
  'card.ask-which': {},
  'card.ask-number': {},
  'pin.ask': {},
  'pay.confirm': {},
  'order.ask-code': {},
  'order.confirm': {},
} as const satisfies Record<PromptName, Record<string, ValueKind>>;

/** Prompts that tell. */
const statements = {
  welcome: {},
  'welcome.transferred': {},
  'menu.other-language': {},
  /** How to choose the other pace, and that it was chosen. */
  'pace.offer-slow': {},
  'pace.offer-normal': {},
  'pace.slow': {},
  'pace.normal': {},
  'your-choice': {},
  'another-service': {},
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

  'order.recharge': { amount: 'money', phone: 'phone' },
  'order.bill': { amount: 'money', phone: 'phone' },
  'order.unknown': {},
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
  'carrier.unavailable': {},
  'bank.unavailable': {},
  'bill.nothing-due': { phone: 'phone' },

  'card.key-1': { card: 'card-ending' },
  'card.key-2': { card: 'card-ending' },
  'card.key-3': { card: 'card-ending' },
  'card.key-4': { card: 'card-ending' },
  'card.refused': {},
  'card.locked': { card: 'card-ending' },
  'card.just-locked': { card: 'card-ending' },
  'pin.wrong': { tries: 'number' },

  'balance.card': { balance: 'money', card: 'card-ending' },
  'balance.phone': { balance: 'money' },
  'balance.not-told': {},

  /** What is to be paid, heard before it is confirmed. */
  'recharge.read-back': { amount: 'money', phone: 'phone' },
  'bill.read-back': { amount: 'money', phone: 'phone' },
  'card.read-back': { card: 'card-ending' },

  'recharge.paid': { amount: 'money' },
  'bill.paid': { amount: 'money' },
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

  'news.paid': { amount: 'money', phone: 'phone' },
  'news.returned': { amount: 'money' },
  'news.being-returned': { amount: 'money' },
  'news.not-known-yet': { amount: 'money' },
} as const satisfies Record<PromptName, Record<string, ValueKind>>;

/** How a question is asked again: the second time after silence, after a wrong key, and the third. */
const repromptSuffixes = ['noinput-1', 'noinput-2', 'nomatch-1', 'nomatch-2'] as const;

const prompts = { ...questions, ...statements };
type Prompts = typeof prompts;
/** Name of a prompt that dialogues say. */
export type KnownPrompt = keyof Prompts;

/** The values that prompt `N` must be given. */
type ValuesOf<N extends KnownPrompt> = {
  readonly [V in keyof Prompts[N]]: Extract<SpokenValue, { as: Prompts[N][V] }>;
};

/** One prompt that charts use, with the kind of each placeholder. */
export type PromptInUse = {
  readonly name: PromptName;
  readonly placeholders: Readonly<Record<string, ValueKind>>;
  /** The question that this is a re-prompt of; it may leave out some of its placeholders. */
  readonly repromptOf?: PromptName;
};

/** Returns every prompt that a caller can ever hear, re-prompts included. */
export function promptsInUse(): readonly PromptInUse[] {
  const reprompts = Object.entries(questions).flatMap(([name, placeholders]) =>
    repromptSuffixes.map((suffix) => ({ name: `${name}/${suffix}`, placeholders, repromptOf: name })),
  );
  const all = Object.entries(prompts).map(([name, placeholders]) => ({ name, placeholders }));
  return withUnnamed([...all, ...reprompts]);
}

/**
 * Adds to each prompt that says a name its variant without it, for names that are not recorded. A re-prompt
 * says no names.
 */
export function withUnnamed(used: readonly PromptInUse[]): readonly PromptInUse[] {
  return used.flatMap((prompt) => {
    const others = Object.entries(prompt.placeholders).filter(([, kind]) => kind !== 'name');
    const unnamed = { ...prompt, placeholders: Object.fromEntries(others) };
    if (others.length === Object.keys(prompt.placeholders).length) {
      return [prompt];
    }
    return prompt.repromptOf === undefined
      ? [prompt, { ...unnamed, name: `${prompt.name}/unnamed` }]
      : [unnamed];
  });
}

/** What a state says: which prompts it may use, and which ones it does use in a given context. */
export type Said<C> = {
  readonly names: readonly KnownPrompt[];
  readonly of: (context: C) => readonly Utterance[];
};

type PromptWithoutValues = { [N in KnownPrompt]: keyof Prompts[N] extends never ? N : never }[KnownPrompt];

/** Says the prompt, filled with values from the context. */
export function says<C>(name: PromptWithoutValues): Said<C>;
export function says<C, N extends KnownPrompt>(name: N, values: (context: C) => ValuesOf<N>): Said<C>;
export function says<C, N extends KnownPrompt>(name: N, values?: (context: C) => ValuesOf<N>): Said<C> {
  return {
    names: [name],
    of: (context) => [
      values === undefined ? { prompt: name } : { prompt: name, values: { ...values(context) } },
    ],
  };
}

/** Says one prompt of the table: the one under the key that `choose` takes from the context. */
export function saysOneOf<C, K extends string>(
  table: Readonly<Record<K, Said<C>>>,
  choose: (context: C) => K,
): Said<C> {
  return {
    names: Object.values<Said<C>>(table).flatMap((said) => said.names),
    of: (context) => table[choose(context)].of(context),
  };
}

/** Says all of them, one after the other. */
export function saysAll<C>(...all: readonly Said<C>[]): Said<C> {
  return {
    names: all.flatMap((said) => said.names),
    of: (context) => all.flatMap((said) => said.of(context)),
  };
}

/** Says it only when the condition holds. */
export function saysWhen<C>(condition: (context: C) => boolean, said: Said<C>): Said<C> {
  return { names: said.names, of: (context) => (condition(context) ? said.of(context) : []) };
}

/** Says nothing. */
export const saysNothing: Said<unknown> = { names: [], of: () => [] };

/** Says it in the language that `choose` takes from the context instead of the caller's own. */
export function saysIn<C>(choose: (context: C) => Language | undefined, said: Said<C>): Said<C> {
  return {
    names: said.names,
    of: (context) => said.of(context).map((utterance) => ({ ...utterance, language: choose(context) })),
  };
}

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
} as const satisfies Record<DeclineReason, Said<unknown>>;

export const asMoney = (money: Money) => ({ as: 'money', money }) as const;
export const asNumber = (number: number) => ({ as: 'number', number }) as const;
/** A phone number; when it is the caller's own, it is spoken as "this phone". */
export const asPhone = (digits: string, callerPhone?: string) =>
  digits === callerPhone ? ({ as: 'phone', digits, own: true } as const) : ({ as: 'phone', digits } as const);
export const asCard = (card: { readonly lastFour: string }) =>
  ({ as: 'card-ending', digits: card.lastFour }) as const;
export const asReference = (reference: string) => ({ as: 'reference', digits: reference.slice(-6) }) as const;
