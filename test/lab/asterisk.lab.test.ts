import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LabAsterisk, prepareAsterisk, type SiteValues } from '../../lab/asterisk.js';
import { freePorts, type LabPorts } from '../../lab/ports.js';
import { prepareRoot } from '../../lab/root.js';
import { SipProbe } from './sip-probe.js';

const ariPassword = 'a long password';

describe('Asterisk with the files of dialplan/', () => {
  let folder = '';
  let ports: LabPorts;
  let asterisk: LabAsterisk;
  let probe: SipProbe;

  async function startWith(site: SiteValues): Promise<void> {
    asterisk = await prepareAsterisk({
      root: await prepareRoot(),
      dir: join(folder, 'asterisk'),
      logDir: join(folder, 'log'),
      promptsDir: join(folder, 'prompts'),
      ports,
      ariPassword,
      ariApp: 'walletline',
      callCentre: { amiPassword: 'another long password', agentPasswords: { '1001': 'of the phone' } },
      site,
    });
    await asterisk.start();
  }

  const ari = async (method: string, path: string, password = ariPassword) =>
    fetch(`http://127.0.0.1:${ports.ari}/ari${path}`, {
      method,
      headers: { authorization: `Basic ${btoa(`walletline:${password}`)}` },
      signal: AbortSignal.timeout(5_000),
    });

  /** Opens the app's event socket; the events themselves are not read. Returns how to close it. */
  async function connectApp(): Promise<() => void> {
    const upgrade = request(`http://127.0.0.1:${ports.ari}/ari/events?app=walletline`, {
      auth: `walletline:${ariPassword}`,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.from('0123456789abcdef').toString('base64'),
        'sec-websocket-protocol': 'ari',
      },
    });
    upgrade.end();
    const [, socket] = (await once(upgrade, 'upgrade')) as [unknown, { resume(): void; destroy(): void }];
    socket.resume();
    return () => socket.destroy();
  }

  before(async function () {
    this.timeout(60_000);
    folder = await mkdtemp(join(tmpdir(), 'walletline-asterisk-'));
    await mkdir(join(folder, 'prompts'));
    ports = await freePorts();
    await startWith({});
  });
  after(async () => {
    await asterisk.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    probe = await SipProbe.open(ports.sip);
  });
  afterEach(() => probe.close());

  it('starts without an error or a warning', async () => {
    const messages = await readFile(join(folder, 'log/asterisk/messages.log'), 'utf8');
    assert.match(messages, /Asterisk 22\.\d+/);
    assert.doesNotMatch(messages, /ERROR|WARNING/);
  });

  for (const user of ['12580', 's', '']) {
    it(`is alive to a trunk that asks ${user === '' ? 'for nobody' : `for ${user}`}, with the app or without it`, async () => {
      probe.send('OPTIONS', user);
      const answer = await probe.hears(/^SIP/);
      assert.match(answer, /^SIP\/2.0 200/);
      assert.doesNotMatch(answer, /Asterisk/i);
    });
  }

  it('refuses a call with 503, unanswered, when the app is gone', async () => {
    probe.send('INVITE', '12580');
    await probe.hears(/^SIP\/2.0 503/);
    assert.ok(!probe.heard.some((line) => line.startsWith('SIP/2.0 2')));
  });

  for (const number of [
    '12581',
    '125800',
    '1258',
    's',
    '13900139000',
    '12580&Local',
    'h',
    '1001',
    '12580*123456',
    '12580*8',
    '*8',
    '12580%00',
    '12580%00123',
    '0123456789',
  ]) {
    it(`knows no number ${number}`, async () => {
      probe.send('INVITE', number);
      await probe.hears(/^SIP\/2.0 404/);
    });
  }

  for (const user of ['1001', '1002', 'trunk', '13800138000']) {
    it(`takes no call from ${user} at an address that it does not know, without a password`, async () => {
      const stranger = await SipProbe.open(ports.sip, { address: '127.0.0.2', user });
      try {
        for (const number of ['12580', '12581', '1001']) {
          stranger.send('INVITE', number);
          await stranger.hears(/^SIP\/2.0 401/);
        }
        assert.ok(!stranger.heard.some((line) => /^SIP\/2.0 (1|2|404)/.test(line)));
      } finally {
        stranger.close();
      }
    });
  }

  for (const [number, known] of [
    ...['12580', '12581', '12580*123456'].map((each) => [each, true] as const),
    ...[
      '12582',
      '12580*12345',
      '12580*1234567',
      '12580*12345x',
      '12580#123456',
      '1001',
      '13900139000',
      's',
      'h',
    ].map((each) => [each, false] as const),
  ]) {
    it(`${known ? 'lets' : 'does not let'} an agent transfer to ${number}`, async () => {
      const found = await asterisk.cli(`dialplan show ${number}@agent-transfers`);
      assert.equal(/no existence/.test(found), !known, found);
      assert.match(await asterisk.cli(`dialplan show ${number}@from-agent`), /no existence/);
    });
  }

  it('hands a call to the app unanswered, and answers when the app says so', async () => {
    const disconnect = await connectApp();
    try {
      probe.send('INVITE', '12580');
      await probe.hears(/^SIP\/2.0 100/);
      let channels: string[] = [];
      for (let tries = 0; channels.length === 0 && tries < 100; tries += 1) {
        const application = (await (await ari('GET', '/applications/walletline')).json()) as {
          channel_ids: string[];
        };
        channels = application.channel_ids;
      }
      const [channel = ''] = channels;
      assert.ok(!probe.heard.some((line) => line.startsWith('SIP/2.0 2')));
      assert.equal((await ari('POST', `/channels/${channel}/answer`)).status, 204);
      await probe.hears(/^SIP\/2.0 200/);
      assert.equal((await ari('DELETE', `/channels/${channel}`)).status, 204);
      await probe.hears(/^BYE/);
    } finally {
      disconnect();
    }
  });

  it('lets the app send a caller on to the agents, who ring', async () => {
    const disconnect = await connectApp();
    try {
      probe.send('INVITE', '12580');
      let channel: string | undefined;
      for (let tries = 0; channel === undefined && tries < 100; tries += 1) {
        const live = (await (await ari('GET', '/channels')).json()) as {
          id: string;
          dialplan: { app_name: string };
        }[];
        channel = live.find(({ dialplan }) => dialplan.app_name === 'Stasis')?.id;
      }
      assert.equal((await ari('POST', `/channels/${channel ?? ''}/answer`)).status, 204);
      await probe.hears(/^SIP\/2.0 200/);
      const continued = await ari(
        'POST',
        `/channels/${channel ?? ''}/continue?context=agents&extension=12581`,
      );
      assert.equal(continued.status, 204);
      let waiting = '';
      for (let tries = 0; !/127|trunk/.test(waiting) && tries < 20; tries += 1) {
        waiting = (await asterisk.cli('queue show agents')).split('Callers:')[1] ?? '';
      }
      assert.match(waiting, /PJSIP\/trunk/);
      await ari('DELETE', `/channels/${channel ?? ''}`);
      await probe.hears(/^BYE/);
    } finally {
      disconnect();
    }
  });

  it('asks for the password of the app, and keeps only its hash', async () => {
    assert.equal((await ari('GET', '/channels', 'wrong')).status, 401);
    const site = await readFile(join(folder, 'asterisk/etc/site.conf'), 'utf8');
    assert.ok(!site.includes(ariPassword));
  });

  it('offers nobody a way to switch on a log of keys', async () => {
    assert.equal((await ari('POST', '/asterisk/logging/keys?configuration=dtmf')).status, 404);
  });

  it('is gone at once when it is killed, and comes back', async () => {
    await asterisk.kill('SIGKILL');
    await assert.rejects(ari('GET', '/channels'));
    await asterisk.start();
    assert.equal((await ari('GET', '/channels')).status, 200);
  });

  it('sends callers to the agents when the app is gone and the site says so, and ends their wait', async function () {
    this.timeout(20_000);
    await asterisk.stop();
    await startWith({ 'site-globals': { WHEN_APP_IS_GONE: 'agents', AGENTS_WAIT_SECONDS: '1' } });
    probe.send('INVITE', '12580');
    await probe.hears(/^SIP\/2.0 200/);
    await probe.hears(/^BYE/, 15_000);
  });

  it('lets nobody wait for agents outside of their hours', async function () {
    this.timeout(20_000);
    await asterisk.stop();
    await startWith({ 'site-globals': { WHEN_APP_IS_GONE: 'agents', AGENTS_OPEN: '*,*,30,feb' } });
    probe.send('INVITE', '12580');
    await probe.hears(/^SIP\/2.0 200/);
    assert.doesNotMatch(await asterisk.cli('queue show agents'), /PJSIP\/trunk/);
    await probe.hears(/^BYE/, 15_000);
  });
});
