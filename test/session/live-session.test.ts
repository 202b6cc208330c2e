import assert from 'node:assert/strict';
import { LiveSession } from '../../src/session/live-session.js';
import type { SessionEvent } from '../../src/session/payment-sessions.js';
import { FakeClock } from '../support/fake-clock.js';
import { RecordedLog } from '../support/recorded-log.js';
import { silentLog } from '../support/silent-log.js';

describe('a payment session', () => {
  const session = (log = silentLog) =>
    new LiveSession(
      { channelId: 'c', way: 'assisted', agent: '1001', orderId: 'o' },
      { clock: new FakeClock(), log, onEnd: () => {} },
    );
  const watched = (live: LiveSession, after = 0) => {
    const events: SessionEvent[] = [];
    const stop = live.watch(after, (event) => events.push(event));
    return { events, stop, seqs: () => events.map(({ seq }) => seq) };
  };
  const never = new Promise<never>(() => {});

  it('tells what has happened and then what happens, in order, each once', () => {
    const live = session();
    live.progress('one');
    const all = watched(live);
    const late = watched(live, 2);
    live.progress('two');
    live.end();
    assert.deepEqual(all.seqs(), [1, 2, 3, 4]);
    assert.deepEqual(late.seqs(), [3, 4]);
    assert.deepEqual(watched(live, 1).seqs(), [2, 3, 4], 'also when it is over');
    assert.equal(all.events.at(-1)?.type, 'state');
  });

  it('tells nothing more to whoever has stopped, or once it is over', () => {
    const live = session();
    const { stop, seqs } = watched(live);
    stop();
    stop();
    live.progress('one');
    assert.deepEqual(seqs(), [1]);
    live.end();
    live.progress('two');
    live.enter('paying');
    live.end();
    assert.deepEqual(watched(live).seqs(), [1, 2, 3]);
  });

  it('is not broken by who watches', () => {
    const log = new RecordedLog();
    const live = session(log);
    live.watch(0, () => {
      throw new Error('the reader broke');
    });
    const other = watched(live);
    live.progress('one');
    assert.deepEqual(other.seqs(), [1, 2]);
  });

  it('keeps so many events and no more', () => {
    const live = session();
    for (let keyed = 0; keyed < 5_000; keyed += 1) {
      live.keyed('digits', keyed);
    }
    const { seqs } = watched(live);
    assert.equal(seqs().length, 2_000);
    assert.equal(seqs().at(-1), 5_001);
  });

  it('waits for the agent’s word, once for each', async () => {
    const live = session();
    assert.equal(live.capture('card-pin'), false);
    const asked = live.awaitAgent('began', never);
    assert.equal(live.capture('card-pin'), true);
    assert.equal(live.capture('card-pin'), false, 'one word at a time');
    assert.deepEqual(await asked, { type: 'agentAsks', field: 'card-pin' });
  });

  it('is not waited for when one of the two is gone', async () => {
    const live = session();
    assert.deepEqual(await live.awaitAgent('began', Promise.resolve('agentLeft')), { type: 'agentLeft' });
    assert.equal(live.cancel(), false);
  });

  it('takes a cancellation in the middle of a question, and obeys it at the next occasion', async () => {
    const live = session();
    live.enter('with-caller');
    assert.equal(live.cancel(), true);
    assert.equal(live.isCancelled, true);
    assert.deepEqual(await live.awaitAgent('no-answer', never), { type: 'agentCancels' });
    assert.equal(live.isCancelled, false);
  });

  it('lets nobody cancel while money may be moving, or once there is a result', () => {
    const live = session();
    live.enter('paying');
    assert.equal(live.cancel(), false);
    live.settle({ outcome: 'paid' });
    live.enter('with-caller');
    assert.equal(live.cancel(), false);
  });
});
