/**
 * The one policy for questions (VoiceXML 2.1 terms): what silence, wrong keys, repeats, `*`, `0` and a
 * hang-up do, wherever a caller is asked something. Charts say only what their own answers mean.
 */
import {
  type Base,
  type DrawnEdge,
  drawnEdges,
  type Edge,
  type Edges,
  type EdgesByEvent,
  edgeList,
  keeping,
  type State,
  type Step,
} from './chart.js';
import type { Answer, Delivery, Listen, Utterance } from './line.js';
import { says } from './prompt.js';
import { type Said, saysAll, saysChoice, saysNothing, saysWhen } from './said.js';
import { leaves } from './step.js';

/** Re-prompts after silence, and after wrong keys; they are counted apart. */
const reprompts = 2;
/** Times that a question is heard again or skipped on request; further requests count as wrong keys. */
const repeats = 3;

type AnswerOf<T extends Answer['type']> = Extract<Answer, { type: T }>;

/** What all questions have. `C` is the chart's context. */
type Question<C> = {
  /** Heard before the question, but not before its re-prompts. */
  readonly before?: Said<C> | undefined;
  /**
   * Heard to its end before every asking but a skipped one, re-prompts too: the money that is confirmed. Keys
   * pressed meanwhile answer the question; what was keyed before is dropped.
   */
  readonly heardFirst?: Said<C> | undefined;
  /** Heard to its end whatever is keyed, when it holds. */
  readonly uninterruptible?: ((context: C) => boolean) | undefined;
  readonly dropsTypeAhead?: boolean | undefined;
  /** What is known once the question is left. */
  readonly leaving?: ((context: C) => Partial<C>) | undefined;
};

/** One choice of a menu. */
export type Choice<C> = Edge<C, AnswerOf<'key'>> & {
  readonly key: string;
  /** What the choice is. How it is made is added by the channel: no text contains a key. */
  readonly label: Said<C>;
};

/** A question that one key answers. */
export type Menu<C> = Question<C> & {
  /** Said before the choices. */
  readonly lead?: Said<C> | undefined;
  /** In the order in which they are announced; one whose guard does not hold is not there. */
  readonly choices: readonly Choice<C>[];
  /** Said after the choices. */
  readonly tail?: Said<C> | undefined;
  /** Said when the question is asked again, before the choices: what must be known before anything is chosen. */
  readonly reminder?: Said<C> | undefined;
  /** What `*` does; it goes back when nothing else is said, and repeats in the main menu. */
  readonly star?: Edge<C, AnswerOf<'key'>> | Omit<Choice<C>, 'key'> | 'repeats' | undefined;
  /** What `9` does, offered to whoever needs help; it repeats when nothing else is said. */
  readonly nine?: Omit<Choice<C>, 'key'> | undefined;
  /** Where silence and any other key but `0` lead at once: the question is asked only once. */
  readonly otherwise?: Edge<C, unknown> | undefined;
};

/** Asks for one key. `0` agent, `9` repeat, `#` skip on, `*` back hold in every menu. */
export function menu<C extends Base>(config: Menu<C>): State<C> {
  const { star = leaves<C>('back'), nine = hearsAgain<C>('again'), otherwise } = config;
  const universal =
    otherwise === undefined
      ? [
          forKey('*', star === 'repeats' ? hearsAgain<C>('again') : star),
          forKey('0', leaves<C>('agent')),
          forKey('9', nine),
          forKey('#', hearsAgain<C>('skipped')),
          ...afterWrongKeys<C>(),
        ]
      : [forKey('0', leaves<C>('agent')), otherwise];
  const key = [...config.choices.map((choice) => forKey(choice.key, choice)), ...universal];
  const means = (context: C, choice: Choice<C>) =>
    choice.guard?.(context, { type: 'key', key: choice.key }) ?? true;
  const choices = (context: C) => [
    ...config.choices.filter((choice) => means(context, choice)).map((choice) => choice.key),
    ...(otherwise === undefined ? ['*', '0', '9', '#'] : ['0']),
  ];
  const own: EdgesByEvent<C> =
    otherwise === undefined ? { key } : { key, silence: otherwise, nomatch: otherwise };
  return question(
    config,
    { for: 'key' },
    {
      own,
      choices,
      drawn: drawnChoices(config),
      says: announces(config, means),
    },
  );
}

function drawnChoices<C>({ choices, star, nine, otherwise }: Menu<C>): readonly DrawnEdge[] {
  const edges: readonly (readonly [string, Edge<C, never>])[] = [
    ...choices.map((choice) => [choice.key, choice] as const),
    ...(star === undefined || star === 'repeats' ? [] : [['*', star] as const]),
    ...(nine === undefined ? [] : [['9', nine] as const]),
    ...(otherwise === undefined ? [] : [['otherwise', otherwise] as const]),
  ];
  return edges.flatMap(([label, { target }]) => (target === undefined ? [] : [{ label, target }]));
}

/** Says a menu: its lead, its choices, and on the second try the ways out of it. */
function announces<C extends Base>(
  config: Menu<C>,
  means: (context: C, choice: Choice<C>) => boolean,
): Said<C> {
  const { before = saysNothing, lead = saysNothing, tail = saysNothing, reminder = saysNothing } = config;
  const { star, nine } = config;
  const choices = saysAll(
    ...config.choices.map((choice) =>
      saysWhen((context: C) => means(context, choice), saysChoice(choice.key, choice.label)),
    ),
    ...(star !== undefined && star !== 'repeats' && 'label' in star ? [saysChoice('*', star.label)] : []),
  );
  const waysOut = saysAll<C>(
    ...(star === 'repeats' ? [saysChoice('*', says('choice.hear-again'))] : []),
    ...(star === undefined || (star !== 'repeats' && !('label' in star))
      ? [saysChoice('*', says('choice.back'))]
      : []),
    saysChoice('0', says('choice.agent')),
  );
  const listed = saysAll<C>(
    lead,
    choices,
    ...(nine === undefined ? [] : [saysWhen(needsHelp, saysChoice('9', nine.label))]),
    saysWhen(isLastTry, waysOut),
    tail,
  );
  return saysByTries({
    first: saysAll(before, listed),
    again: listed,
    afterSilence: (nth) => saysAll(says(nth === 1 ? 'menu.noinput-1' : 'menu.noinput-2'), reminder, listed),
    afterWrongKey: (nth) => saysAll(says(nth === 1 ? 'menu.nomatch-1' : 'menu.nomatch-2'), reminder, listed),
  });
}

/** Whoever hears a menu a second time may have found it too fast. */
function needsHelp({ tries }: Base): boolean {
  return (
    tries.ask === 'again' ||
    (tries.ask === 'silence' && tries.silence === 1) ||
    (tries.ask === 'nomatch' && tries.nomatch === 1)
  );
}

function isLastTry({ tries }: Base): boolean {
  return (
    (tries.ask === 'silence' && tries.silence === reprompts) ||
    (tries.ask === 'nomatch' && tries.nomatch === reprompts)
  );
}

function forKey<C>(
  key: string,
  { keep, target, ...edge }: Edge<C, AnswerOf<'key'>>,
): Edge<C, AnswerOf<'key'>> {
  return {
    ...{ keep, target },
    guard: (context, event) => event.key === key && (edge.guard?.(context, event) ?? true),
  };
}

/** A question that several digits answer. */
export type Entry<C> = Question<C> & {
  /** What is asked. The first prompt has re-prompts (see said.ts), which replace it when asking again. */
  readonly ask: Said<C>;
  readonly listen: Exclude<Listen, { for: 'key' }>;
  /** What the answer leads to. Digits that meet no guard do not fit. */
  readonly digits?: Edges<C, AnswerOf<'digits'>>;
  readonly secret?: Edges<C, AnswerOf<'secret'>>;
  /** What `**` does; it cancels when nothing else is said. */
  readonly cancel?: Edge<C, AnswerOf<'cancel'>>;
};

/** Asks for digits. `*` clears and `**` cancels; whoever collects the digits sees to the first of them. */
export function entry<C extends Base>(config: Entry<C>): State<C> {
  const { listen, digits, secret, cancel = leaves<C>('cancelled') } = config;
  const own = {
    ...(digits === undefined ? {} : { digits }),
    ...(secret === undefined ? {} : { secret }),
  };
  const on: EdgesByEvent<C> = {
    ...(digits === undefined ? {} : { digits: [...edgeList(digits), ...afterWrongKeys<C>()] }),
    ...(secret === undefined ? {} : { secret: [...edgeList(secret), ...afterWrongKeys<C>()] }),
    cancel,
  };
  return question(config, listen, {
    own: on,
    drawn: drawnEdges(own as EdgesByEvent<C>),
    choices: () => [],
    says: asks(config),
  });
}

/** Says a question as its tries demand: whole, or as a re-prompt. */
function asks<C extends Base>({ ask, before = saysNothing }: Entry<C>): Said<C> {
  const reprompt = (suffix: string): Said<C> => ({
    names: ask.names,
    of: (context) => asReprompt(ask.of(context), suffix),
  });
  return saysByTries({
    first: saysAll(before, ask),
    again: ask,
    afterSilence: (nth) => reprompt(`noinput-${nth}`),
    afterWrongKey: (nth) => reprompt(`nomatch-${nth}`),
  });
}

type Asked<C> = {
  readonly own: EdgesByEvent<C>;
  readonly drawn: readonly DrawnEdge[];
  readonly choices: (context: C) => readonly string[];
  readonly says: Said<C>;
};

function question<C extends Base>(
  config: Question<C>,
  listen: Listen,
  { own, drawn, choices, says: asked }: Asked<C>,
): State<C> {
  const { heardFirst, uninterruptible, dropsTypeAhead = false, leaving } = config;
  const delivery = (context: C): Delivery => ({
    interruptible: !(uninterruptible?.(context) ?? false),
    dropsTypeAhead,
  });
  const step: Step<C> = {
    step: 'ask',
    says: asked,
    heardFirst:
      heardFirst === undefined
        ? saysNothing
        : saysWhen(({ tries }: C) => tries.ask !== 'skipped', heardFirst),
    delivery,
    listen,
    choices,
  };
  const on: EdgesByEvent<C> = {
    silence: [
      {
        guard: ({ tries }) => tries.silence < reprompts,
        keep: ({ tries }) => keeping<C>({ tries: { ...tries, silence: tries.silence + 1, ask: 'silence' } }),
      },
      leaves<C>('silent'),
    ],
    nomatch: afterWrongKeys<C>(),
    hangup: leaves<C>('hung-up'),
    ...own,
  };
  return { step, on, drawn, leaving };
}

type ByTries<C> = {
  readonly first: Said<C>;
  readonly again: Said<C>;
  readonly afterSilence: (nth: number) => Said<C>;
  readonly afterWrongKey: (nth: number) => Said<C>;
};

/** Says a question as its tries demand: whole, asked again in other words, or skipped. */
function saysByTries<C extends Base>({ first, again, afterSilence, afterWrongKey }: ByTries<C>): Said<C> {
  const skipped: Said<C> = says('your-choice');
  const said = ({ tries }: C) => {
    switch (tries.ask) {
      case 'first':
        return first;
      case 'again':
        return again;
      case 'skipped':
        return skipped;
      case 'silence':
        return afterSilence(tries.silence);
      case 'nomatch':
        return afterWrongKey(tries.nomatch);
    }
  };
  return {
    names: [...first.names, ...afterSilence(1).names, ...afterWrongKey(1).names],
    of: (context) => said(context).of(context),
  };
}

function asReprompt([first, ...rest]: readonly Utterance[], suffix: string): readonly Utterance[] {
  return first === undefined ? [] : [{ ...first, prompt: `${first.prompt}/${suffix}` }, ...rest];
}

function afterWrongKeys<C extends Base>(): Edge<C, unknown>[] {
  return [
    {
      guard: ({ tries }) => tries.nomatch < reprompts,
      keep: ({ tries }) => keeping<C>({ tries: { ...tries, nomatch: tries.nomatch + 1, ask: 'nomatch' } }),
    },
    leaves<C>('wrong-keys'),
  ];
}

function hearsAgain<C extends Base>(ask: 'again' | 'skipped'): Edge<C, unknown> {
  return {
    guard: ({ tries }) => tries.repeats < repeats,
    keep: ({ tries }) => keeping<C>({ tries: { ...tries, repeats: tries.repeats + 1, ask } }),
  };
}
