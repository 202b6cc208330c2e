import assert from 'node:assert/strict';
import { getShortestPaths } from 'xstate/graph';
import { menuPrompts } from '../../src/dialogue/menu-plan.js';
import { outcomesOf } from '../../src/dialogue/work.js';
import { allPrompts, catalogue } from '../../src/services/catalogue.js';
import { AllWalks } from './all-walks.js';
import { endsIn, findLoop, follow, typesOf } from './chart-walk.js';

/** Questions that silence answers as any other key does. */
const askedOnce: readonly string[] = ['askAnother', 'askOnceMore', 'askGoOn'];

describe('every dialogue, over every edge', function () {
  this.timeout(240_000);
  const walks = new AllWalks();
  before(() => walks.make());

  it('is walked: there are hundreds of places and thousands of edges', () => {
    let places = 0;
    let edges = 0;
    walks.eachPlace((place) => {
      places += 1;
      edges += place.edges.length;
    });
    assert.ok(places > 500 && edges > 3_000, `${places} places, ${edges} edges`);
  });

  it('reaches every state, and takes every edge that a drawing shows', () => {
    for (const { name, machine } of catalogue.charts.dialogues.all) {
      const all = walks.of(name);
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
      walks.eachPlace((place, walked) => {
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
    for (const { name } of catalogue.charts.dialogues.all) {
      for (const walked of walks.of(name)) {
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
    walks.eachPlace((place, walked) => {
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
          for (const { type } of endsIn(walks.of(step.chart))) {
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
    walks.eachPlace((place, walked) => {
      if (place.meta.step.step === 'perform') {
        assert.ok(!typesOf(place).has('hangup'), `${walked.chart}.${place.state}`);
      }
    });
  });

  it('has no loop without a choice of the caller in it', () => {
    for (const walked of walks.all) {
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
    // Whatever a service enters to find its thing, too.
    const shared = catalogue.charts.dialogues.all.map(({ name }) => name);
    for (const name of [
      ...shared.filter((each) => /-(phone|item)$/.test(each)),
      'choose-card',
      'enter-pin',
      'pay',
      'pay-by-card',
      'order',
      'tell-result',
      'hear-news',
      'reach-agent',
    ]) {
      for (const walked of walks.of(name)) {
        assert.equal(
          findLoop(walked, () => true),
          undefined,
          name,
        );
      }
    }
  });

  it('asks again twice after silence and twice after wrong keys, each time in other words, then gives up', () => {
    walks.eachQuestion((place, step, walked) => {
      if (
        place.context.tries.ask !== 'first' ||
        typesOf(place).size === 0 ||
        askedOnce.includes(place.state)
      ) {
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
          heard.push(/(noinput|nomatch)-\d$/.exec(step.says.of(next.context)[0]?.prompt ?? '')?.[0] ?? '');
          at = next;
        }
        assert.deepEqual(heard, [`${kind}-1`, `${kind}-2`], `${walked.chart}.${place.state}`);
      }
    });
  });

  it('offers an agent, a repeat and a way back in every menu but those that any key leaves', () => {
    walks.eachQuestion((place, step, walked) => {
      if (step.listen.for !== 'key' || askedOnce.includes(place.state) || place.context.tries.repeats > 0) {
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
    walks.eachQuestion((place, step, walked) => {
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
        assert.deepEqual([first, second], [`pace.${other}`, 'menu.balances']);
        changes += 1;
      }
      const help = follow(walked, place, { type: 'silence' });
      if (help?.context.tries.ask === 'silence' && help.context.tries.silence === 1) {
        assert.ok(step.says.of(help.context).some(({ prompt }) => prompt === `pace.offer-${other}`));
      }
    });
    assert.ok(changes > 0);
  });

  it('announces at most four choices of a menu in one language, each with its key, and no key that means nothing', () => {
    walks.eachQuestion((place, step, walked) => {
      if (step.listen.for !== 'key') {
        return;
      }
      const at = `${walked.chart}.${place.state}`;
      const labels = step.says.of(place.context).filter(({ key }) => key !== undefined);
      // Results that wait to be heard are offered besides.
      const own = labels.filter(
        ({ language, key }) => language === undefined && /[1-8]/.test(key ?? '') && key !== '6',
      );
      assert.ok(own.length <= 4, `${at}: ${own.map(({ key }) => key).join()}`);
      const named = labels.map(({ key, language }) => `${key} ${language}`);
      assert.equal(new Set(named).size, labels.length, `${at} announces a key twice`);
      for (const { key = '' } of labels) {
        assert.ok(step.choices(place.context).includes(key), `${at} announces ${key}`);
      }
      if (place.context.tries.ask === 'first') {
        const announced = new Set(labels.map(({ key }) => key));
        for (const key of step.choices(place.context)) {
          assert.ok(announced.has(key) || '*09#'.includes(key), `${at} does not announce ${key}`);
        }
      }
    });
  });

  it('tells the ways out of a menu on the last try', () => {
    let told = 0;
    walks.eachQuestion((place, step, walked) => {
      const { tries } = place.context;
      const isLast =
        tries.ask === 'silence' ? tries.silence === 2 : tries.ask === 'nomatch' && tries.nomatch === 2;
      if (step.listen.for === 'key' && isLast) {
        const keys = step.says.of(place.context).map(({ key }) => key);
        assert.ok(keys.includes('0') && keys.includes('*'), `${walked.chart}.${place.state}`);
        told += 1;
      }
    });
    assert.ok(told > 20);
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
    // What a list of more than four says, whether or not some service has one.
    said.add('choice.more');
    walks.eachPlace(({ meta: { step }, context }) => {
      if (step.step === 'ask' || step.step === 'tell') {
        const first = step.step === 'ask' ? step.heardFirst.of(context) : [];
        for (const { prompt } of [...first, ...step.says.of(context)]) {
          said.add(prompt);
        }
      }
    });
    // A menu that no service lies behind yet has a name, and is not offered.
    const unheard = Object.keys(menuPrompts.statements);
    const listed = allPrompts
      .map(({ name }) => name)
      .filter((name) => said.has(name) || !unheard.includes(name));
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
    const chart = catalogue.charts.dialogues.all.find(({ name }) => name === 'reach-agent');
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

/** Ends of a shared dialogue that this one, by what it asks of it, can never see. */
const neverSeen: Readonly<Record<string, readonly string[]>> = {
  'card-balance': ['paid', 'returning', 'unresolved', 'orderClosed'],
  pay: ['balance'],
  order: ['change'],
};

function comesTo(chart: string, end: string): boolean {
  return !(neverSeen[chart]?.includes(end) ?? false);
}
