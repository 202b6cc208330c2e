import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type LabAsterisk, prepareAsterisk, type SiteValues } from '../../lab/asterisk.js';
import { freePorts, type LabPorts } from '../../lab/ports.js';
import { prepareRoot } from '../../lab/root.js';
import { SipProbe } from './sip-probe.js';

const ariPassword = 'a long password';

/** The answer of agent 1001's phone to a challenge (RFC 2617, MD5 with qop=auth). */
function digest(challenge: string, method: string, uri: string): string {
  const header = /^WWW-Authenticate: (.*algorithm=MD5.*)$/im.exec(challenge)?.[1] ?? '';
  const given = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1] ?? '';
  const hash = (text: string) => createHash('md5').update(text).digest('hex');
  const secret = hash(`1001:${given('realm')}:of the phone`);
  const response = hash(`${secret}:${given('nonce')}:00000001:c:auth:${hash(`${method}:${uri}`)}`);
  const named = { username: '1001', realm: given('realm'), nonce: given('nonce'), opaque: given('opaque') };
  const quoted = Object.entries({ ...named, uri, response, cnonce: 'c' }).map(
    ([name, text]) => `${name}="${text}"`,
  );
  return `Authorization: Digest ${quoted.join(', ')}, algorithm=MD5, qop=auth, nc=00000001`;
}

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
    // As a copy of the distribution's files may have left it.
    await mkdir(join(folder, 'asterisk/etc'), { recursive: true });
    await writeFile(join(folder, 'asterisk/etc/site.conf'), '', { mode: 0o644 });
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

  it('tells a stranger neither what it is nor whose', async () => {
    const stranger = await SipProbe.open(ports.sip, { address: '127.0.0.2', user: '1001' });
    try {
      stranger.send('INVITE', '12580');
      const challenge = await stranger.hears(/^SIP\/2.0 401/);
      assert.doesNotMatch(challenge, /asterisk|walletline/i);
    } finally {
      stranger.close();
    }
    const answer = await ari('GET', '/channels', 'wrong');
    assert.doesNotMatch(JSON.stringify([...answer.headers]), /asterisk|walletline/i);
  });

  it('keeps all of its files and logs from everybody else, though some were there before', async () => {
    const files = await Promise.all(
      ['asterisk/etc', 'log/asterisk'].map(async (name) => {
        const names = await readdir(join(folder, name));
        return names.map((file) => join(folder, name, file));
      }),
    );
    for (const file of files.flat()) {
      assert.equal((await stat(file)).mode & 0o077, 0, file);
    }
    assert.ok(files.flat().some((file) => file.endsWith('security.log')));
  });

  it('goes on with a log that was copied and emptied under it', async () => {
    const log = join(folder, 'log/asterisk/security.log');
    const stranger = await SipProbe.open(ports.sip, { address: '127.0.0.2', user: 'nobody' });
    try {
      stranger.send('OPTIONS', '12580');
      await stranger.hears(/^SIP\/2.0 401/);
      await truncate(log);
      stranger.send('OPTIONS', '1');
      let text = '';
      for (let tries = 0; text === '' && tries < 100; tries += 1) {
        await pause(20);
        text = await readFile(log, 'latin1');
      }
      assert.match(text, /^\[.*SecurityEvent=/);
    } finally {
      stranger.close();
    }
  });

  it('loads nothing through which SIP could be logged, or keys come in another way', async () => {
    for (const module of [
      'res_pjsip_logger',
      'res_pjsip_dtmf_info',
      'res_ari_asterisk',
      'pbx_spool',
      'app_system',
    ]) {
      assert.match(await asterisk.cli(`module show like ${module}`), /\b0 modules loaded/, module);
    }
  });

  it('lets one app at a time into AMI', async () => {
    const logIn = async (): Promise<{ socket: Socket; answer: string | undefined }> => {
      const socket = connect(ports.ami, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        text += String(chunk);
      });
      socket.write('Action: Login\r\nUsername: walletline\r\nSecret: another long password\r\n\r\n');
      for (let tries = 0; !text.includes('Response:') && tries < 200; tries += 1) {
        await pause(20);
      }
      return { socket, answer: /Response: (\w+)/.exec(text)?.[1] };
    };
    const first = await logIn();
    const second = await logIn();
    first.socket.destroy();
    second.socket.destroy();
    assert.deepEqual([first.answer, second.answer], ['Success', 'Error']);
  });

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
      assert.match(await probe.hears(/^SIP\/2.0 200/), /^o=- [\s\S]*^s=-\r$/m);
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

  it('lets an agent’s phone in with its password', async () => {
    const phone = await SipProbe.open(ports.sip, { address: '127.0.0.2', user: '1001' });
    try {
      phone.send('INVITE', '12580');
      const challenge = await phone.hears(/^SIP\/2.0 401/);
      phone.send('INVITE', '12580', {
        headers: [digest(challenge, 'INVITE', `sip:12580@127.0.0.1:${ports.sip}`)],
      });
      // Known, and has nobody to call.
      await phone.hears(/^SIP\/2.0 404/);
    } finally {
      phone.close();
    }
  });

  it('is not alive to a trunk that asks, and refuses calls with 503, while it drains', async () => {
    const disconnect = await connectApp();
    const caller = await SipProbe.open(ports.sip);
    try {
      caller.send('INVITE', '12580');
      await caller.hears(/^SIP\/2.0 100/);
      // One call goes on, so that it waits.
      await pause(300);
      // The console waits as well.
      const stopping = asterisk.cli('core stop gracefully').catch(() => undefined);
      for (const user of ['12580', 's', '']) {
        let answer = '';
        for (let tries = 0; !answer.startsWith('SIP/2.0 503') && tries < 50; tries += 1) {
          const asking = await SipProbe.open(ports.sip);
          asking.send('OPTIONS', user);
          answer = await asking.hears(/^SIP/);
          asking.close();
          await pause(100);
        }
        assert.match(answer, /^SIP\/2.0 503/);
      }
      probe.send('INVITE', '12580');
      await probe.hears(/^SIP\/2.0 503/);
      await asterisk.cli('core abort shutdown');
      const asking = await SipProbe.open(ports.sip);
      asking.send('OPTIONS', '12580');
      await asking.hears(/^SIP\/2.0 200/);
      asking.close();
      await stopping;
    } finally {
      caller.close();
      disconnect();
    }
  });

  it('asks agents’ phones for a password with SHA-256 where the site says so', async function () {
    this.timeout(20_000);
    await asterisk.stop();
    await startWith({ 'site-agents-network': { 'inbound_auth/supported_algorithms_uas': 'SHA-256' } });
    const phone = await SipProbe.open(ports.sip, { address: '127.0.0.2', user: '1001' });
    try {
      phone.send('INVITE', '12580');
      const challenge = await phone.hears(/^SIP\/2.0 401/);
      const algorithms = [...challenge.matchAll(/algorithm=([\w-]+)/gi)].map(([, name]) => name);
      assert.deepEqual(algorithms, ['SHA-256']);
    } finally {
      phone.close();
    }
  });

  it('takes the app and agents’ phones from where the site says, and from nowhere else', async function () {
    this.timeout(20_000);
    await asterisk.stop();
    await startWith({
      'site-ari': { permit: '192.0.2.1/255.255.255.255' },
      'site-agents-network': {
        'endpoint/permit': '192.0.2.0/255.255.255.0',
        'inbound_auth/supported_algorithms_uas': 'MD5',
      },
    });
    assert.equal((await ari('GET', '/channels')).status, 403);
    const phone = await SipProbe.open(ports.sip, { address: '127.0.0.2', user: '1001' });
    try {
      phone.send('INVITE', '12580');
      const challenge = await phone.hears(/^SIP\/2.0 401/);
      phone.send('INVITE', '12580', {
        headers: [digest(challenge, 'INVITE', `sip:12580@127.0.0.1:${ports.sip}`)],
      });
      // Refused as a wrong password is, so that nobody learns that it was right.
      for (let tries = 0; phone.heard.length < 2 && tries < 100; tries += 1) {
        await pause(20);
      }
      assert.deepEqual(phone.heard, Array(2).fill('SIP/2.0 401 Unauthorized'));
    } finally {
      phone.close();
    }
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
