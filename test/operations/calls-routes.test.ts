import assert from 'node:assert/strict';
import {
  ApiWorld,
  callerNumber,
  paying,
  recorded,
  recordedCall,
  session,
  talking,
} from '../support/api-world.js';

type Live = {
  channelId: string;
  agent: string | null;
  callerNumber: string | null;
  talking: boolean;
  position: string | null;
  language: string | null;
  session: { state: string } | null;
};
type Recorded = { id: string; channelId: string; callerNumber: string | null; startedAt: string };
type Calls = { callCentre: string; live: Live[]; day: string; recorded: Recorded[]; next: string | null };

describe('calls through the API', () => {
  let world: ApiWorld;

  beforeEach(async () => {
    world = new ApiWorld();
    await world.start();
    await world.populate();
  });

  afterEach(() => world.stop());

  const list = async (as: '1001' | '1002' | 'duty' | 'books', query = '') =>
    (await (await world.ask(as, 'GET', `/calls${query}`)).json()) as Calls;

  it('show conversations and sessions that go on, with what the records know of them', async () => {
    world.callRecords.calls.push(
      recordedCall({
        channelId: talking,
        language: 'en',
        position: 'recharge.askAmount',
        entry: 'direct',
        agent: undefined,
      }),
    );
    const { live, callCentre } = await list('duty');
    assert.equal(callCentre, 'available');
    const [first, second] = live.sort((a, b) => (a.channelId < b.channelId ? -1 : 1));
    assert.deepEqual(
      [first?.channelId, first?.agent, first?.talking, first?.language, first?.position, first?.session],
      [talking, '1001', true, 'en', 'recharge.askAmount', null],
    );
    assert.deepEqual(
      [second?.channelId, second?.talking, second?.session?.state, second?.callerNumber],
      [paying, false, 'awaiting-agent', callerNumber],
    );
  });

  it('that are over are no longer shown as going on', async () => {
    world.sessions.set(session({ state: 'over' }));
    assert.deepEqual(
      (await list('duty')).live.map(({ channelId }) => channelId),
      [talking],
    );
  });

  it('are shown to an agent when they are the agent’s own', async () => {
    world.callRecords.calls.push(recordedCall({ agent: '1002' }), recordedCall({ agent: undefined }));
    assert.equal((await list('1001')).live.length, 2);
    assert.deepEqual((await list('1002')).live, []);
    assert.equal((await list('1002')).recorded.length, 1);
    assert.equal((await list('duty')).recorded.length, 4);
  });

  it('belong to the agent who has them now, not to who had them before', async () => {
    world.callRecords.calls.push(recordedCall({ channelId: talking, agent: '1002' }));
    assert.equal((await world.ask('1001', 'GET', `/calls/${talking}`)).status, 200);
    assert.equal((await world.ask('1002', 'GET', `/calls/${talking}`)).status, 404);
    assert.equal((await world.ask('1001', 'GET', `/calls/${recorded}`)).status, 200);
  });

  it('hide the middle of the caller’s number from an auditor, and only from one', async () => {
    const numbers = async (as: 'duty' | 'books') => {
      const { live, recorded: records } = await list(as);
      return new Set([...live, ...records].map((each) => each.callerNumber));
    };
    assert.deepEqual(await numbers('books'), new Set(['138****8000']));
    assert.deepEqual(await numbers('duty'), new Set([callerNumber]));
    const one = await (await world.ask('books', 'GET', `/calls/${paying}`)).text();
    assert.ok(!one.includes(callerNumber));
  });

  it('of a day are given in pages, latest first, each once, also when new ones come meanwhile', async () => {
    world.callRecords.calls.length = 0;
    const began = (ms: number) =>
      recordedCall({ startedAt: new Date(Date.parse('2026-11-23T01:00:00Z') + ms) });
    // Three begin in one millisecond.
    world.callRecords.calls.push(...[1, 2, 2, 2, 3, 4, 5].map(began));
    const seen: Recorded[] = [];
    let after = '';
    do {
      const page = await list('duty', `?limit=2${after}`);
      seen.push(...page.recorded);
      after = page.next === null ? '' : `&after=${page.next}`;
      world.callRecords.calls.push(began(10_000));
    } while (after !== '');
    assert.equal(new Set(seen.map(({ id }) => id)).size, 7);
    assert.equal(seen.length, 7);
    const times = seen.map(({ startedAt }) => startedAt);
    assert.deepEqual(times, [...times].sort().reverse());
  });

  it('of a day are those of the business day', async () => {
    world.callRecords.calls.length = 0;
    for (const startedAt of [
      '2026-11-22T15:59:59.999Z',
      '2026-11-22T16:00:00.000Z',
      '2026-11-23T15:59:59.999Z',
      '2026-11-23T16:00:00.000Z',
    ]) {
      world.callRecords.calls.push(recordedCall({ startedAt: new Date(startedAt) }));
    }
    const today = await list('duty');
    assert.equal(today.day, '2026-11-23');
    assert.deepEqual(
      today.recorded.map(({ startedAt }) => startedAt),
      ['2026-11-23T15:59:59.999Z', '2026-11-22T16:00:00.000Z'],
    );
    assert.equal((await list('duty', '?day=2026-11-22')).recorded.length, 1);
  });

  it('say when the call centre is down or off; what is recorded is shown all the same', async () => {
    for (const [callCentre, word] of [
      ['off', 'off'],
      [{ available: false }, 'unavailable'],
    ] as const) {
      const other = new ApiWorld({ callCentre });
      await other.start();
      await other.populate();
      const answer = (await (await other.ask('duty', 'GET', '/calls')).json()) as Calls;
      other.stop();
      assert.equal(answer.callCentre, word);
      assert.equal(answer.recorded.length, 2);
    }
  });

  it('show no more of a card than its last four digits', async () => {
    for (const [card, shown] of [
      ['6222020200112233446', '3446'],
      ['3446', '3446'],
      ['622202******3446', '3446'],
      [undefined, null],
    ] as const) {
      world.sessions.set(session({ kept: { card, pin: true } }));
      const answer = await world.ask('1001', 'GET', `/calls/${paying}/payment-session`);
      assert.deepEqual(((await answer.json()) as { kept: object }).kept, { cardLastFour: shown, pin: true });
    }
  });
});
