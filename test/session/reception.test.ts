import assert from 'node:assert/strict';
import { Reception } from '../../src/session/reception.js';
import { FakeSwitch } from '../support/fake-switch.js';
import { ScriptedAgentLine } from '../support/scripted-agent-line.js';
import { ScriptedCall } from '../support/scripted-call.js';
import { sessionWorld } from '../support/session-world.js';
import { until } from '../support/until.js';

/** A caller who stays on the line until they are told to go. */
class LingeringCall extends ScriptedCall {
  release: () => void = () => {};
  readonly #released = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  override async answer(): Promise<boolean> {
    await this.#released;
    return false;
  }
}

describe('Reception', () => {
  it('closes the records of calls that are gone, and not those of calls that go on', async () => {
    const { dependencies, callLog } = await sessionWorld();
    const reception = new Reception(dependencies, new FakeSwitch([new ScriptedCall({ channelId: 'alive' })]));
    await reception.start();
    assert.deepEqual(callLog.lostAsked, [['alive']]);
  });

  it('waits for calls that go on before it stops, and takes no new ones meanwhile', async () => {
    const { dependencies } = await sessionWorld();
    const phoneSwitch = new FakeSwitch();
    const reception = new Reception(dependencies, phoneSwitch);
    await reception.start();
    const call = new LingeringCall();
    phoneSwitch.bring(call);
    assert.equal(reception.callCount, 1);
    const stopped = reception.stop(10_000);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(phoneSwitch.happened, ['refuses calls']);
    call.release();
    await stopped;
    assert.deepEqual(phoneSwitch.happened, ['refuses calls', 'stopped']);
    assert.equal(reception.callCount, 0);
  });

  it('stops although a call goes on for ever', async () => {
    const { dependencies } = await sessionWorld();
    const phoneSwitch = new FakeSwitch();
    const reception = new Reception(dependencies, phoneSwitch);
    await reception.start();
    phoneSwitch.bring(new LingeringCall());
    await reception.stop(10);
    assert.deepEqual(phoneSwitch.happened, ['refuses calls', 'stopped']);
  });

  it('leaves a caller and an agent talking, and does not wait for them', async () => {
    const { dependencies, sessions } = await sessionWorld();
    const phoneSwitch = new FakeSwitch();
    const reception = new Reception(dependencies, phoneSwitch);
    await reception.start();
    const ticket = '1234567890';
    phoneSwitch.bringAgent(new ScriptedAgentLine({ ticket, channelId: 'the-agent' }));
    phoneSwitch.bring(new ScriptedCall({ script: ['0'], channelId: 'the-caller', handover: { ticket } }));
    await until(() => sessions.find('the-caller')?.state === 'joined', 'the two to talk');
    await reception.stop(60_000);
    assert.deepEqual(phoneSwitch.happened, ['refuses calls', 'stopped the-caller the-agent']);
  });
});
