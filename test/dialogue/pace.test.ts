import assert from 'node:assert/strict';
import { ScriptedCaller } from '../../lab/scripted-caller.js';
import { dialled } from '../../src/dialogue/arrival.js';
import { converse } from '../../src/dialogue/converse.js';
import type { Delivery, Pace, Party, Speech } from '../../src/dialogue/line.js';
import { catalogue } from '../../src/services/catalogue.js';
import { FakeServices } from '../support/fake-services.js';

const callerPhone = '13800138000';

/** A conversation with a regular caller; returns the pace of each line that was said. */
async function talk({ pace, script }: { pace?: Pace | undefined; script: readonly string[] }) {
  const services = new FakeServices();
  const said: Speech[] = [];
  const told: Delivery[] = [];
  const caller = new ScriptedCaller({ script, onSpeech: (speech) => said.push(speech) });
  const party: Party = {
    hears: async (speech, delivery) => {
      if (speech.isFollowed === true) {
        told.push(delivery);
      }
      return caller.hears(speech, delivery);
    },
    answers: async (speech, delivery, listen) => caller.answers(speech, delivery, listen),
  };
  await converse({
    charts: catalogue.charts,
    party,
    perform: services.performFor(callerPhone),
    callerPhone,
    arrival: dialled,
    language: 'en',
    pace,
    pause: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    onStep: () => {},
    onFault: (error) => {
      throw error;
    },
  });
  return { services, said, told };
}

describe('the pace of a conversation', () => {
  it('is the normal one for whoever never chose', async () => {
    const { said, services } = await talk({ script: ['12', 'hangup'] });
    assert.ok(said.length > 2);
    assert.ok(said.every(({ pace }) => pace === 'normal'));
    assert.deepEqual(services.paces, new Map());
  });

  it('is the one that was chosen before, in every dialogue that is entered and while work is done', async () => {
    const { said } = await talk({ pace: 'slow', script: ['2150#', '1', '135790', 'silence'] });
    const prompts = said.flatMap(({ utterances }) => utterances.map(({ prompt }) => prompt));
    for (const expected of ['recharge.read-back', 'pin.ask', 'wait.one-moment', 'recharge.paid', 'goodbye']) {
      assert.ok(prompts.includes(expected), expected);
    }
    assert.ok(said.every(({ pace }) => pace === 'slow'));
  });

  it('changes at once on the key 9 of the main menu, and is remembered for the phone', async () => {
    const { said, services } = await talk({ script: ['9', '12', 'hangup'] });
    const [first, ...rest] = said;
    assert.equal(first?.pace, 'normal');
    assert.ok(rest.length > 2 && rest.every(({ pace }) => pace === 'slow'));
    assert.equal(services.paces.get(callerPhone), 'slow');
  });

  it('can be changed back', async () => {
    const { said, services } = await talk({ pace: 'slow', script: ['9', 'hangup'] });
    assert.deepEqual(
      said.map(({ pace }) => pace),
      ['slow', 'normal'],
    );
    assert.equal(services.paces.get(callerPhone), 'normal');
  });
});

describe('the money that is confirmed', () => {
  it('is heard to its end before every asking, and keys from before it count for nothing', async () => {
    const { said, told } = await talk({ script: ['2150#', 'silence', '7', '9', '#', '*', 'hangup'] });
    const heard = said.flatMap(({ utterances }) => utterances.map(({ prompt }) => prompt));
    const asked = heard.filter((prompt) => prompt === 'choice.pay');
    assert.deepEqual(asked, ['choice.pay', 'choice.pay', 'choice.pay', 'choice.pay']);
    assert.equal(heard.filter((prompt) => prompt === 'recharge.read-back').length, asked.length);
    assert.equal(told.length, asked.length);
    assert.ok(told.every(({ interruptible, dropsTypeAhead }) => !interruptible && dropsTypeAhead));
  });
});
