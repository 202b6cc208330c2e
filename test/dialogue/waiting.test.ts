import assert from 'node:assert/strict';
import { ScriptedCaller } from '../../lab/scripted-caller.js';
import { systemWait } from '../../src/clock.js';
import { converse } from '../../src/dialogue/converse.js';
import type { Speech } from '../../src/dialogue/line.js';
import type { Work } from '../../src/dialogue/work.js';
import { catalogue } from '../../src/services/catalogue.js';
import { FakeServices } from '../support/fake-services.js';

const paying = ['2', '1', '50#', '1', '135790'];

describe('waiting for work', () => {
  /** Runs a payment that takes until `words` words were said. */
  async function waitFor(kind: Work['do'], keys: readonly string[], words: number) {
    const said: string[] = [];
    const pauses: number[] = [];
    const party = new ScriptedCaller({ script: keys });
    const hears = party.hears.bind(party);
    let finish: () => void = () => {};
    const enough = new Promise<void>((resolve) => {
      finish = resolve;
    });
    party.hears = async (speech: Speech, delivery) => {
      const prompt = speech.utterances[0]?.prompt ?? '';
      if (prompt.startsWith('wait.')) {
        said.push(prompt);
        if (said.length === words) {
          finish();
        }
      }
      return hears(speech, delivery);
    };
    const ordinary = new FakeServices().performFor('13800138000');
    await converse({
      charts: catalogue.charts,
      party,
      perform: async (work) => {
        if (work.do === kind) {
          await enough;
        }
        return ordinary(work);
      },
      callerPhone: '13800138000',
      language: 'en',
      pause: async (ms, signal) => {
        pauses.push(ms);
        await systemWait(0, signal);
      },
      onStep: () => {},
      onFault: assert.ifError,
    });
    return { said, pauses };
  }

  it('says "one moment" at once while money moves, and something every 4 seconds', async () => {
    const { said, pauses } = await waitFor('pay', [...paying, 'silence'], 4);
    assert.deepEqual(said, ['wait.one-moment', 'wait.still-working', 'wait.thank-you', 'wait.still-working']);
    assert.deepEqual(
      pauses.filter((ms) => ms === 4_000),
      [4_000, 4_000, 4_000, 4_000],
    );
  });

  it('says nothing while other work is quick, and "one moment" after a second', async () => {
    const { said, pauses } = await waitFor('quote', ['3', '1', '*', 'hangup'], 1);
    assert.deepEqual(said, ['wait.one-moment']);
    assert.ok(pauses.includes(1_000));
  });

  it('leaves no timer behind when the work is done', async () => {
    const ending = new AbortController();
    const began = performance.now();
    const pause = systemWait(60_000, ending.signal);
    ending.abort();
    await pause;
    await systemWait(60_000, ending.signal);
    assert.ok(performance.now() - began < 1_000);
  });
});
