/**
 * How prompts are declared and said. Whoever declares a part of the prompts, the core or a service, gets a
 * `says` of its own: the compiler checks the names and values of that part, a test checks both against
 * prompts/<language>.
 */
import type { Money } from '../money.js';
import type { Language, PromptName, SpokenValue, TimeOfDay, Utterance } from './line.js';

/** What a placeholder of a prompt is filled with. */
type ValueKind = SpokenValue['as'];
type Declared = Readonly<Record<PromptName, Readonly<Record<string, ValueKind>>>>;

/** A part of the prompts: those that ask, which have re-prompts, and those that tell; each with its values. */
export type PromptPart = { readonly questions: Declared; readonly statements: Declared };

type WithoutValues<P extends Declared> = {
  [N in keyof P & string]: keyof P[N] extends never ? N : never;
}[keyof P & string];
/** The values that prompt `N` must be given. */
type ValuesOf<P extends Declared, N extends keyof P> = {
  readonly [V in keyof P[N]]: Extract<SpokenValue, { as: P[N][V] }>;
};

/** Says a prompt of one part, filled with values from the context. */
type Says<P extends Declared> = {
  <C>(name: WithoutValues<P>): Said<C>;
  <C, N extends keyof P & string>(name: N, values: (context: C) => ValuesOf<P, N>): Said<C>;
};

/** Declares a part of the prompts, and returns it with what says them. */
export function declarePrompts<const Q extends Declared, const S extends Declared>(part: {
  readonly questions: Q;
  readonly statements: S;
}): { readonly part: PromptPart; readonly says: Says<Q & S> } {
  const says = <C>(
    name: PromptName,
    values?: (context: C) => Readonly<Record<string, SpokenValue>>,
  ): Said<C> => ({
    names: [name],
    of: (context) => [
      values === undefined ? { prompt: name } : { prompt: name, values: { ...values(context) } },
    ],
  });
  return { part, says };
}

/** How a question is asked again: the second time after silence, after a wrong key, and the third. */
const repromptSuffixes = ['noinput-1', 'noinput-2', 'nomatch-1', 'nomatch-2'] as const;

/** One prompt that charts use, with the kind of each placeholder. */
export type PromptInUse = {
  readonly name: PromptName;
  readonly placeholders: Readonly<Record<string, ValueKind>>;
  /** The question that this is a re-prompt of; it may leave out some of its placeholders. */
  readonly repromptOf?: PromptName;
};

/**
 * Returns every prompt of these parts, re-prompts included.
 * @throws Error when two parts declare the same prompt.
 */
export function promptsInUse(parts: readonly PromptPart[]): readonly PromptInUse[] {
  const used = parts.flatMap(({ questions, statements }) => [
    ...Object.entries({ ...questions, ...statements }).map(([name, placeholders]) => ({
      name,
      placeholders,
    })),
    ...Object.entries(questions).flatMap(([name, placeholders]) =>
      repromptSuffixes.map((suffix) => ({ name: `${name}/${suffix}`, placeholders, repromptOf: name })),
    ),
  ]);
  const names = used.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new Error(`the prompt ${twice} is declared twice`);
  }
  return withUnnamed(used);
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
  readonly names: readonly PromptName[];
  readonly of: (context: C) => readonly Utterance[];
};

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

/** Says it as the label of a choice: in each language that it is said in, its last utterance gets the key. */
export function saysChoice<C>(key: string, label: Said<C>): Said<C> {
  return {
    names: label.names,
    of: (context) => {
      const said = label.of(context);
      return said.map((utterance, index) => {
        const next = said[index + 1];
        const isLast = next === undefined || next.language !== utterance.language;
        return isLast ? { ...utterance, key } : utterance;
      });
    },
  };
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

/** Says what the context holds already in words: what a service said of itself. */
export function saysGiven<C>(choose: (context: C) => readonly Utterance[]): Said<C> {
  return { names: [], of: choose };
}

export const asMoney = (money: Money) => ({ as: 'money', money }) as const;
export const asTime = ({ hour, minute }: TimeOfDay) => ({ as: 'time', hour, minute }) as const;
export const asNumber = (number: number) => ({ as: 'number', number }) as const;
/** A phone number; when it is the caller's own, it is spoken as "this phone". */
export const asPhone = (digits: string, callerPhone?: string) =>
  digits === callerPhone ? ({ as: 'phone', digits, own: true } as const) : ({ as: 'phone', digits } as const);
export const asCard = (card: { readonly lastFour: string }) =>
  ({ as: 'card-ending', digits: card.lastFour }) as const;
export const asReference = (reference: string) => ({ as: 'reference', digits: reference.slice(-6) }) as const;
