import assert from 'node:assert/strict';
import type { DialogueEvent, Scene } from '../../src/dialogue/chart.js';
import { chooseItem } from '../../src/dialogue/charts/choose-item.js';
import { declarePrompts } from '../../src/dialogue/said.js';

const { says } = declarePrompts({
  questions: {},
  statements: { 'shop.a': {}, 'shop.b': {}, 'shop.c': {}, 'shop.d': {}, 'shop.e': {}, 'shop.f': {} },
});
const chosen = chooseItem({
  service: 'shop',
  labels: {
    ...{ a: says('shop.a'), b: says('shop.b'), c: says('shop.c') },
    ...{ d: says('shop.d'), e: says('shop.e'), f: says('shop.f') },
  },
});
const item = (id: string, label = `shop.${id}`) => ({ id, label });

/** Goes through the chart from the listing on. */
function after(items: readonly { id: string; label: string }[], ...events: readonly DialogueEvent[]): Scene {
  let scene = chosen.begin('en', undefined);
  assert.ok(scene.act.act === 'perform');
  assert.deepEqual(scene.act.work(undefined), { do: 'list', service: 'shop' });
  for (const event of [{ type: 'listed', items }, ...events] as const) {
    const next = scene.after(event);
    assert.ok(next !== undefined, event.type);
    scene = next.act.act === 'decide' ? (next.after({ type: 'go' }) ?? next) : next;
  }
  return scene;
}

function announced({ act }: Scene): readonly string[] {
  assert.ok(act.act === 'ask');
  return act.utterances.map(({ prompt, key = '' }) => `${key} ${prompt}`);
}

const key = (pressed: string) => ({ type: 'key', key: pressed }) as const;

describe('a choice of what a provider sells', () => {
  it('offers what has a prompt of ours under its label, in the provider’s order', () => {
    const scene = after([
      ...[item('b'), item('stranger'), item('a', 'another.prompt')],
      ...[item('c'), item('constructor', 'shop.a')],
    ]);
    assert.deepEqual(announced(scene), ['1 shop.b', '2 shop.c']);
  });

  it('announces four at a time, and the next with the hash key, again from the first after the last', () => {
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => item(id));
    assert.deepEqual(announced(after(all)), [
      ...['1 shop.a', '2 shop.b', '3 shop.c', '4 shop.d'],
      '# choice.more',
    ]);
    assert.deepEqual(announced(after(all, key('#'))), ['1 shop.e', '2 shop.f', '# choice.more']);
    assert.deepEqual(announced(after(all, key('#'), key('#'))), announced(after(all)));
    const end = after(all, key('#'), key('2'));
    assert.deepEqual(end.act, { act: 'end', as: { type: 'itemChosen', item: item('f') } });
  });

  it('has no key for more when there is no more', () => {
    const four = ['a', 'b', 'c', 'd'].map((id) => item(id));
    assert.deepEqual(announced(after(four)), ['1 shop.a', '2 shop.b', '3 shop.c', '4 shop.d']);
  });

  it('takes no key of a place where nothing is', () => {
    const scene = after([item('a')], key('2'));
    assert.equal(announced(scene)[0], ' menu.nomatch-1');
  });

  it('says that it is not possible now when nothing can be offered or nobody can be asked', () => {
    for (const scene of [
      after([]),
      after([item('stranger')]),
      chosen.begin('en', undefined).after({ type: 'unavailable' }),
      chosen.begin('en', undefined).after({ type: 'fault' }),
    ]) {
      assert.ok(scene?.act.act === 'tell');
      assert.deepEqual(scene.act.utterances, [{ prompt: 'not-possible-now' }]);
      assert.deepEqual(scene.after({ type: 'told' })?.act, { act: 'end', as: { type: 'finished' } });
    }
  });
});
