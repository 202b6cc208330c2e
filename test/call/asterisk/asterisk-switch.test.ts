import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Delivery } from '../../../src/dialogue/line.js';
import { FakeAsterisk } from '../../support/fake-asterisk.js';
import { channel, entered, SwitchBench, the, timers, until } from './switch-bench.js';

const interruptible: Delivery = { interruptible: true, dropsTypeAhead: false };
const speech = { language: 'en', utterances: [{ prompt: 'main-menu' }] } as const;

describe('the switch', () => {
  let bench: SwitchBench;

  beforeEach(async () => {
    bench = await SwitchBench.open();
  });
  afterEach(() => bench.close());

  it('takes a call, asks a question and hangs up', async () => {
    const { ready, switch: its } = bench.begin();
    await ready;
    bench.asterisk.push(entered('1.1', ['transfer']));
    await until(() => bench.calls.length === 1);
    const call = the(bench.calls[0]);
    assert.equal(call.entry, 'transfer');
    assert.equal(call.callerNumber, '13800138000');
    assert.equal(await call.answer(), true);
    const answer = call.answers(speech, interruptible, { for: 'key' });
    await until(() => bench.asterisk.requests.some((request) => request.includes('/play/')));
    bench.asterisk.push({
      type: 'ChannelDtmfReceived',
      digit: '2',
      duration_ms: 100,
      channel: channel('1.1'),
    });
    assert.deepEqual(await answer, { type: 'key', key: '2' });
    await until(() => bench.asterisk.requests.some((request) => request.startsWith('DELETE /playbacks')));
    await call.hangUp();
    await call.ended;
    await until(() => bench.asterisk.requests.length === 5);
    assert.equal(its.callsInProgress, 0);
    const shapes = bench.asterisk.requests.map((request) => request.replace(/[0-9a-f-]{36}/, 'ID'));
    assert.deepEqual(shapes.sort(), [
      'DELETE /channels/1.1?reason=normal',
      'DELETE /playbacks/ID',
      'GET /applications/test',
      'POST /channels/1.1/answer',
      'POST /channels/1.1/play/ID?media=sound:walletline/en/main-menu',
    ]);
    assert.ok(bench.log.lines.includes('INFO a call has left Asterisk {"channelId":"1.1","ariRequests":4}'));
  });

  it('passes over events that it does not know, and survives events that make no sense', async () => {
    await bench.begin().ready;
    bench.asterisk.push({ type: 'SomethingOfTheFuture', channel: 7 });
    bench.asterisk.push('not JSON');
    bench.asterisk.push({ type: 'StasisStart' });
    bench.asterisk.push('null');
    bench.asterisk.push(entered('1.2'));
    await until(() => bench.calls.length === 1);
    assert.equal(bench.log.lines.filter((line) => line.startsWith('ERROR')).length, 3);
  });

  it('ends a call when its channel is gone', async () => {
    await bench.begin().ready;
    for (const type of ['ChannelHangupRequest', 'StasisEnd', 'ChannelDestroyed']) {
      bench.asterisk.push(entered(type));
      await until(() => bench.calls.some((call) => call.channelId === type));
      bench.asterisk.push({ type, channel: channel(type) });
      await the(bench.calls.at(-1)).ended;
    }
  });

  it('waits for an Asterisk that is not there yet, for as long as it takes', async () => {
    const { port } = bench.asterisk;
    const { url } = bench.asterisk;
    await bench.asterisk.close();
    const { ready, switch: its } = bench.begin(url);
    await until(() => bench.log.lines.length > 12);
    assert.equal(its.connected, false);
    bench.asterisk = await FakeAsterisk.listen(port);
    await ready;
    assert.equal(its.connected, true);
  });

  it('survives an Asterisk that describes only half of its API while it starts', async () => {
    bench.asterisk.missingPart = 'playbacks';
    const { ready } = bench.begin();
    await until(() => bench.log.lines.length > 2);
    bench.asterisk.missingPart = undefined;
    await ready;
    assert.ok(bench.log.lines.includes('WARN Asterisk cannot be reached {"cause":"not ready"}'));
  });

  it('tells somebody when the password is wrong, and goes on trying', async () => {
    bench.asterisk.password = false;
    const { ready } = bench.begin();
    await until(() =>
      bench.log.lines.some((line) => line.startsWith('ERROR Asterisk refuses the user or password')),
    );
    bench.asterisk.password = true;
    await ready;
  });

  it('never writes the password down', async () => {
    bench.asterisk.password = false;
    bench.begin();
    await until(() => bench.log.lines.length > 4);
    await bench.asterisk.close();
    await until(() => bench.log.lines.length > 12);
    bench.asterisk = await FakeAsterisk.listen();
    assert.doesNotMatch(bench.log.lines.join('\n'), /pass(%20| )word/);
  });

  it('comes back after a cut, and asks the open question again', async () => {
    const { ready, switch: its } = bench.begin();
    await ready;
    bench.asterisk.push(entered('1.3'));
    await until(() => bench.calls.length === 1);
    const answer = the(bench.calls[0]).answers(speech, interruptible, { for: 'key' });
    await until(() => bench.asterisk.requests.some((request) => request.includes('/play/')));
    bench.asterisk.channels = [channel('1.3', 'Up')];
    bench.asterisk.cut();
    await until(() => !its.connected);
    await until(() => bench.asterisk.requests.some((request) => request.includes('en/sorry,')));
    // A key that comes at once counts as the rest of what was missed.
    await pause(timers.keyRunMs + 20);
    bench.asterisk.push({ type: 'ChannelDtmfReceived', digit: '1', channel: channel('1.3') });
    assert.deepEqual(await answer, { type: 'key', key: '1' });
    assert.deepEqual(bench.orphans, []);
  });

  it('ends the calls that did not survive a cut', async () => {
    await bench.begin().ready;
    bench.asterisk.push(entered('1.4'));
    await until(() => bench.calls.length === 1);
    const answer = the(bench.calls[0]).answers(speech, interruptible, { for: 'key' });
    bench.asterisk.cut();
    assert.deepEqual(await answer, { type: 'hangup' });
  });

  it('notices a far end that went silent', async () => {
    const { ready, switch: its } = bench.begin();
    await ready;
    await pause(200);
    assert.equal(bench.asterisk.socketsOpened, 1);
    bench.asterisk.alive = false;
    await until(() => !its.connected);
    assert.ok(bench.log.lines.some((line) => line.includes('no sign of life')));
    bench.asterisk.alive = true;
    await until(() => its.connected);
  });

  it('gives calls up when Asterisk stays away, and hangs them up should they be found', async () => {
    const { url, port } = bench.asterisk;
    await bench.begin(url, 150).ready;
    bench.asterisk.push(entered('1.5'));
    await until(() => bench.calls.length === 1);
    await bench.asterisk.close();
    await the(bench.calls[0]).ended;
    bench.asterisk = await FakeAsterisk.listen(port);
    bench.asterisk.channels = [channel('1.5', 'Up')];
    await until(() => bench.asterisk.requests.includes('DELETE /channels/1.5?reason=normal'));
    assert.deepEqual(bench.orphans, []);
  });

  it('hands on what it finds and does not know: a call in progress as an orphan, a new one as new', async () => {
    bench.asterisk.channels = [channel('2.1', 'Up'), channel('2.2', 'Ring')];
    await bench.begin().ready;
    assert.deepEqual([bench.orphans.length, bench.calls.length], [1, 1], 'before its start is over');
    assert.equal(the(bench.orphans[0]).channelId, '2.1');
    assert.equal(the(bench.calls[0]).channelId, '2.2');
    assert.equal(the(bench.orphans[0]).serviceNumber, '12580');
  });

  it('tries again when the calls in progress cannot be listed', async () => {
    bench.asterisk.channels = [channel('2.3', 'Up')];
    let tries = 0;
    bench.asterisk.replies = (request) => {
      if (!request.startsWith('GET /applications')) {
        return undefined;
      }
      tries += 1;
      return tries === 1 ? { status: 500, body: '{"message":"Allocation failed"}' } : undefined;
    };
    await bench.begin().ready;
    await until(() => bench.orphans.length === 1);
  });

  it('takes a call back that had left', async () => {
    await bench.begin().ready;
    bench.asterisk.push(entered('1.6'));
    bench.asterisk.push({ type: 'StasisEnd', channel: channel('1.6') });
    bench.asterisk.push(entered('1.6', ['transfer']));
    await until(() => bench.calls.length === 2);
    assert.equal(the(bench.calls[1]).entry, 'transfer');
  });

  it('tells a caller to try elsewhere whose call nobody could take', async () => {
    const one = bench.begin();
    await one.ready;
    bench.calls.push = () => {
      throw new Error('no room');
    };
    bench.asterisk.push(entered('1.7'));
    await until(() => bench.asterisk.requests.includes('DELETE /channels/1.7?reason=congestion'));
    assert.ok(bench.log.lines.some((line) => line.startsWith('ERROR a call was not taken')));
  });

  it('tells new callers to try elsewhere when it takes no more, and lets the others go on', async () => {
    const { ready, switch: its } = bench.begin();
    await ready;
    bench.asterisk.push(entered('1.8'));
    await until(() => bench.calls.length === 1);
    await the(bench.calls[0]).answer();
    its.refuseCalls();
    bench.asterisk.push(entered('1.9'));
    await until(() => bench.asterisk.requests.includes('DELETE /channels/1.9?reason=congestion'));
    assert.equal(its.callsInProgress, 1);
    await its.stop();
    await the(bench.calls[0]).ended;
    assert.ok(bench.asterisk.requests.includes('DELETE /channels/1.8?reason=normal'));
    assert.equal(its.connected, false);
  });

  it('does not fight with a process that took its name', async () => {
    const { ready, switch: its } = bench.begin();
    await ready;
    bench.asterisk.push({ type: 'ApplicationReplaced', application: 'test' });
    await until(() => !its.connected);
    assert.ok(bench.log.lines.some((line) => line.startsWith('ERROR another process took our place')));
  });

  it('keeps no listener and no call after many of them', async () => {
    const { ready, switch: its } = bench.begin();
    await ready;
    for (let index = 0; index < 200; index += 1) {
      bench.asterisk.push(entered(`9.${index}`));
      bench.asterisk.push({ type: 'StasisEnd', channel: channel(`9.${index}`) });
    }
    await until(() => bench.calls.length === 200 && its.callsInProgress === 0);
    await Promise.all(bench.calls.map((call) => call.ended));
  });
});
