import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type LabAsterisk, prepareAsterisk } from '../../../lab/asterisk.js';
import { freePorts, type LabPorts } from '../../../lab/ports.js';
import { prepareRoot } from '../../../lab/root.js';
import { AsteriskSwitch } from '../../../src/call/asterisk/asterisk-switch.js';
import { defaultSocketLimits } from '../../../src/call/asterisk/lasting-socket.js';
import type { AgentLine, Call } from '../../../src/call/call.js';
import { defaultDigitTimers } from '../../../src/call/digit-collector.js';
import { systemClock } from '../../../src/clock.js';
import type { Delivery, Listen, Speech } from '../../../src/dialogue/line.js';
import { encodeUlaw } from '../../support/audio/g711.js';
import { RecordedLog } from '../../support/recorded-log.js';
import { until } from '../../support/until.js';
import { RtpPhone } from './rtp-phone.js';

const ariPassword = 'a long password';
const ticket = '0123456789';
const [callersLine, agentsLine] = ['9001', '9002'];
/** Pitches, in hertz, each a whole number of periods in a window of 500 ms. */
const [callersPitch, agentsPitch, promptsPitch, musicsPitch] = [1_000, 1_500, 440, 600];
const windowMs = 500;
/** The tones of the keys, ITU-T Q.23. */
const keyPitches = [697, 770, 852, 941, 1_209, 1_336, 1_477];
/** A tone that is there has 8,000; what a window's edge or G.711 leaves of another is far below. */
const audible = 3_000;
const inaudible = 50;
/** How long a caller's media may be missing here. */
const rtpTimeoutSeconds = 2;
const heardOut: Delivery = { interruptible: false, dropsTypeAhead: false };
const secretly: Delivery = { interruptible: true, dropsTypeAhead: true };
const pin: Listen = { for: 'secret', kind: 'card-pin', length: 6 };
const says = (prompt: string): Speech => ({ language: 'en', utterances: [{ prompt }] });

type App = { readonly calls: Call[]; readonly orphans: Call[]; readonly lines: AgentLine[] };
type Pair = {
  readonly call: Call;
  readonly line: AgentLine;
  readonly caller: RtpPhone;
  readonly agent: RtpPhone;
};

describe('a caller and an agent on a real Asterisk', function () {
  this.timeout(20_000);

  let folder = '';
  let ports: LabPorts;
  let asterisk: LabAsterisk;
  let log: RecordedLog;
  const started: AsteriskSwitch[] = [];
  const phones: RtpPhone[] = [];

  before(async function () {
    this.timeout(60_000);
    folder = await mkdtemp(join(tmpdir(), 'walletline-joined-'));
    const prompts = join(folder, 'prompts');
    await mkdir(join(prompts, 'music'), { recursive: true });
    await mkdir(join(prompts, 'en'));
    await writeFile(join(prompts, 'en', 'tone.ulaw'), tone(promptsPitch, 2_000));
    await writeFile(join(prompts, 'music', 'music.ulaw'), tone(musicsPitch, 5_000));
    ports = await freePorts();
    asterisk = await prepareAsterisk({
      root: await prepareRoot(),
      dir: join(folder, 'asterisk'),
      logDir: join(folder, 'log'),
      promptsDir: prompts,
      ports,
      ariPassword,
      ariApp: 'walletline',
      site: {
        'site-music': { directory: '/data/sounds/walletline/music' },
        'site-trunk': { rtp_timeout: String(rtpTimeoutSeconds) },
      },
    });
    // Two numbers that stand for what AMI does: a caller and an agent are moved into the application.
    await appendFile(
      join(folder, 'asterisk', 'etc', 'extensions.conf'),
      `
[from-trunk](+)
exten => ${callersLine},1,Stasis(walletline,transfer,ticket,${ticket},1001)
 same => n,Hangup()
exten => ${agentsLine},1,Stasis(walletline,agent,${ticket},1001)
 same => n,Hangup()
`,
    );
    await asterisk.start();
  });
  after(async () => {
    await asterisk.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    log = new RecordedLog();
  });
  afterEach(async () => {
    for (const phone of phones.splice(0)) {
      phone.hangUp();
    }
    await Promise.all(started.splice(0).map((one) => one.stop()));
    await pause(300);
  });

  /** Starts an application; what comes to it is kept. */
  async function startApp(): Promise<App> {
    const app: App = { calls: [], orphans: [], lines: [] };
    const its = new AsteriskSwitch({
      ariUrl: `http://walletline:${encodeURIComponent(ariPassword)}@127.0.0.1:${ports.ari}`,
      app: 'walletline',
      agents: { context: 'agents', extension: '12581' },
      soundPrefix: 'walletline',
      recordings: ({ utterances }) => utterances.map(({ prompt }) => `en/${prompt}`),
      timers: { ...defaultDigitTimers, firstDigitMs: 30_000 },
      holdLimitMs: 60_000,
      log,
      clock: systemClock,
      // Whose name is taken by another process stays away.
      socketLimits: { ...defaultSocketLimits, greatestRetryMs: 60_000 },
    });
    started.push(its);
    await its.start({
      onCall: (call) => {
        app.calls.push(call);
        void call.answer();
      },
      onOrphan: (call) => app.orphans.push(call),
      onAgentLine: (line) => {
        app.lines.push(line);
        // These two dial in; lines that AMI moves to us are in a call already.
        void ari('POST', `/channels/${line.channelId}/answer`);
      },
    });
    return app;
  }

  async function ari(method: string, path: string): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${ports.ari}/ari${path}`, {
      method,
      headers: { authorization: `Basic ${btoa(`walletline:${ariPassword}`)}` },
      signal: AbortSignal.timeout(5_000),
    });
    const body = await response.text();
    return body === '' ? undefined : JSON.parse(body);
  }

  async function dial(number: string, hertz: number): Promise<RtpPhone> {
    const phone = await RtpPhone.dial(ports.sip, number, hertz);
    phones.push(phone);
    return phone;
  }

  /** This phone hears this pitch, all the time, before long. */
  async function hears(phone: RtpPhone, pitch: number): Promise<void> {
    await until(() => phone.loudness(pitch, windowMs) > audible, `${pitch} Hz is heard`);
  }

  /** This phone hears nothing of this pitch before long. */
  async function hearsNothingOf(phone: RtpPhone, pitch: number): Promise<void> {
    await until(() => phone.loudness(pitch, windowMs) < inaudible, `${pitch} Hz is not heard any more`);
  }

  /** The prompt that is about to be said has been heard to its end. */
  async function promptIsOver(caller: RtpPhone): Promise<void> {
    await hears(caller, promptsPitch);
    await hearsNothingOf(caller, promptsPitch);
  }

  /** A caller and an agent who are in our hands, and are joined unless the test does that. */
  async function bothWithUs({ joined = true } = {}): Promise<Pair> {
    const app = await startApp();
    const agent = await dial(agentsLine, agentsPitch);
    const caller = await dial(callersLine, callersPitch);
    const [[call], [line]] = [app.calls, app.lines];
    assert.ok(call !== undefined && line !== undefined);
    if (joined) {
      assert.equal(await call.join(line), 'joined');
    }
    return { call, line, caller, agent };
  }

  it('hear each other, in a bridge through which all media goes', async () => {
    const { caller, agent } = await bothWithUs();
    await hears(agent, callersPitch);
    await hears(caller, agentsPitch);
  });

  it('is never a native bridge, also where Asterisk has loaded the module', async () => {
    await asterisk.cli('module load bridge_native_rtp.so');
    try {
      await bothWithUs();
      const bridge = (await ari('GET', `/bridges/walletline-${ticket}`)) as { technology: string };
      assert.equal(bridge.technology, 'simple_bridge');
    } finally {
      await asterisk.cli('module unload bridge_native_rtp.so');
    }
  });

  it('hear music while they hold, and none once they are joined', async () => {
    const { call, line, agent } = await bothWithUs({ joined: false });
    await line.hold();
    await hears(agent, musicsPitch);
    const heard = line.hears(says('tone'));
    await hears(agent, promptsPitch);
    await hearsNothingOf(agent, musicsPitch);
    assert.equal(await heard, 'heard');
    await hears(agent, musicsPitch);
    await call.join(line);
    await hearsNothingOf(agent, musicsPitch);
    await hears(agent, callersPitch);
  });

  it("keep their keys from each other: the caller's come to us", async () => {
    const { call, caller, agent } = await bothWithUs();
    const answer = call.answers(says('tone'), heardOut, { for: 'digits', length: 4 });
    caller.press('1357');
    agent.press('2468');
    assert.deepEqual(await answer, { type: 'digits', digits: '1357' });
    // What is played keeps the caller's side from the agent by itself: the same again with nothing played.
    const silent = call.answers(says('tone'), secretly, { for: 'digits', length: 2 });
    await promptIsOver(caller);
    caller.press('86');
    assert.deepEqual(await silent, { type: 'digits', digits: '86' });
    await pause(200);
    assert.deepEqual(agent.keysHeard, []);
    assert.deepEqual(caller.keysHeard, []);
    for (const hertz of keyPitches) {
      assert.ok(agent.loudness(hertz, 3_000) < inaudible * 2, `${hertz} Hz`);
    }
  });

  it('are told what we say apart from each other', async () => {
    const { call, caller, agent } = await bothWithUs();
    const heard = call.hears(says('tone'), heardOut);
    await hears(caller, promptsPitch);
    assert.ok(agent.loudness(promptsPitch, windowMs) < inaudible);
    assert.equal(await heard, 'heard');
    assert.ok(agent.loudness(promptsPitch, 2_000) < inaudible * 2);
  });

  it('are apart while a secret is keyed: the agent hears not one sample, and the keys come to us', async () => {
    const { call, caller, agent } = await bothWithUs();
    const answer = call.answers(says('tone'), secretly, pin);
    await promptIsOver(caller);
    // What is silent from here on is silent because the caller is muted.
    const mutedAtMs = performance.now();
    await pause(windowMs);
    await hears(caller, agentsPitch);
    caller.press('135790');
    const given = await answer;
    assert.ok(given.type === 'secret');
    assert.equal(
      given.secret.open((digits) => digits.toString('ascii')),
      '135790',
    );
    assert.equal(agent.peak(performance.now() - mutedAtMs), 0);
    assert.deepEqual(agent.keysHeard, []);
    await hears(agent, callersPitch);
  });

  it('are parted when the agent hangs up: the caller is with us, and can be sent to another agent', async () => {
    const { call, line, caller, agent } = await bothWithUs();
    agent.hangUp();
    await line.ended;
    await until(async () => (await call.joinedTicket()) === undefined, 'the bridge is gone');
    const heard = call.hears(says('tone'), heardOut);
    await hears(caller, promptsPitch);
    assert.equal(await heard, 'heard');
    assert.equal(await call.transfer('agents', { language: 'zh', position: 'pay.ask-pin' }), 'transferred');
    await call.ended;
    const variable = `/channels/${call.channelId}/variable?variable=WALLETLINE_POSITION`;
    assert.deepEqual(await ari('GET', variable), { value: 'pay.ask-pin' });
    assert.equal(caller.isOver, false);
  });

  it('are parted when the caller is sent away out of their conversation', async () => {
    const { call, line, agent } = await bothWithUs();
    assert.equal(await call.transfer('agents'), 'transferred');
    // Asterisk answers before the channel has gone there.
    await until(async () => {
      const channel = (await ari('GET', `/channels/${call.channelId}`)) as { dialplan: { context: string } };
      return channel.dialplan.context === 'agents';
    }, 'the caller is where agents are');
    const heard = line.hears(says('tone'));
    await hears(agent, promptsPitch);
    assert.equal(await heard, 'heard');
    await until(async () => {
      const bridge = (await ari('GET', `/bridges/walletline-${ticket}`)) as { message?: string };
      return bridge.message === 'Bridge not found';
    }, 'the bridge is gone');
  });

  it('are found by the next process, the caller heard again although a secret was being keyed', async () => {
    const { call, caller, agent } = await bothWithUs();
    const forgotten = call.answers(says('tone'), secretly, pin);
    await promptIsOver(caller);
    assert.equal(agent.peak(windowMs), 0);
    const next = await startApp();
    await until(() => next.orphans.length === 1 && next.lines.length === 1, 'both are found');
    const [[orphan], [found]] = [next.orphans, next.lines];
    assert.ok(orphan !== undefined && found !== undefined);
    assert.equal(await orphan.joinedTicket(), ticket);
    await hears(agent, callersPitch);
    // What the next process does with them: it puts the agent's line on hold before it knows more.
    await found.hold();
    assert.equal(await orphan.join(found), 'joined');
    await hears(agent, callersPitch);
    await hearsNothingOf(agent, musicsPitch);
    await hears(caller, agentsPitch);
    agent.hangUp();
    await found.ended;
    await until(async () => (await orphan.joinedTicket()) === undefined, 'the bridge is gone');
    await orphan.hangUp();
    await call.hangUp();
    assert.deepEqual(await forgotten, { type: 'hangup' });
  });

  it('do not hold a line when the media of a phone stops without a goodbye', async () => {
    const { call, caller, line } = await bothWithUs();
    caller.falls();
    await call.ended;
    await until(async () => (await call.joinedTicket()) === undefined, 'the bridge is gone');
    const stays = Symbol('stays');
    assert.equal(await Promise.race([line.ended, pause(100, stays)]), stays);
  });
});

/** Returns so many milliseconds of a tone in mu-law, as Asterisk plays it. */
function tone(hertz: number, ms: number): Uint8Array {
  const samples = Int16Array.from({ length: ms * 8 }, (_, at) =>
    Math.round(8_000 * Math.sin((2 * Math.PI * hertz * at) / 8_000)),
  );
  return encodeUlaw(samples);
}
