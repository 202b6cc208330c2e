import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { Base, Chart, DialogueEvent, Scene } from '../../src/dialogue/chart.js';
import type { Turn } from '../../src/dialogue/dialogues.js';
import { type Frames, framesVersion, readFrames } from '../../src/dialogue/frames.js';
import { money } from '../../src/money.js';
import { Secret } from '../../src/secret.js';
import { catalogue } from '../../src/services/catalogue.js';
import { AllWalks } from './all-walks.js';
import { keyedPin, type Place } from './chart-walk.js';

/** States are many and their contexts thousands: so many of each state are compared. */
const contextsEach = 30;

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
/** What a chart knows, as JSON in an order of its own: what is not known yet has no place in JSON. */
const knownAs = (context: Base) =>
  JSON.stringify(
    Object.entries(context)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .filter(([, value]) => value !== undefined),
  );
/** What of a scene a driver acts on, and what it keeps. */
const seen = ({ dialogue, state, language, pace, context }: Scene) =>
  JSON.stringify([dialogue, state, language, pace, knownAs(context)]);

describe('a conversation as data', function () {
  this.timeout(240_000);

  it('goes on from JSON as it would have gone on in memory: every event at every state of every chart', () => {
    const walks = new AllWalks();
    walks.make();
    let compared = 0;
    const written = new Map<Place, string>();
    const contextOf = (place: Place) => {
      const context = written.get(place) ?? knownAs(place.context);
      written.set(place, context);
      return context;
    };
    const seenOf = new Map<string, number>();
    walks.eachPlace((place, walked) => {
      const key = `${walked.chart}.${place.state}`;
      seenOf.set(key, (seenOf.get(key) ?? 0) + 1);
      if ((seenOf.get(key) ?? 0) > contextsEach) {
        return;
      }
      const chart = catalogue.charts.dialogues.all.find(({ name }) => name === walked.chart);
      assert.ok(chart !== undefined);
      const inMemory = restored(chart, place.state, place.context);
      const fromJson = restored(chart, place.state, throughJson(place.context));
      assert.equal(seen(fromJson), seen(inMemory), `${walked.chart}.${place.state}`);
      for (const { event, to } of place.edges) {
        const at = `${walked.chart}.${place.state} ${event.type}`;
        const next = fromJson.after(event);
        const expected = walked.places.get(to);
        assert.ok(next !== undefined && expected !== undefined, at);
        assert.equal(next.state, expected.state, at);
        assert.equal(knownAs(next.context), contextOf(expected), at);
        compared += 1;
      }
    });
    assert.ok(compared > 3_000, `${compared} edges`);
  });

  const callerPhone = '13800138000';
  const card = { cardId: 'card-1', lastFour: '3446' };
  const pin = () => new Secret('card-pin', Buffer.from(keyedPin));
  const recharge: readonly (() => DialogueEvent)[] = [
    () => ({ type: 'news', news: [] }),
    () => ({ type: 'key', key: '2' }),
    () => ({ type: 'key', key: '1' }),
    () => ({ type: 'quoted' }),
    () => ({ type: 'digits', digits: '50' }),
    () => ({ type: 'cardsFound', cards: [card] }),
    () => ({ type: 'key', key: '1' }),
    () => ({ type: 'noEarlier' }),
    () => ({ type: 'secret', secret: pin() }),
  ];
  const first = () =>
    catalogue.charts.dialogues.begin(
      catalogue.charts.conversation.begin('en', { callerPhone, arrival: { entry: 'direct' } }),
    );

  it('pays a recharge though it is written down and read again after every single turn', () => {
    let turn = first();
    for (const event of recharge) {
      const frames = readFrames(throughJson(turn.frames));
      assert.ok(frames !== undefined);
      turn = catalogue.charts.dialogues.advance(frames, event());
    }
    assert.deepEqual(turn.at, { dialogue: 'enter-pin', state: 'working' });
    assert.ok(turn.step.act === 'perform' && turn.step.work.do === 'pay');
    assert.deepEqual(turn.step.work.purchase.amount, money(5_000));
    assert.deepEqual(turn.step.work.purchase.details, { phone: callerPhone });
    assert.deepEqual(
      turn.frames.stack.map(({ chart }) => chart),
      ['conversation', 'recharge', 'pay-by-card', 'pay', 'enter-pin'],
    );
    assert.deepEqual(turn.preferences, { language: 'en', pace: 'normal' });
  });

  it('never has a secret in its frames, though its work does', () => {
    let turn = first();
    for (const event of recharge) {
      turn = catalogue.charts.dialogues.advance(turn.frames, event());
      const shown = inspect(turn.frames, { depth: 20 }) + JSON.stringify(turn.frames);
      assert.ok(!shown.includes(keyedPin) && !shown.includes('Secret'));
    }
    assert.ok(turn.step.act === 'perform' && 'pin' in turn.step.work);
  });

  it('can be taken up at a question and where something is told, never in the middle of work', () => {
    const turns: Turn[] = [first()];
    for (const event of recharge) {
      turns.push(catalogue.charts.dialogues.advance((turns.at(-1) as Turn).frames, event()));
    }
    for (const { frames, step, at } of turns) {
      const resumed = catalogue.charts.dialogues.resume(throughJson(frames));
      assert.equal(resumed !== undefined, step.act === 'ask' || step.act === 'tell', at.state);
      if (resumed !== undefined) {
        assert.deepEqual(resumed.at, at);
        assert.deepEqual(resumed.step, step);
      }
    }
  });

  it('is not misread: other versions, charts and states that are gone, and what is no frame at all', () => {
    const { frames } = first();
    assert.deepEqual(readFrames(throughJson(frames)), throughJson(frames));
    for (const broken of [
      ...[undefined, null, 7, 'frames', [], {}],
      { ...frames, version: framesVersion + 1 },
      { ...frames, stack: [] },
      { ...frames, stack: [{ chart: 'conversation', state: 'mainMenu' }] },
      { ...frames, stack: [{ chart: 'conversation', state: 'mainMenu', context: {} }] },
    ]) {
      assert.equal(readFrames(broken), undefined, inspect(broken));
    }
    const named = (chart: string, state: string): Frames => ({
      ...frames,
      stack: frames.stack.map((frame) => ({ ...frame, chart, state })),
    });
    for (const gone of [
      named('teletext', 'begin'),
      named('conversation', 'nowhere'),
      named('conversation', 'toString'),
    ]) {
      assert.equal(catalogue.charts.dialogues.resume(gone), undefined);
      assert.throws(() => catalogue.charts.dialogues.advance(gone, { type: 'go' }), /no chart/);
    }
  });

  it('says which chart does not know an event', () => {
    assert.throws(
      () => catalogue.charts.dialogues.advance(first().frames, { type: 'paid', reference: '1' }),
      /hear-news\.finding .* paid/,
    );
  });
});

function restored(chart: Chart<never>, state: string, context: Base): Scene {
  const scene = chart.restore(state, context);
  assert.ok(scene !== undefined, `${chart.name}.${state}`);
  return scene;
}
