/** Walks every edge of a chart, over every context that its own counters and a few samples can make. */

import { isDeepStrictEqual } from 'node:util';
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';
import { labProviders } from '../../lab/data.js';
import { declineReasons } from '../../src/decline-reason.js';
import type {
  Base,
  Chart,
  DialogueEvent,
  End,
  EventType,
  MachineInput,
  StateMeta,
} from '../../src/dialogue/chart.js';
import type { Listen } from '../../src/dialogue/line.js';
import { type OrderClosed, outcomesOf, type WorkOutcome } from '../../src/dialogue/work.js';
import { money } from '../../src/money.js';
import { Secret } from '../../src/secret.js';
import { samplePurchase, sellingServices } from '../support/samples.js';

/** One state of a chart in one context, with where each event leads. */
export type Place = {
  readonly key: string;
  readonly state: string;
  readonly context: Base;
  readonly meta: StateMeta<Base>;
  readonly isEnd: boolean;
  readonly edges: readonly { readonly event: DialogueEvent; readonly to: string }[];
};
export type Walk = {
  readonly chart: string;
  readonly first: string;
  readonly places: ReadonlyMap<string, Place>;
};

const card = (lastFour: string, locked = false) => ({ cardId: `card-${lastFour}`, lastFour, locked });
const reference = '900000000001';
/** Every reason why an order cannot be paid. */
export const orderCloses = [
  'unknown',
  'paid',
  'being-paid',
  'cancelled',
  'expired',
] as const satisfies readonly OrderClosed[];

/** What every provider of the lab sells. */
const onSale = labProviders.flatMap(({ items }) => items.map(({ id, label }) => ({ id, label })));

const outcomes: { readonly [T in WorkOutcome['type']]: readonly Extract<WorkOutcome, { type: T }>[] } = {
  done: [{ type: 'done' }],
  cardsFound: [
    { type: 'cardsFound', cards: [] },
    { type: 'cardsFound', cards: [card('0001')] },
    { type: 'cardsFound', cards: [card('0001', true)] },
    { type: 'cardsFound', cards: [card('0001'), card('0002', true)] },
    { type: 'cardsFound', cards: ['0001', '0002', '0003', '0004', '0005'].map((ending) => card(ending)) },
  ],
  cardAccepted: [
    { type: 'cardAccepted', card: card('0001') },
    { type: 'cardAccepted', card: card('0002', true) },
  ],
  cardRefused: [{ type: 'cardRefused' }],
  balance: [{ type: 'balance', balance: money(1_250) }],
  quoted: [{ type: 'quoted' }, { type: 'quoted', price: money(8_640) }, { type: 'quoted', price: money(99) }],
  subjectUnknown: [{ type: 'subjectUnknown' }],
  nothingDue: [{ type: 'nothingDue' }],
  listed: [
    { type: 'listed', items: [] },
    { type: 'listed', items: onSale.slice(0, 1) },
    { type: 'listed', items: onSale },
  ],
  paid: [{ type: 'paid', reference }],
  declined: declineReasons.map((reason) => ({ type: 'declined', reason })),
  wrongPin: [2, 1, 0].map((triesLeft) => ({ type: 'wrongPin', triesLeft })),
  returning: [{ type: 'returning', reference }],
  unresolved: [{ type: 'unresolved', reference }],
  askedTooOften: [{ type: 'askedTooOften' }],
  unavailable: [{ type: 'unavailable' }],
  news: [
    { type: 'news', news: [] },
    {
      type: 'news',
      news: sellingServices.map((service) => ({
        wentThrough: samplePurchase(service).words.wentThrough,
        amount: money(5_000),
        outcome: 'paid',
        reference,
      })),
    },
    {
      type: 'news',
      news: (['returned', 'being-returned', 'not-known-yet'] as const).map((outcome) => ({
        wentThrough: [],
        amount: money(5_000),
        outcome,
        reference,
      })),
    },
  ],
  earlierFound: [{ type: 'earlierFound', at: { hour: 14, minute: 5 } }],
  noEarlier: [{ type: 'noEarlier' }],
  transferred: [{ type: 'transferred' }],
  orderFound: sellingServices.map((service) => ({
    type: 'orderFound',
    order: { ...samplePurchase(service), orderId: 'order-1' },
  })),
  orderClosed: orderCloses.map((why) => ({ type: 'orderClosed', why })),
  agentAsks: [
    { type: 'agentAsks', field: 'card-number' },
    { type: 'agentAsks', field: 'card-pin' },
  ],
  agentCompletes: [{ type: 'agentCompletes' }],
  agentCancels: [{ type: 'agentCancels' }],
  callerLeft: [{ type: 'callerLeft' }],
  agentLeft: [{ type: 'agentLeft' }],
  pinMissing: [{ type: 'pinMissing' }],
};

/** The digits that no event and no context may show. */
export const keyedPin = '739518';

function answers(listen: Listen): readonly DialogueEvent[] {
  const always: DialogueEvent[] = [{ type: 'silence' }, { type: 'nomatch' }, { type: 'hangup' }];
  switch (listen.for) {
    case 'key':
      return [...always, ...Array.from('0123456789*#', (key) => ({ type: 'key', key }) as const)];
    case 'digits':
      return [...always, { type: 'cancel' }, { type: 'digits', digits: '13800138000' }];
    case 'digits-until-hash':
      return [
        ...always,
        { type: 'cancel' },
        ...['0', '1', '50', '500', '501'].map((digits) => ({ type: 'digits', digits }) as const),
      ];
    case 'secret':
      return [
        ...always,
        { type: 'cancel' },
        { type: 'secret', secret: new Secret(listen.kind, Buffer.from(keyedPin)) },
      ];
  }
}

function eventsAt(snapshot: AnyMachineSnapshot, endsOf: EndsOf): readonly DialogueEvent[] {
  const meta = metaOf(snapshot);
  switch (meta.step.step) {
    case 'ask':
      return answers(meta.step.listen);
    case 'tell':
      return [
        { type: 'told' },
        ...(meta.step.delivery.interruptible ? [{ type: 'told', cutShort: true } as const] : []),
        { type: 'hangup' },
      ];
    case 'perform': {
      const types = new Set<WorkOutcome['type']>(meta.step.does.flatMap((work) => [...outcomesOf[work]]));
      return [
        ...[...types].flatMap((type): readonly WorkOutcome[] => outcomes[type]),
        { type: 'fault' },
        { type: 'hangup' },
      ];
    }
    case 'enter':
      return endsOf(meta.step.chart);
    case 'decide':
      return [{ type: 'go' }];
    case 'end':
      return [];
  }
}

function metaOf(snapshot: AnyMachineSnapshot): StateMeta<Base> {
  const meta: unknown = Object.values(snapshot.getMeta())[0];
  if (meta === undefined) {
    throw new Error(`the state ${String(snapshot.value)} has no step`);
  }
  return meta as StateMeta<Base>;
}

function keyOf(snapshot: AnyMachineSnapshot): string {
  return `${String(snapshot.value)} ${JSON.stringify(snapshot.context)}`;
}

/** What a dialogue that is entered can come to. */
export type EndsOf = (chart: string) => readonly End[];

type Transitions = Readonly<Record<string, { event: unknown; state: unknown }>>;

/** Walks all that can happen in the chart, begun with `input`. */
export function walk(chart: Chart<never>, input: MachineInput<unknown>, endsOf: EndsOf): Walk {
  const machine: AnyStateMachine = chart.machine;
  let first: string | undefined;
  const adjacency = getAdjacencyMap(machine, {
    input,
    events: (snapshot: AnyMachineSnapshot) => eventsAt(snapshot, endsOf),
    filterEvents: (snapshot: AnyMachineSnapshot, event: DialogueEvent) => snapshot.can(event),
    stopWhen: (snapshot: AnyMachineSnapshot) => snapshot.status === 'done',
    // A counter that nothing bounds would walk for ever.
    limit: 100_000,
    serializeState: (snapshot: AnyMachineSnapshot) => {
      const key = keyOf(snapshot);
      first ??= key;
      return key;
    },
  });
  const places = new Map<string, Place>();
  for (const { state, transitions } of Object.values(adjacency)) {
    const snapshot = state as AnyMachineSnapshot;
    const taken: readonly { event: unknown; state: unknown }[] = Object.values(transitions as Transitions);
    const edges = taken.map(({ event, state: next }) => ({
      event: event as DialogueEvent,
      to: keyOf(next as AnyMachineSnapshot),
    }));
    places.set(keyOf(snapshot), {
      key: keyOf(snapshot),
      state: String(snapshot.value),
      context: snapshot.context as Base,
      meta: metaOf(snapshot),
      isEnd: snapshot.status === 'done',
      edges,
    });
  }
  return { chart: chart.name, first: first ?? '', places };
}

/** Returns the place where the event leads, or undefined when the place does not know it. */
export function follow(walked: Walk, from: Place, event: DialogueEvent): Place | undefined {
  const edge = from.edges.find((candidate) => isDeepStrictEqual(candidate.event, event));
  return edge === undefined ? undefined : walked.places.get(edge.to);
}

/** Returns a loop among the edges that `counts` lets pass, as the places on it; undefined when there is none. */
export function findLoop(
  walked: Walk,
  counts: (place: Place, event: DialogueEvent) => boolean,
): readonly string[] | undefined {
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (key: string): readonly string[] | undefined => {
    if (done.has(key)) {
      return undefined;
    }
    if (trail.includes(key)) {
      return trail.slice(trail.indexOf(key));
    }
    trail.push(key);
    const place = walked.places.get(key);
    for (const { event, to } of place?.edges ?? []) {
      const loop = place !== undefined && counts(place, event) ? visit(to) : undefined;
      if (loop !== undefined) {
        return loop;
      }
    }
    trail.pop();
    done.add(key);
    return undefined;
  };
  for (const key of walked.places.keys()) {
    const loop = visit(key);
    if (loop !== undefined) {
      return loop;
    }
  }
  return undefined;
}

/** Returns what the walked chart can come to, each end once. */
export function endsIn(walks: readonly Walk[]): readonly End[] {
  const ends = new Map<string, End>();
  for (const { meta, context } of walks.flatMap(({ places }) => [...places.values()])) {
    if (meta.step.step === 'end') {
      const end = meta.step.as(context);
      ends.set(JSON.stringify(end), end);
    }
  }
  return [...ends.values()];
}

/** Event types, for reading. */
export function typesOf(place: Place): ReadonlySet<EventType> {
  return new Set(place.edges.map(({ event }) => event.type));
}
