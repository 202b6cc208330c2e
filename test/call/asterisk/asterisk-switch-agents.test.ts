import assert from 'node:assert/strict';
import { FakeAsterisk } from '../../support/fake-asterisk.js';
import { isSettled } from '../../support/settle.js';
import { channel, entered, SwitchBench, the, until } from './switch-bench.js';

const ticket = '0123456789';
const asCaller = ['transfer', 'ticket', ticket, '1001'];
const asAgent = ['agent', ticket, '1001'];
const agents = { context: 'agents', extension: '12581' };

describe("the switch and agents' lines", () => {
  let bench: SwitchBench;

  beforeEach(async () => {
    bench = await SwitchBench.open();
  });
  afterEach(() => bench.close());

  it('takes a caller and their agent, and joins the two', async () => {
    const { ready, switch: its } = bench.begin();
    await ready;
    bench.asterisk.push(entered('3.1', asAgent, 'Up'));
    bench.asterisk.push(entered('3.2', asCaller, 'Up'));
    await until(() => bench.arrivals.length === 2);
    assert.deepEqual(bench.arrivals, ['agent 3.1', 'call 3.2']);
    const [call, line] = [the(bench.calls[0]), the(bench.lines[0])];
    assert.deepEqual(call.handover, { agent: '1001', orderCode: undefined, ticket });
    assert.deepEqual([line.agent, line.ticket], ['1001', ticket]);
    assert.equal(its.callsInProgress, 1);
    await line.hold();
    assert.equal(await call.join(line), 'joined');
    await line.hangUp();
    await until(() => bench.asterisk.requests.includes(`DELETE /bridges/walletline-${ticket}`));
    const sent = [
      'POST /channels/3.1/moh',
      `POST /bridges/walletline-${ticket}?type=mixing,dtmf_events,proxy_media`,
      `POST /bridges/walletline-${ticket}/addChannel?channel=3.2&absorbDTMF=true`,
      'DELETE /channels/3.1/moh',
      `POST /bridges/walletline-${ticket}/addChannel?channel=3.1&absorbDTMF=true`,
    ];
    assert.deepEqual(bench.asterisk.requests.slice(1, 6), sent);
    assert.deepEqual(bench.asterisk.requests.slice(6).sort(), [
      `DELETE /bridges/walletline-${ticket}`,
      'DELETE /channels/3.1?reason=normal',
      `POST /bridges/walletline-${ticket}/removeChannel?channel=3.2`,
    ]);
  });

  it('sends each request as Asterisk wants it', async () => {
    const { ready } = bench.begin(undefined, 1_000, agents);
    await ready;
    bench.asterisk.push(entered('3.1', asAgent, 'Up'));
    bench.asterisk.push(entered('3.2', asCaller, 'Up'));
    await until(() => bench.arrivals.length === 2);
    const [call, line] = [the(bench.calls[0]), the(bench.lines[0])];
    await call.join(line);
    const bridge = `/bridges/walletline-${ticket}`;
    const members = { status: 200, body: JSON.stringify({ id: 'x', channels: ['3.1', '3.2'] }) };
    bench.asterisk.replies = (request) => (request === `GET ${bridge}` ? members : undefined);
    assert.equal(await call.joinedTicket(), ticket);
    const answer = call.answers(
      { language: 'en', utterances: [{ prompt: 'ask-pin' }] },
      { interruptible: true, dropsTypeAhead: true },
      { for: 'secret', kind: 'card-pin', length: 4 },
    );
    await until(() => bench.asterisk.requests.some((request) => request.includes('/play/')));
    for (const digit of '1357') {
      bench.asterisk.push({ type: 'ChannelDtmfReceived', digit, channel: channel('3.2') });
    }
    assert.equal((await answer).type, 'secret');
    await until(() => bench.asterisk.requests.includes('DELETE /channels/3.2/mute?direction=in'));
    assert.ok(bench.asterisk.requests.includes('POST /channels/3.2/mute?direction=in'));
    await call.transfer('agents', { language: 'zh', position: 'pay' });
    for (const request of [
      'POST /channels/3.2/variable?variable=WALLETLINE_LANGUAGE&value=zh',
      'POST /channels/3.2/variable?variable=WALLETLINE_POSITION&value=pay',
      `POST ${bridge}/removeChannel?channel=3.2`,
      'POST /channels/3.2/continue?context=agents&extension=12581&priority=1',
    ]) {
      assert.ok(bench.asterisk.requests.includes(request), request);
    }
  });

  it('understands that a bridge is there, that one is gone, and that a line is not in it', async () => {
    await bench.begin(undefined, 1_000, agents).ready;
    bench.asterisk.push(entered('3.1', asAgent, 'Up'));
    bench.asterisk.push(entered('3.2', asCaller, 'Up'));
    await until(() => bench.arrivals.length === 2);
    const [call, line] = [the(bench.calls[0]), the(bench.lines[0])];
    const bridge = `/bridges/walletline-${ticket}`;
    bench.asterisk.replies = (request) => {
      if (request.startsWith(`POST ${bridge}?`)) {
        return { status: 409, body: `{"message":"Bridge with id 'walletline-${ticket}' already exists"}` };
      }
      if (request === `GET ${bridge}`) {
        return { status: 404, body: '{"message":"Bridge not found"}' };
      }
      return undefined;
    };
    assert.equal(await call.join(line), 'joined');
    assert.equal(await call.joinedTicket(), undefined);
    bench.asterisk.replies = (request) => {
      if (request.includes('/removeChannel')) {
        return { status: 422, body: '{"message":"Channel not in this bridge"}' };
      }
      return request.includes('/continue')
        ? { status: 500, body: '{"message":"Allocation failed"}' }
        : undefined;
    };
    assert.equal(await call.transfer('agents'), 'unavailable');
    const errors = bench.log.lines.filter((logged) => logged.startsWith('ERROR'));
    assert.deepEqual(
      errors.map((error) => error.replace(/ \{.*/, '')),
      ['ERROR a caller could not be sent to the agents'],
    );
    bench.asterisk.replies = (request) =>
      request.includes('/addChannel')
        ? { status: 422, body: '{"message":"Channel not in Stasis application"}' }
        : undefined;
    assert.equal(await call.join(line), 'gone');
    await call.ended;
  });

  it("ends an agent's line when its channel is gone, and lets go of one that belongs to nobody", async () => {
    await bench.begin().ready;
    bench.asterisk.push(entered('3.1', asAgent));
    bench.asterisk.push(entered('3.3', ['agent', 'x; DROP', '1001']));
    await until(() => bench.asterisk.requests.includes('DELETE /channels/3.3?reason=normal'));
    bench.asterisk.push({ type: 'ChannelDtmfReceived', digit: '5', channel: channel('3.1') });
    bench.asterisk.push({ type: 'StasisEnd', channel: channel('3.1') });
    await the(bench.lines[0]).ended;
    assert.equal(bench.lines.length, 1);
    const warning = 'WARN a line came with something malformed {"channelId":"3.3","what":"ticket"}';
    assert.ok(bench.log.lines.includes(warning));
  });

  it('finds lines in progress after a restart: agents first, and nobody stays muted', async () => {
    bench.asterisk.channels = [
      channel('4.1', 'Up', asCaller),
      channel('4.2', 'Ring'),
      channel('4.3', 'Up', asAgent),
      channel('4.4', 'Up'),
    ];
    await bench.begin().ready;
    await until(() => bench.arrivals.length === 4);
    assert.deepEqual(bench.arrivals, ['agent 4.3', 'orphan 4.1', 'call 4.2', 'orphan 4.4']);
    assert.deepEqual(the(bench.orphans[0]).handover?.ticket, ticket);
    assert.deepEqual(
      bench.asterisk.requests.filter((request) => request.includes('/mute')),
      ['DELETE /channels/4.1/mute?direction=in'],
    );
  });

  it('hands a call on although it could not be unmuted', async () => {
    bench.asterisk.channels = [channel('4.1', 'Up', asCaller)];
    bench.asterisk.replies = (request) =>
      request.includes('/mute') ? { status: 500, body: '{"message":"Allocation failed"}' } : undefined;
    await bench.begin().ready;
    await until(() => bench.orphans.length === 1);
    assert.ok(bench.log.lines.some((line) => line.startsWith('ERROR a caller could not be unmuted')));
  });

  it("keeps agents' lines through a cut, and ends those that did not survive it", async () => {
    const { ready, switch: its } = bench.begin();
    await ready;
    bench.asterisk.push(entered('5.1', asAgent));
    bench.asterisk.push(entered('5.2', ['agent', '9876543210', '1002']));
    await until(() => bench.lines.length === 2);
    bench.asterisk.channels = [channel('5.1', 'Up', asAgent)];
    bench.asterisk.cut();
    await until(() => !its.connected);
    await the(bench.lines[1]).ended;
    assert.equal(await isSettled(the(bench.lines[0]).ended), false);
    assert.equal(bench.lines.length, 2);
    await the(bench.lines[0]).hold();
    assert.ok(bench.asterisk.requests.includes('POST /channels/5.1/moh'));
  });

  it("gives agents' lines up with the calls when Asterisk stays away", async () => {
    const { url, port } = bench.asterisk;
    await bench.begin(url, 100).ready;
    bench.asterisk.push(entered('5.3', asAgent));
    await until(() => bench.lines.length === 1);
    await bench.asterisk.close();
    await the(bench.lines[0]).ended;
    bench.asterisk = await FakeAsterisk.listen(port);
    bench.asterisk.channels = [channel('5.3', 'Up', asAgent)];
    await until(() => bench.asterisk.requests.includes('DELETE /channels/5.3?reason=normal'));
    assert.equal(bench.lines.length, 1);
  });

  it("refuses callers only: agents' lines still come, and whoever an agent sends goes to the agents", async () => {
    const { ready, switch: its } = bench.begin(undefined, 1_000, agents);
    await ready;
    its.refuseCalls();
    bench.asterisk.push(entered('6.1', asAgent, 'Up'));
    bench.asterisk.push(entered('6.2', asCaller, 'Up'));
    bench.asterisk.push(entered('6.3'));
    await until(() => bench.asterisk.requests.length === 3);
    assert.deepEqual(bench.arrivals, ['agent 6.1']);
    assert.deepEqual(bench.asterisk.requests.slice(1).sort(), [
      'DELETE /channels/6.3?reason=congestion',
      'POST /channels/6.2/continue?context=agents&extension=12581&priority=1',
    ]);
  });

  it("hangs agents' lines up when it stops", async () => {
    const { ready, switch: its } = bench.begin();
    await ready;
    bench.asterisk.push(entered('7.1', asAgent));
    await until(() => bench.lines.length === 1);
    await its.stop();
    await the(bench.lines[0]).ended;
    assert.ok(bench.asterisk.requests.includes('DELETE /channels/7.1?reason=normal'));
  });
});
