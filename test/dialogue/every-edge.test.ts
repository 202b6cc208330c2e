import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { getShortestPaths } from 'xstate/graph';
import { declineReasons } from '../../src/decline-reason.js';
import type { MachineInput } from '../../src/dialogue/chart.js';
import { charts } from '../../src/dialogue/charts.js';
import { promptsInUse } from '../../src/dialogue/prompt.js';
import { outcomesOf } from '../../src/dialogue/work.js';
import { money } from '../../src/money.js';
import { Secret } from '../../src/secret.js';
import {
  type EndsOf,
  endsIn,
  findLoop,
  follow,
  keyedPin,
  orderCloses,
  type Place,
  typesOf,
  type Walk,
  walk,
} from './chart-walk.js';

const card = { cardId: 'card-1', lastFour: '3446' };
const payment = { phone: '13800138000', amount: money(5_000), card };

const callerPhone = '13800138000';
const bothCallers = [{ callerPhone }, { callerPhone: undefined }];
const bothServices = ['recharge', 'bill'] as const;
const results = [
  { type: 'paid', reference: '900000000001' },
  ...declineReasons.map((reason) => ({ type: 'declined', reason })),
  { type: 'pinLocked' },
  { type: 'returning', reference: '900000000001' },
  { type: 'unresolved', reference: '900000000001' },
  { type: 'unavailable' },
  ...orderCloses.map((why) => ({ type: 'orderClosed', why })),
  { type: 'fault' },
];
const direct = { entry: 'direct' };
const transfers = [true, false].flatMap((order) =>
  [true, false].map((returnsToAgent) => ({ entry: 'transfer', order, returnsToAgent })),
);

/** Every way in which each chart is begun. */
const inputs: Readonly<Record<string, readonly unknown[]>> = {
  conversation: [
    ...bothCallers.map((caller) => ({ ...caller, arrival: direct })),
    ...transfers.map((arrival) => ({ callerPhone, arrival })),
    { callerPhone: undefined, arrival: transfers[0] },
  ],
  'choose-language': [{ entry: 'direct' }, { entry: 'transfer' }],
  'hear-news': ['direct', 'transfer'].flatMap((entry) =>
    [false, true].map((greeted) => ({ greeted, entry, callerPhone })),
  ),
  'card-balance': [undefined],
  'phone-balance': bothCallers,
  recharge: [{ callerPhone }],
  bill: bothCallers,
  order: [true, false].map((keysCode) => ({ callerPhone, keysCode })),
  assisted: bothCallers,
  'find-target': (['recharge', 'bill', 'balance'] as const).flatMap((purpose) =>
    bothCallers.map((caller) => ({ purpose, ...caller })),
  ),
  'pay-by-card': [
    { service: 'bill', callerPhone, ...payment },
    { service: 'recharge', callerPhone, ...payment, card: undefined },
    { service: 'bill', callerPhone, ...payment, card: undefined, orderId: 'order-1' },
  ],
  'choose-card': [undefined],
  pay: bothServices.flatMap((service) =>
    [undefined, 'order-1'].flatMap((orderId) =>
      bothCallers.map((caller) => ({ service, orderId, ...caller, ...payment })),
    ),
  ),
  'enter-pin': [
    { card, work: { do: 'card-balance' } },
    { card, work: { do: 'pay', service: 'bill', phone: payment.phone, amount: payment.amount } },
  ],
  'tell-result': bothServices.flatMap((service) =>
    bothCallers.flatMap((caller) => results.map((result) => ({ service, ...caller, ...payment, result }))),
  ),
  'reach-agent': [{ because: 'asked' }, { because: 'gave-up' }, { because: 'awaited' }],
};

function walksOf(name: string, endsOf: EndsOf): readonly Walk[] {
  const chart = charts.find((candidate) => candidate.name === name);
  const given = inputs[name];
  assert.ok(chart !== undefined && given !== undefined, `no input is known for ${name}`);
  return given.map((each, index) => {
    // A conversation begins in a known language or in none; every other chart says the same in all of them.
    const isUnknown =
      (name === 'conversation' && [1, 6].includes(index)) || (name === 'assisted' && index === 1);
    const language = isUnknown ? undefined : 'en';
    return walk(chart, { language, given: each } satisfies MachineInput<unknown>, endsOf);
  });
}

describe('every dialogue, over every edge', function () {
  this.timeout(60_000);
  const walks = new Map<string, readonly Walk[]>();
  const eachPlace = (visit: (place: Place, walked: Walk) => void) => {
    for (const walked of [...walks.values()].flat()) {
      for (const place of walked.places.values()) {
        visit(place, walked);
      }
    }
  };
  const asks = (
    visit: (place: Place, step: Extract<Place['meta']['step'], { step: 'ask' }>, walked: Walk) => void,
  ) =>
    eachPlace((place, walked) => {
      if (place.meta.step.step === 'ask') {
        visit(place, place.meta.step, walked);
      }
    });

  before(() => {
    // Whoever is entered stands behind whoever enters: its ends are known first.
    for (const { name } of charts.toReversed()) {
      walks.set(
        name,
        walksOf(name, (entered) => endsIn(walks.get(entered) ?? [])),
      );
    }
  });

  it('is walked: there are hundreds of places and thousands of edges', () => {
    let places = 0;
    let edges = 0;
    eachPlace((place) => {
      places += 1;
      edges += place.edges.length;
    });
    assert.ok(places > 500 && edges > 3_000, `${places} places, ${edges} edges`);
  });

  it('reaches every state, and takes every edge that a drawing shows', () => {
    for (const { name, machine } of charts) {
      const all = walks.get(name) ?? [];
      const reached = new Set(all.flatMap((walked) => [...walked.places.values()].map(({ state }) => state)));
      assert.deepEqual(
        Object.keys(machine.states).filter((state) => !reached.has(state)),
        [],
        name,
      );
      const taken = new Set(
        all.flatMap((walked) =>
          [...walked.places.values()].flatMap((place) =>
            place.edges.map(({ to }) => `${place.state} → ${String(walked.places.get(to)?.state)}`),
          ),
        ),
      );
      eachPlace((place, walked) => {
        for (const { target } of walked.chart === name ? place.meta.drawn : []) {
          assert.ok(
            taken.has(`${place.state} → ${target}`),
            `${name}: ${place.state} → ${target} is never taken`,
          );
        }
      });
    }
  });

  it('can end from everywhere', () => {
    for (const { name } of charts) {
      for (const walked of walks.get(name) ?? []) {
        const canEnd = new Set(
          [...walked.places.values()].filter(({ isEnd }) => isEnd).map(({ key }) => key),
        );
        for (let size = -1; size !== canEnd.size; ) {
          size = canEnd.size;
          for (const { key, edges } of walked.places.values()) {
            if (edges.some(({ to }) => canEnd.has(to))) {
              canEnd.add(key);
            }
          }
        }
        assert.deepEqual(
          [...walked.places.keys()].filter((key) => !canEnd.has(key)),
          [],
          name,
        );
      }
    }
  });

  it('knows at every open state what to do, and answers every event that may come', () => {
    eachPlace((place, walked) => {
      const at = `${walked.chart}.${place.state}`;
      const known = typesOf(place);
      const { step } = place.meta;
      switch (step.step) {
        case 'ask':
          assert.ok(known.has('silence') && known.has('nomatch') && known.has('hangup'), at);
          assert.equal(known.has('cancel'), step.listen.for !== 'key', at);
          break;
        case 'tell':
          assert.deepEqual([...known].sort(), ['hangup', 'told'], at);
          break;
        case 'perform':
          for (const outcome of step.does.flatMap((work) => [...outcomesOf[work]])) {
            assert.ok(known.has(outcome), `${at} does not know ${outcome}`);
          }
          assert.ok(known.has('fault'), at);
          break;
        case 'enter':
          for (const { type } of endsIn(walks.get(step.chart) ?? [])) {
            assert.ok(known.has(type) || !comesTo(walked.chart, type), `${at} does not know ${type}`);
          }
          break;
        case 'decide':
          assert.deepEqual([...known], ['go'], at);
          break;
        case 'end':
          assert.equal(place.edges.length, 0, at);
      }
    });
  });

  it('sees work to its end: a hang-up has no edge out of it', () => {
    eachPlace((place, walked) => {
      if (place.meta.step.step === 'perform') {
        assert.ok(!typesOf(place).has('hangup'), `${walked.chart}.${place.state}`);
      }
    });
  });

  it('has no loop without a choice of the caller in it', () => {
    for (const walked of [...walks.values()].flat()) {
      const loop = findLoop(walked, ({ state, meta, context }, event) => {
        if (event.type === 'key' && meta.step.step === 'ask') {
          // There 9 chooses the other pace.
          if (state === 'mainMenu' && event.key === '9') {
            return false;
          }
          return !meta.step.choices(context).includes(event.key) || '9#'.includes(event.key);
        }
        return !(
          event.type === 'digits' ||
          event.type === 'change' ||
          event.type === 'key' ||
          event.type === 'agentAsks' ||
          event.type === 'agentCompletes' ||
          (event.type === 'left' && ['back', 'cancelled', 'agent'].includes(event.why))
        );
      });
      assert.equal(loop, undefined, walked.chart);
    }
  });

  it('lets nobody be refused for ever: card numbers, phones, locked cards and PINs are counted', () => {
    for (const name of [
      'find-target',
      'choose-card',
      'enter-pin',
      'pay',
      'pay-by-card',
      'order',
      'tell-result',
      'hear-news',
      'reach-agent',
    ]) {
      for (const walked of walks.get(name) ?? []) {
        assert.equal(
          findLoop(walked, () => true),
          undefined,
          name,
        );
      }
    }
  });

  it('asks again twice after silence and twice after wrong keys, each time in other words, then gives up', () => {
    asks((place, step, walked) => {
      if (place.context.tries.ask !== 'first' || typesOf(place).size === 0 || place.state === 'askAnother') {
        return;
      }
      for (const [type, why, kind] of [
        ['silence', 'silent', 'noinput'],
        ['nomatch', 'wrong-keys', 'nomatch'],
      ] as const) {
        const heard: string[] = [];
        let at = place;
        for (;;) {
          const next = follow(walked, at, { type });
          assert.ok(next !== undefined);
          if (next.state !== place.state) {
            assert.equal(next.context.leaving, why);
            break;
          }
          heard.push(step.says.of(next.context)[0]?.prompt.split('/')[1] ?? '');
          at = next;
        }
        assert.deepEqual(heard, [`${kind}-1`, `${kind}-2`], `${walked.chart}.${place.state}`);
      }
    });
  });

  it('offers an agent, a repeat and a way back in every menu but the last one', () => {
    asks((place, step, walked) => {
      if (step.listen.for !== 'key' || place.state === 'askAnother' || place.context.tries.repeats > 0) {
        return;
      }
      const at = `${walked.chart}.${place.state}`;
      assert.equal(follow(walked, place, { type: 'key', key: '0' })?.context.leaving, 'agent', at);
      const back = follow(walked, place, { type: 'key', key: '*' });
      const isFirst = ['mainMenu', 'askLanguage'].includes(place.state);
      assert.equal(back?.state === place.state, isFirst, at);
      // In the main menu `*` repeats, and 9 repeats at the other pace.
      const again = place.state === 'mainMenu' ? back : follow(walked, place, { type: 'key', key: '9' });
      assert.deepEqual(again?.context.tries.ask, 'again', at);
    });
  });

  it('changes the pace on the key 9 of the main menu, remembers it, says so, and asks again', () => {
    let changes = 0;
    asks((place, step, walked) => {
      if (place.state !== 'mainMenu') {
        return;
      }
      const { pace } = place.context;
      const other = pace === 'slow' ? 'normal' : 'slow';
      const remembering = follow(walked, place, { type: 'key', key: '9' });
      assert.ok(remembering?.meta.step.step === 'perform');
      assert.deepEqual(remembering.meta.step.work(remembering.context, undefined), {
        do: 'remember-pace',
        pace: other,
      });
      for (const type of ['done', 'unavailable', 'fault'] as const) {
        const again = follow(walked, remembering, { type });
        assert.equal(again?.state, 'mainMenu');
        assert.equal(again.context.pace, other);
        const [first, second] = step.says.of(again.context).map(({ prompt }) => prompt);
        assert.deepEqual([first, second], [`pace.${other}`, 'menu.main']);
        changes += 1;
      }
      const help = follow(walked, place, { type: 'silence' });
      if (help?.context.tries.ask === 'silence' && help.context.tries.silence === 1) {
        assert.ok(step.says.of(help.context).some(({ prompt }) => prompt === `pace.offer-${other}`));
      }
    });
    assert.ok(changes > 0);
  });

  it('offers at most four choices in a menu', () => {
    asks((place, step) => {
      const offered = step.choices(place.context).filter((key) => /^[1-8]$/.test(key));
      assert.ok(offered.length <= 4, `${place.state}: ${offered.join()}`);
    });
  });

  it('goes on to a PIN for a payment only on the key 1, heard after what it is that is paid', () => {
    const asked: Readonly<Record<string, string>> = { pay: 'paying', assisted: 'askPin' };
    const confirmed = new Set<string>();
    eachPlace((place, walked) => {
      for (const { event, to } of place.edges) {
        const next = walked.places.get(to);
        if (next?.state === asked[walked.chart] && next?.state !== place.state) {
          confirmed.add(`${walked.chart}.${place.state}`);
          assert.deepEqual(event, { type: 'key', key: '1' });
          assert.ok(place.meta.step.step === 'ask');
          assert.ok(place.meta.step.heardFirst.names.length > 0);
        }
      }
    });
    assert.deepEqual([...confirmed].sort(), [
      'assisted.confirmOrder',
      'pay.confirmOrder',
      'pay.confirmPayment',
    ]);
  });

  it('lets nothing of an order be changed by the caller who pays it', () => {
    for (const name of ['order', 'assisted']) {
      assert.ok(!endsIn(walks.get(name) ?? []).some(({ type }) => type === 'change'));
    }
    const targets = new Set<string | undefined>();
    eachPlace((place, walked) => {
      if (walked.chart === 'pay' && place.state === 'confirmOrder') {
        for (const { to } of place.edges) {
          targets.add(walked.places.get(to)?.state);
        }
        assert.equal(follow(walked, place, { type: 'key', key: '2' })?.context.leaving, 'cancelled');
      }
    });
    assert.deepEqual([...targets].sort(), ['confirmOrder', 'left', 'paying']);
  });

  it('pays on an agent’s word only with a PIN that was keyed for this card after the last confirmation', () => {
    const keeps = (place: Place) => 'pinKept' in place.context && place.context.pinKept === true;
    let paid = 0;
    for (const walked of walks.get('assisted') ?? []) {
      for (const place of walked.places.values()) {
        for (const { event, to } of place.edges) {
          const next = walked.places.get(to);
          assert.ok(next !== undefined);
          if (next.state === 'paying') {
            paid += 1;
            assert.deepEqual([place.state, event.type, keeps(place)], ['awaiting', 'agentCompletes', true]);
          }
          if (keeps(next) && !keeps(place)) {
            assert.deepEqual([place.state, event.type], ['keepingPin', 'done']);
          }
          if (['askPin', 'keepingPin'].includes(next.state) || event.type === 'cardAccepted') {
            assert.ok(!keeps(next), `${place.state} ${event.type} → ${next.state}`);
          }
        }
      }
    }
    assert.ok(paid > 0);
  });

  it('leads back to the agent, with the reason, whatever does not work out while they are on the line', () => {
    const seen = new Set<unknown>();
    for (const walked of walks.get('assisted') ?? []) {
      for (const { state, context, edges } of walked.places.values()) {
        if (state === 'awaiting') {
          seen.add('because' in context ? context.because : undefined);
        }
        const why = context.leaving;
        if (state === 'left' && why !== 'hung-up') {
          const next = edges.map(({ to }) => walked.places.get(to));
          assert.deepEqual(
            next.map((place) => place?.state),
            ['awaiting'],
          );
        }
      }
    }
    assert.deepEqual([...seen].sort(), [
      'began',
      'card-kept',
      'card-refused',
      'no-answer',
      'not-confirmed',
      'pin-kept',
      'pin-missing',
      'pin-wrong',
    ]);
  });

  it('drops keys typed ahead before every secret, and lets nothing be skipped but remarks', () => {
    eachPlace(({ meta: { step }, context }) => {
      if (step.step === 'ask' && step.listen.for === 'secret') {
        assert.equal(step.delivery(context).dropsTypeAhead, true);
      }
      if (step.step === 'tell' && step.delivery.interruptible) {
        assert.ok(
          step.says.names.every((name) => remarks.includes(name)),
          step.says.names.join(),
        );
      }
    });
  });

  it('keeps no digit of a secret in any context or event', () => {
    eachPlace((place, walked) => {
      const seen = inspect([place.context, place.edges.map(({ event }) => event)], { depth: 10 });
      assert.ok(!seen.includes(keyedPin) && !place.key.includes(keyedPin), walked.chart);
      assert.ok(!holdsSecret(place.context), `${walked.chart}.${place.state} keeps a secret`);
    });
  });

  it('says every prompt that is listed, and none besides', () => {
    const said = new Set([
      // What the driver says while work takes long, and to whom the conversation broke off.
      'wait.one-moment',
      'wait.still-working',
      'wait.thank-you',
      'sorry-interrupted',
      'sorry-interrupted.agent',
      'sorry-once-more',
      // What is said to agents, outside of any dialogue.
      'agent.paid',
      'agent.not-paid',
      'agent.not-known',
      'agent.caller-gone',
      'agent.connecting-caller',
    ]);
    eachPlace(({ meta: { step }, context }) => {
      if (step.step === 'ask' || step.step === 'tell') {
        const first = step.step === 'ask' ? step.heardFirst.of(context) : [];
        for (const { prompt } of [...first, ...step.says.of(context)]) {
          said.add(prompt);
        }
      }
    });
    const listed = promptsInUse().map(({ name }) => name);
    assert.deepEqual(
      listed.filter((name) => !said.has(name)),
      [],
    );
    assert.deepEqual(
      [...said].filter((name) => !listed.includes(name)),
      [],
    );
  });

  it('agrees with the shortest paths of XState on what can be reached', () => {
    const chart = charts.find(({ name }) => name === 'reach-agent');
    assert.ok(chart !== undefined);
    const paths = getShortestPaths(chart.machine, {
      input: { language: 'en', given: { because: 'asked' } },
      events: [{ type: 'told' }, { type: 'transferred' }, { type: 'unavailable' }, { type: 'hangup' }],
      filterEvents: (snapshot, event) => snapshot.can(event),
      stopWhen: (snapshot) => snapshot.status === 'done',
    });
    const ends = paths.filter(({ state }) => state.status === 'done').map(({ state }) => String(state.value));
    assert.deepEqual([...new Set(ends)].sort(), ['left', 'transferred', 'unavailable']);
  });
});

/** What may be cut short: nothing of it is the result of money, or an error. */
const remarks: readonly string[] = [
  'welcome',
  'welcome.transferred',
  'order.recharge',
  'order.bill',
  'assisted.began',
  'cancelled',
  'nothing-paid',
  'agents.connecting',
  'agents.instead',
  'agents.returning',
];

/** Ends of a shared dialogue that this one, by what it asks of it, can never see. */
const neverSeen: Readonly<Record<string, readonly string[]>> = {
  recharge: ['billDue', 'balance', 'orderWanted'],
  bill: ['phoneFound', 'balance'],
  'phone-balance': ['phoneFound', 'billDue', 'orderWanted'],
  'card-balance': ['paid', 'returning', 'unresolved', 'orderClosed'],
  pay: ['balance'],
  order: ['change'],
};

function comesTo(chart: string, end: string): boolean {
  return !(neverSeen[chart]?.includes(end) ?? false);
}

function holdsSecret(value: unknown): boolean {
  return (
    value instanceof Secret ||
    (typeof value === 'object' && value !== null && Object.values(value).some((inner) => holdsSecret(inner)))
  );
}
