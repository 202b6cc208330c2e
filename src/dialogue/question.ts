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
import type { KnownPrompt } from './prompt.js';
import { type Said, saysNothing, saysWhen } from './said.js';
import { leaves } from './step.js';

/** Re-prompts after silence, and after wrong keys; they are counted apart. */
const reprompts = 2;
/** Times that a question is heard again or skipped on request; further requests count as wrong keys. */
const repeats = 3;

type AnswerOf<T extends Answer['type']> = Extract<Answer, { type: T }>;

/** What all questions have. `C` is the chart's context. */
type Question<C> = {
  /** What is asked. The first prompt has re-prompts (see prompt.ts), which replace it when asking again. */
  readonly ask: Said<C>;
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

/** A question that one key answers. */
export type Menu<C> = Question<C> & {
  readonly keys: Readonly<Record<string, Edge<C, AnswerOf<'key'>>>>;
  /** What `*` does; it goes back when nothing else is said, and repeats in the main menu. */
  readonly star?: Edge<C, AnswerOf<'key'>> | 'repeats' | undefined;
  /** What `9` does; it repeats when nothing else is said. */
  readonly nine?: Edge<C, AnswerOf<'key'>> | undefined;
  /** Where silence and any other key but `0` lead at once: the question is asked only once. */
  readonly otherwise?: Edge<C, unknown> | undefined;
};

/** Asks for one key. `0` agent, `9` repeat, `#` skip on, `*` back hold in every menu. */
export function menu<C extends Base>(config: Menu<C>): State<C> {
  const { keys, star = leaves<C>('back'), nine = hearsAgain<C>('again'), otherwise } = config;
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
  const key = [...Object.entries(keys).map(([digit, edge]) => forKey(digit, edge)), ...universal];
  const drawn = Object.entries({
    ...keys,
    ...(config.star === undefined || star === 'repeats' ? {} : { '*': star }),
    ...(config.nine === undefined ? {} : { '9': config.nine }),
    ...(otherwise === undefined ? {} : { otherwise }),
  }).flatMap(([label, { target }]) => (target === undefined ? [] : [{ label, target }]));
  const choices = (context: C) => {
    const means = (digit: string) => keys[digit]?.guard?.(context, { type: 'key', key: digit }) ?? true;
    return [...Object.keys(keys).filter(means), ...(otherwise === undefined ? ['*', '0', '9', '#'] : ['0'])];
  };
  const own: EdgesByEvent<C> =
    otherwise === undefined ? { key } : { key, silence: otherwise, nomatch: otherwise };
  return question(config, { for: 'key' }, own, drawn, choices);
}

function forKey<C>(key: string, edge: Edge<C, AnswerOf<'key'>>): Edge<C, AnswerOf<'key'>> {
  return {
    ...edge,
    guard: (context, event) => event.key === key && (edge.guard?.(context, event) ?? true),
  };
}

/** A question that several digits answer. */
export type Entry<C> = Question<C> & {
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
  return question(config, listen, on, drawnEdges(own as EdgesByEvent<C>), () => []);
}

function question<C extends Base>(
  config: Question<C>,
  listen: Listen,
  own: EdgesByEvent<C>,
  drawn: readonly DrawnEdge[],
  choices: (context: C) => readonly string[],
): State<C> {
  const { ask, before, heardFirst, uninterruptible, dropsTypeAhead = false, leaving } = config;
  const delivery = (context: C): Delivery => ({
    interruptible: !(uninterruptible?.(context) ?? false),
    dropsTypeAhead,
  });
  const step: Step<C> = {
    step: 'ask',
    says: asksByTries(ask, before),
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

/** Says the question as its tries demand: whole, as a re-prompt, or skipped. */
function asksByTries<C extends Base>(ask: Said<C>, before: Said<C> | undefined): Said<C> {
  const skipped: KnownPrompt = 'your-choice';
  return {
    names: [...(before?.names ?? []), ...ask.names],
    of: (context) => {
      const { tries } = context;
      switch (tries.ask) {
        case 'first':
          return [...(before?.of(context) ?? []), ...ask.of(context)];
        case 'again':
          return ask.of(context);
        case 'skipped':
          return [{ prompt: skipped }];
        case 'silence':
          return asReprompt(ask.of(context), `noinput-${tries.silence}`);
        case 'nomatch':
          return asReprompt(ask.of(context), `nomatch-${tries.nomatch}`);
      }
    },
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
