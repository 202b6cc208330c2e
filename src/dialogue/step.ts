/** The steps of a chart other than questions. */

import type { Secret } from '../secret.js';
import {
  type Base,
  drawnEdges,
  type Edge,
  type Edges,
  type EdgesByEvent,
  type End,
  type Entrance,
  keeping,
  type Leaving,
  type State,
  type Told,
  type Wait,
} from './chart.js';
import type { Answer } from './line.js';
import type { Said } from './said.js';
import type { outcomesOf, Work, WorkOutcome } from './work.js';

/** The state in which a chart that was left ends; see `leaves`. */
const leftState = 'left';

/** An edge that leaves the chart, saying why. */
export function leaves<C extends Base>(why: Leaving): Edge<C, unknown> {
  return { target: leftState, keep: () => keeping<C>({ leaving: why }) };
}

/** The end that `leaves` leads to. A chart that can be left must have it, under the name `left`. */
export function leftEnd<C extends Base>(): State<C> {
  return ends(({ leaving }) => ({ type: 'left', why: known(leaving, 'why the dialogue was left') }));
}

/** An edge for a dialogue that was left: this one is left for the same reason. */
export function leavesToo<C extends Base>(): Edge<C, { readonly why: Leaving }> {
  return { target: leftState, keep: (_, { why }) => keeping<C>({ leaving: why }) };
}

/**
 * Says something and goes on to `to`. A `result` is what the caller has waited for: keys pressed while
 * waiting answer nothing and are dropped. A `notice` leaves them to what follows. Both are heard to their
 * end. A `remark` can be cut short: nothing in it is about money that moved or about an error,
 * or what was not heard to its end is told again.
 */
export function tells<C extends Base>(
  says: Said<C>,
  to: Edges<C, Told>,
  kind: 'result' | 'notice' | 'remark',
): State<C> {
  const on: EdgesByEvent<C> = { told: to, hangup: leaves('hung-up') };
  return {
    step: {
      step: 'tell',
      says,
      delivery: { interruptible: kind === 'remark', dropsTypeAhead: kind === 'result' },
    },
    on,
    drawn: drawnEdges<C>({ told: to }),
  };
}

type OutcomeOf<D extends Work['do']> = (typeof outcomesOf)[D][number];
type OutcomeEdges<C, D extends Work['do']> = {
  readonly [T in OutcomeOf<D>]: Edges<C, Extract<WorkOutcome, { type: T }>>;
} & { readonly fault: Edges<C, { readonly type: 'fault' }> };

/**
 * Has work done. It has an edge for each thing that the work can come to, and none for a hang-up: work that
 * was begun is seen to its end.
 */
export function performs<C extends Base, const D extends Work['do']>(config: {
  readonly does: readonly D[];
  readonly work: (context: C, answer: Answer | undefined) => Extract<Work, { do: D }>;
  readonly wait?: Wait;
  readonly on: OutcomeEdges<C, D>;
  /** What is known once the work is done. */
  readonly leaving?: (context: C) => Partial<C>;
}): State<C> {
  const { does, work, wait = 'quietly-at-first', leaving } = config;
  const on = config.on as EdgesByEvent<C>;
  return { step: { step: 'perform', does, work, wait }, on, drawn: drawnEdges(on), leaving };
}

/** Enters another dialogue; its end is an event here. */
export function enters<C extends Base>(
  entrance: Entrance<C>,
  on: Pick<EdgesByEvent<C>, End['type']>,
): State<C> {
  return { step: { step: 'enter', ...entrance }, on, drawn: drawnEdges(on) };
}

/** Goes one way or another by what is known, without a word. */
export function decides<C extends Base>(to: Edges<C, { readonly type: 'go' }>): State<C> {
  const on = { go: to } as EdgesByEvent<C>;
  return { step: { step: 'decide' }, on, drawn: drawnEdges(on) };
}

/** Ends the chart. */
export function ends<C extends Base>(as: End | ((context: C) => End)): State<C> {
  return { step: { step: 'end', as: typeof as === 'function' ? as : () => as }, drawn: [] };
}

/**
 * Returns the value, which the chart's edges guarantee to be there.
 * @throws Error when they do not: the chart is wrong.
 */
export function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) {
    throw new Error(`the dialogue does not know ${what}`);
  }
  return value;
}

/**
 * Returns the secret of the answer that led to this work.
 * @throws Error when another answer did: the chart is wrong.
 */
export function secretOf(answer: Answer | undefined): Secret {
  if (answer?.type !== 'secret') {
    throw new Error('the dialogue came to secret work without a secret');
  }
  return answer.secret;
}
