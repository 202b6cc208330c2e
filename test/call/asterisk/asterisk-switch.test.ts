import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { AsteriskSwitch } from '../../../src/call/asterisk/asterisk-switch.js';
import type { AgentLine, Call } from '../../../src/call/call.js';
import { defaultDigitTimers } from '../../../src/call/digit-collector.js';
import { systemClock } from '../../../src/clock.js';
import type { Delivery } from '../../../src/dialogue/line.js';
import { FakeAsterisk } from '../../support/fake-asterisk.js';
import { RecordedLog } from '../../support/recorded-log.js';

const socketLimits = { openMs: 500, pingMs: 40, pongMs: 40, firstRetryMs: 5, greatestRetryMs: 40 };
const timers = { ...defaultDigitTimers, keyRunMs: 50 };
const interruptible: Delivery = { interruptible: true, dropsTypeAhead: false };
const speech = { language: 'en', utterances: [{ prompt: 'main-menu' }] } as const;

const channel = (id: string, state = 'Ring'): object => ({
  id,
  state,
  caller: { name: 'x', number: '13800138000' },
  dialplan: { context: 'from-trunk', exten: '12580', priority: 2, app_name: 'Stasis', app_data: 'test' },
});
const entered = (id: string, args: readonly string[] = []): object => ({
  type: 'StasisStart',
  args,
  channel: channel(id),
});

describe('the switch', () => {
  let asterisk: FakeAsterisk;
  let log: RecordedLog;
  let calls: Call[];
  let orphans: Call[];
  let lines: AgentLine[];
  let started: AsteriskSwitch[];

  beforeEach(async () => {
    asterisk = await FakeAsterisk.listen();
    log = new RecordedLog();
    calls = [];
    orphans = [];
    lines = [];
    started = [];
  });
  afterEach(async () => {
    await Promise.all(started.map((one) => one.stop()));
    await asterisk.close();
  });

  const begin = (url = asterisk.url, abandonMs = 1_000): { ready: Promise<void>; switch: AsteriskSwitch } => {
    const one = new AsteriskSwitch({
      ariUrl: url,
      app: 'test',
      soundPrefix: 'walletline',
      apology: 'sorry',
      recordings: (said) => said.utterances.map(({ prompt }) => `en/${prompt}`),
      timers,
      log,
      clock: systemClock,
      abandonMs,
      socketLimits,
    });
    started.push(one);
    return {
      switch: one,
      ready: one.start({
        onCall: (call) => calls.push(call),
        onOrphan: (call) => orphans.push(call),
        onAgentLine: (line) => lines.push(line),
      }),
    };
  };

  it('takes a call, asks a question and hangs up', async () => {
    const { ready, switch: its } = begin();
    await ready;
    asterisk.push(entered('1.1', ['transfer']));
    await until(() => calls.length === 1);
    const call = the(calls[0]);
    assert.equal(call.entry, 'transfer');
    assert.equal(call.callerNumber, '13800138000');
    assert.equal(await call.answer(), true);
    const answer = call.answers(speech, interruptible, { for: 'key' });
    await until(() => asterisk.requests.some((request) => request.includes('/play/')));
    asterisk.push({ type: 'ChannelDtmfReceived', digit: '2', duration_ms: 100, channel: channel('1.1') });
    assert.deepEqual(await answer, { type: 'key', key: '2' });
    await until(() => asterisk.requests.some((request) => request.startsWith('DELETE /playbacks')));
    await call.hangUp();
    await call.ended;
    await until(() => asterisk.requests.length === 5);
    assert.equal(its.callsInProgress, 0);
    const shapes = asterisk.requests.map((request) => request.replace(/[0-9a-f-]{36}/, 'ID'));
    assert.deepEqual(shapes.sort(), [
      'DELETE /channels/1.1?reason=normal',
      'DELETE /playbacks/ID',
      'GET /applications/test',
      'POST /channels/1.1/answer',
      'POST /channels/1.1/play/ID?media=sound:walletline/en/main-menu',
    ]);
    assert.ok(log.lines.includes('INFO a call has left Asterisk {"channelId":"1.1","ariRequests":4}'));
  });

  it('passes over events that it does not know, and survives events that make no sense', async () => {
    await begin().ready;
    asterisk.push({ type: 'SomethingOfTheFuture', channel: 7 });
    asterisk.push('not JSON');
    asterisk.push({ type: 'StasisStart' });
    asterisk.push('null');
    asterisk.push(entered('1.2'));
    await until(() => calls.length === 1);
    assert.equal(log.lines.filter((line) => line.startsWith('ERROR')).length, 3);
  });

  it('ends a call when its channel is gone', async () => {
    await begin().ready;
    for (const type of ['ChannelHangupRequest', 'StasisEnd', 'ChannelDestroyed']) {
      asterisk.push(entered(type));
      await until(() => calls.some((call) => call.channelId === type));
      asterisk.push({ type, channel: channel(type) });
      await the(calls.at(-1)).ended;
    }
  });

  it('waits for an Asterisk that is not there yet, for as long as it takes', async () => {
    const { port } = asterisk;
    const { url } = asterisk;
    await asterisk.close();
    const { ready, switch: its } = begin(url);
    await until(() => log.lines.length > 12);
    assert.equal(its.connected, false);
    asterisk = await FakeAsterisk.listen(port);
    await ready;
    assert.equal(its.connected, true);
  });

  it('survives an Asterisk that describes only half of its API while it starts', async () => {
    asterisk.missingPart = 'playbacks';
    const { ready } = begin();
    await until(() => log.lines.length > 2);
    asterisk.missingPart = undefined;
    await ready;
    assert.ok(log.lines.includes('WARN Asterisk cannot be reached {"cause":"not ready"}'));
  });

  it('tells somebody when the password is wrong, and goes on trying', async () => {
    asterisk.password = false;
    const { ready } = begin();
    await until(() =>
      log.lines.some((line) => line.startsWith('ERROR Asterisk refuses the user or password')),
    );
    asterisk.password = true;
    await ready;
  });

  it('never writes the password down', async () => {
    asterisk.password = false;
    begin();
    await until(() => log.lines.length > 4);
    await asterisk.close();
    await until(() => log.lines.length > 12);
    asterisk = await FakeAsterisk.listen();
    assert.doesNotMatch(log.lines.join('\n'), /pass(%20| )word/);
  });

  it('comes back after a cut, and asks the open question again', async () => {
    const { ready, switch: its } = begin();
    await ready;
    asterisk.push(entered('1.3'));
    await until(() => calls.length === 1);
    const answer = the(calls[0]).answers(speech, interruptible, { for: 'key' });
    await until(() => asterisk.requests.some((request) => request.includes('/play/')));
    asterisk.channels = [channel('1.3', 'Up')];
    asterisk.cut();
    await until(() => !its.connected);
    await until(() => asterisk.requests.some((request) => request.includes('en/sorry,')));
    // A key that comes at once counts as the rest of what was missed.
    await pause(timers.keyRunMs + 20);
    asterisk.push({ type: 'ChannelDtmfReceived', digit: '1', channel: channel('1.3') });
    assert.deepEqual(await answer, { type: 'key', key: '1' });
    assert.deepEqual(orphans, []);
  });

  it('ends the calls that did not survive a cut', async () => {
    await begin().ready;
    asterisk.push(entered('1.4'));
    await until(() => calls.length === 1);
    const answer = the(calls[0]).answers(speech, interruptible, { for: 'key' });
    asterisk.cut();
    assert.deepEqual(await answer, { type: 'hangup' });
  });

  it('notices a far end that went silent', async () => {
    const { ready, switch: its } = begin();
    await ready;
    await pause(200);
    assert.equal(asterisk.socketsOpened, 1);
    asterisk.alive = false;
    await until(() => !its.connected);
    assert.ok(log.lines.some((line) => line.includes('no sign of life')));
    asterisk.alive = true;
    await until(() => its.connected);
  });

  it('gives calls up when Asterisk stays away, and hangs them up should they be found', async () => {
    const { url, port } = asterisk;
    await begin(url, 150).ready;
    asterisk.push(entered('1.5'));
    await until(() => calls.length === 1);
    await asterisk.close();
    await the(calls[0]).ended;
    asterisk = await FakeAsterisk.listen(port);
    asterisk.channels = [channel('1.5', 'Up')];
    await until(() => asterisk.requests.includes('DELETE /channels/1.5?reason=normal'));
    assert.deepEqual(orphans, []);
  });

  it('hands on what it finds and does not know: a call in progress as an orphan, a new one as new', async () => {
    asterisk.channels = [channel('2.1', 'Up'), channel('2.2', 'Ring')];
    await begin().ready;
    await until(() => orphans.length === 1 && calls.length === 1);
    assert.equal(the(orphans[0]).channelId, '2.1');
    assert.equal(the(calls[0]).channelId, '2.2');
    assert.equal(the(orphans[0]).serviceNumber, '12580');
  });

  it('tries again when the calls in progress cannot be listed', async () => {
    asterisk.channels = [channel('2.3', 'Up')];
    let tries = 0;
    asterisk.replies = (request) => {
      if (!request.startsWith('GET /applications')) {
        return undefined;
      }
      tries += 1;
      return tries === 1 ? { status: 500, body: '{"message":"Allocation failed"}' } : undefined;
    };
    await begin().ready;
    await until(() => orphans.length === 1);
  });

  it('takes a call back that had left', async () => {
    await begin().ready;
    asterisk.push(entered('1.6'));
    asterisk.push({ type: 'StasisEnd', channel: channel('1.6') });
    asterisk.push(entered('1.6', ['transfer']));
    await until(() => calls.length === 2);
    assert.equal(the(calls[1]).entry, 'transfer');
  });

  it('hangs up a call that nobody could take', async () => {
    const one = begin();
    await one.ready;
    calls.push = () => {
      throw new Error('no room');
    };
    asterisk.push(entered('1.7'));
    await until(() => asterisk.requests.includes('DELETE /channels/1.7?reason=normal'));
    assert.ok(log.lines.some((line) => line.startsWith('ERROR a call was not taken')));
  });

  it('tells new callers to try elsewhere when it takes no more, and lets the others go on', async () => {
    const { ready, switch: its } = begin();
    await ready;
    asterisk.push(entered('1.8'));
    await until(() => calls.length === 1);
    its.refuseCalls();
    asterisk.push(entered('1.9'));
    await until(() => asterisk.requests.includes('DELETE /channels/1.9?reason=congestion'));
    assert.equal(its.callsInProgress, 1);
    await its.stop();
    await the(calls[0]).ended;
    assert.ok(asterisk.requests.includes('DELETE /channels/1.8?reason=normal'));
    assert.equal(its.connected, false);
  });

  it('does not fight with a process that took its name', async () => {
    const { ready, switch: its } = begin();
    await ready;
    asterisk.push({ type: 'ApplicationReplaced', application: 'test' });
    await until(() => !its.connected);
    assert.ok(log.lines.some((line) => line.startsWith('ERROR another process took our place')));
  });

  it('keeps no listener and no call after many of them', async () => {
    const { ready, switch: its } = begin();
    await ready;
    for (let index = 0; index < 200; index += 1) {
      asterisk.push(entered(`9.${index}`));
      asterisk.push({ type: 'StasisEnd', channel: channel(`9.${index}`) });
    }
    await until(() => calls.length === 200 && its.callsInProgress === 0);
    await Promise.all(calls.map((call) => call.ended));
  });
});

/** Waits until it is so, and fails after two seconds. */
async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 2_000;
  while (!isSo()) {
    assert.ok(performance.now() < deadline, `never happened: ${isSo.toString()}`);
    await pause(2);
  }
}

function the<T>(value: T | undefined): T {
  assert.ok(value !== undefined);
  return value;
}
