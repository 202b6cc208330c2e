/**
 * What a dialogue is made of. A chart is a pure XState machine that uses only events, guards and `assign`;
 * each of its states carries, as typed `meta`, the step that whoever runs it must take: ask, tell, perform
 * work, enter another chart, decide, or end. A `Scene` is a chart at one of its states.
 */
import { type AnyStateMachine, assign, initialTransition, setup, transition } from 'xstate';
import type { Money } from '../money.js';
import type { Answer, Delivery, Language, Listen, Pace, Utterance } from './line.js';
import type { Said } from './said.js';
import type { CardChoice, OfferedItem, PaymentNews, Work, WorkOutcome } from './work.js';

/** Why a dialogue was left before it came to its own end. */
export type Leaving =
  | 'hung-up'
  /** The caller asked for a person. */
  | 'agent'
  /** Too often nothing was keyed. */
  | 'silent'
  /** Too often what was keyed did not fit. */
  | 'wrong-keys'
  /** `*` in a menu. */
  | 'back'
  /** `**` in digit entry, or `*` where money was to be confirmed. */
  | 'cancelled';

/** How a whole conversation ends. */
export type Ending =
  | 'completed'
  | 'caller-hung-up'
  | 'transferred'
  /** The agent who sent the caller gets them back. */
  | 'returned'
  | 'gave-up-silent'
  | 'gave-up-wrong-keys'
  /** The conversation itself broke; work that fails is told to the caller and does not end it. */
  | 'fault';

/** What a dialogue comes to; it is an event of the dialogue that entered it. */
export type End =
  | WorkOutcome
  | { readonly type: 'left'; readonly why: Leaving }
  /** The caller has heard how it came out. */
  | { readonly type: 'finished' }
  | { readonly type: 'languageChosen'; readonly language: Language }
  /** `greeted`: there was news, told after a welcome. */
  | {
      readonly type: 'newsHeard';
      readonly greeted: boolean;
      /** What there is besides: the caller may ask for it. */
      readonly waiting: readonly PaymentNews[];
    }
  | { readonly type: 'itemChosen'; readonly item: OfferedItem }
  | { readonly type: 'cardChosen'; readonly card: CardChoice }
  /** The caller wants another amount; the card is chosen already. */
  | { readonly type: 'change'; readonly card: CardChoice }
  /** `amount`: what is to be paid for this phone, or what is left on it, where that was said. */
  | {
      readonly type: 'phoneFound';
      readonly phone: string;
      readonly amount: Money | undefined;
      readonly nothingDue: boolean;
    }
  /** The last try of the PIN was wrong too. */
  | { readonly type: 'pinLocked' }
  | { readonly type: 'fault' }
  | { readonly type: 'over'; readonly ending: Ending };

/** A line was said: heard to its end, but where a key cut it short. */
export type Told = { readonly type: 'told'; readonly cutShort?: true };

/** What can happen in a dialogue. */
export type DialogueEvent =
  | Answer
  | End
  | Told
  /** A decision is to be taken from what is known. */
  | { readonly type: 'go' };
export type EventType = DialogueEvent['type'];
type EventOf<T extends EventType> = Extract<DialogueEvent, { type: T }>;

/** How often the open question has been answered amiss, and how it is to be asked next. */
type Tries = {
  readonly silence: number;
  readonly nomatch: number;
  /** Times that it was heard again, or skipped, on request. */
  readonly repeats: number;
  readonly ask: 'first' | 'silence' | 'nomatch' | 'again' | 'skipped';
};
const noTries: Tries = { silence: 0, nomatch: 0, repeats: 0, ask: 'first' };

/** What every chart knows. */
export type Base = {
  /** Undefined: not chosen yet, so that everything is said in every language. */
  readonly language: Language | undefined;
  readonly pace: Pace;
  readonly tries: Tries;
  readonly leaving: Leaving | undefined;
};
/** One chart of a conversation at one of its states. */
export type Frame = { readonly chart: string; readonly state: string; readonly context: Base };

/** Returns the frame as it goes on in another call: spoken to as they are now, with nothing answered amiss yet. */
export function afresh(
  { chart: name, state, context }: Frame,
  { language, pace }: Pick<Base, 'language' | 'pace'>,
): Frame {
  return { chart: name, state, context: { ...context, language, pace, tries: noTries, leaving: undefined } };
}

type Own<C extends Base> = Omit<C, keyof Base>;

/** Where an event leads. `keep`: what the chart knows from then on. */
export type Edge<C, E> = {
  readonly guard?: ((context: C, event: E) => boolean) | undefined;
  readonly keep?: ((context: C, event: E) => Partial<C>) | undefined;
  /** Undefined: the state is not left, and takes its step again. */
  readonly target?: string | undefined;
};

/** What every chart keeps is part of what each chart keeps; TypeScript cannot see it for an open type. */
export function keeping<C extends Base>(kept: Partial<Base>): Partial<C> {
  return kept as Partial<C>;
}

/** The edges of one event: the first whose guard holds is taken. A bare name is an edge without a guard. */
export type Edges<C, E> = string | Edge<C, E> | readonly Edge<C, E>[];
export type EdgesByEvent<C> = { readonly [T in EventType]?: Edges<C, EventOf<T>> };

/** What is to be done in a state, in terms of its chart's context. */
export type Step<C> =
  | {
      readonly step: 'ask';
      /** Heard to its end before the question; nothing for most. */
      readonly heardFirst: Said<C>;
      readonly says: Said<C>;
      readonly delivery: (context: C) => Delivery;
      readonly listen: Listen;
      /** Keys of a menu that mean something now. */
      readonly choices: (context: C) => readonly string[];
    }
  | { readonly step: 'tell'; readonly says: Said<C>; readonly delivery: Delivery }
  | {
      readonly step: 'perform';
      readonly does: readonly Work['do'][];
      readonly work: (context: C, answer: Answer | undefined) => Work;
      readonly wait: Wait;
    }
  | ({ readonly step: 'enter' } & Entrance<C>)
  | { readonly step: 'decide' }
  | { readonly step: 'end'; readonly as: (context: C) => End };

/**
 * Whether the caller hears "one moment" at once, only when the work takes longer than usual, or never,
 * because they are talking with somebody meanwhile.
 */
export type Wait = 'says-so-at-once' | 'quietly-at-first' | 'in-silence';

/** An edge as a drawing shows it. */
export type DrawnEdge = { readonly label: string; readonly target: string };

/** A state of a chart. `drawn` leaves out the edges that every question has. */
export type State<C> = {
  readonly step: Step<C>;
  readonly on?: EdgesByEvent<C> | undefined;
  readonly leaving?: ((context: C) => Partial<C>) | undefined;
  readonly drawn: readonly DrawnEdge[];
};

/** What is to be done now, with every value filled in. */
export type Act =
  | {
      readonly act: 'ask';
      readonly heardFirst: readonly Utterance[];
      readonly utterances: readonly Utterance[];
      readonly delivery: Delivery;
      readonly listen: Listen;
      readonly choices: readonly string[];
    }
  | { readonly act: 'tell'; readonly utterances: readonly Utterance[]; readonly delivery: Delivery }
  | { readonly act: 'perform'; readonly work: (answer: Answer | undefined) => Work; readonly wait: Wait }
  | { readonly act: 'enter'; readonly begin: () => Scene; readonly goesOnAt: readonly Frame[] }
  | { readonly act: 'decide' }
  | { readonly act: 'end'; readonly as: End };

/** A chart at one of its states. */
export type Scene = {
  readonly dialogue: string;
  readonly state: string;
  readonly language: Language | undefined;
  readonly pace: Pace;
  /** What the chart knows: JSON, without a secret. */
  readonly context: Base;
  readonly act: Act;
  /** The scene after the event, or undefined when the state does not know the event. */
  readonly after: (event: DialogueEvent) => Scene | undefined;
};

/** What is in the `meta` of each state of a chart's machine. */
export type StateMeta<C = never> = { readonly step: Step<C>; readonly drawn: readonly DrawnEdge[] };

/** A dialogue: how to begin it, and its machine, for drawings and for tests that walk every edge. */
export type Chart<I> = {
  readonly name: string;
  readonly machine: AnyStateMachine;
  /** `language` undefined: not chosen yet. The pace is the normal one unless another is given. */
  readonly begin: (language: Language | undefined, given: I, pace?: Pace) => Scene;
  /** The chart at a state that it was in before, or undefined when it has no such state (any more). */
  readonly restore: (state: string, context: Base) => Scene | undefined;
  /** How another chart enters this one: with what, taken from its own context. */
  readonly given: <C extends Base>(input: (context: C) => I) => Entrance<C>;
};

/** A dialogue that another one enters. */
export type Entrance<C> = {
  readonly chart: string;
  readonly entered: Chart<never>;
  readonly begin: (context: C) => Scene;
  /** Where it goes on instead of beginning, when it was broken off before; none: it begins. */
  readonly goesOnAt?: ((context: C) => readonly Frame[]) | undefined;
};

/** What a chart's machine is given when it begins. */
export type MachineInput<I> = {
  readonly language: Language | undefined;
  readonly pace?: Pace | undefined;
  readonly given: I;
};

export type ChartDefinition<C extends Base, I> = {
  readonly name: string;
  readonly initial: string;
  /** What the chart knows at first. */
  readonly context: (input: I) => Own<C>;
  readonly states: Readonly<Record<string, State<C>>>;
};

/** Makes a chart of its definition. */
export function chart<C extends Base, I = undefined>(definition: ChartDefinition<C, I>): Chart<I> {
  const { name, initial, context, states } = definition;
  // XState reads the types off this object and never its fields.
  const types = {} as { context: C; events: DialogueEvent; input: MachineInput<I>; meta: StateMeta<C> };
  const machine = setup({ types }).createMachine({
    id: name,
    initial,
    context: ({ input }) => beginning(input, context(input.given)),
    states: Object.fromEntries(Object.entries(states).map(([key, state]) => [key, stateNode(state)])),
  });
  type Snapshot = ReturnType<typeof machine.getInitialSnapshot>;
  const sceneOf = (snapshot: Snapshot): Scene => {
    const state: string = snapshot.value;
    const found = states[state];
    if (found === undefined) {
      throw new Error(`the dialogue ${name} has no state ${state}`);
    }
    return {
      dialogue: name,
      state,
      language: snapshot.context.language,
      pace: snapshot.context.pace,
      context: snapshot.context,
      act: actOf(found.step, snapshot.context),
      after: (event) => (snapshot.can(event) ? sceneOf(transition(machine, snapshot, event)[0]) : undefined),
    };
  };
  const begin = (language: Language | undefined, given: I, pace?: Pace) =>
    sceneOf(initialTransition(machine, { language, pace, given })[0]);
  const restore = (state: string, kept: Base) =>
    Object.hasOwn(states, state)
      ? sceneOf(machine.resolveState({ value: state, context: kept as C }))
      : undefined;
  const given = <D extends Base>(input: (context: D) => I): Entrance<D> => ({
    chart: name,
    entered: made,
    begin: (entering) => begin(entering.language, input(entering), entering.pace),
  });
  const made: Chart<I> = { name, machine, begin, restore, given };
  return made;
}

/** What every chart knows at first, and what this one knows besides. */
function beginning<C extends Base>(
  { language, pace = 'normal' }: Omit<MachineInput<unknown>, 'given'>,
  own: Own<C>,
): C {
  const base: Base = { language, pace, tries: noTries, leaving: undefined };
  return { ...base, ...own } as C;
}

function actOf<C>(step: Step<C>, context: C): Act {
  switch (step.step) {
    case 'ask':
      return {
        act: 'ask',
        heardFirst: step.heardFirst.of(context),
        utterances: step.says.of(context),
        delivery: step.delivery(context),
        listen: step.listen,
        choices: step.choices(context),
      };
    case 'tell':
      return { act: 'tell', utterances: step.says.of(context), delivery: step.delivery };
    case 'perform':
      return { act: 'perform', work: (answer) => step.work(context, answer), wait: step.wait };
    case 'enter':
      return {
        act: 'enter',
        begin: () => step.begin(context),
        goesOnAt: step.goesOnAt?.(context) ?? [],
      };
    case 'decide':
      return { act: 'decide' };
    case 'end':
      return { act: 'end', as: step.as(context) };
  }
}

/** The same state in XState's own terms. Leaving a state forgets how often its question was asked. */
function stateNode<C extends Base>(state: State<C>) {
  const { step, drawn, leaving } = state;
  const meta: StateMeta<C> = { step, drawn };
  if (step.step === 'end') {
    return { type: 'final' as const, meta };
  }
  const on = Object.fromEntries(
    Object.entries<Edges<C, never>>(state.on ?? {}).map(([type, edges]) => [
      type,
      edgeList(edges).map(machineEdge),
    ]),
  );
  const exit = assign<C, DialogueEvent, undefined, DialogueEvent, never>(
    ({ context }) => ({ tries: noTries, ...leaving?.(context) }) as Partial<C>,
  );
  return { meta, on, exit };
}

/** Returns the edges as a list, in the order in which they are tried. */
export function edgeList<C, E>(edges: Edges<C, E>): readonly Edge<C, E>[] {
  if (typeof edges === 'string') {
    return [{ target: edges }];
  }
  return 'length' in edges ? edges : [edges];
}

function machineEdge<C extends Base>({ guard, keep, target }: Edge<C, never>) {
  // An edge is listed under its own event's type, so that it meets no other event.
  return {
    ...(target === undefined ? {} : { target, reenter: true }),
    ...(guard === undefined
      ? {}
      : { guard: (at: { context: C; event: DialogueEvent }) => guard(at.context, at.event as never) }),
    ...(keep === undefined
      ? {}
      : {
          actions: assign<C, DialogueEvent, undefined, DialogueEvent, never>(({ context, event }) =>
            keep(context, event as never),
          ),
        }),
  };
}

/** Returns the edges as a drawing shows them: each event, with how it leads where. */
export function drawnEdges<C>(on: EdgesByEvent<C>): readonly DrawnEdge[] {
  return Object.entries<Edges<C, never>>(on).flatMap(([label, edges]) =>
    edgeList(edges).flatMap(({ target }) => (target === undefined ? [] : [{ label, target }])),
  );
}
