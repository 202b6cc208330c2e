import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LabAsterisk, prepareAsterisk, type SiteValues } from '../../lab/asterisk.js';
import { freePorts, type LabPorts } from '../../lab/ports.js';
import { prepareRoot } from '../../lab/root.js';
import { SipProbe } from './sip-probe.js';

const ariPassword = 'a long password';
const amiPassword = 'another long password';

/** Returns the answer of agent 1001's phone to a challenge (RFC 2617, MD5 with qop=auth). */
export function agentDigest(challenge: string, method: string, uri: string): string {
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

/** An Asterisk with the files of dialplan/, and a trunk that asks it. */
class StartedAsterisk {
  readonly ariPassword = ariPassword;
  readonly amiPassword = amiPassword;
  folder = '';
  ports!: LabPorts;
  asterisk!: LabAsterisk;
  probe!: SipProbe;

  async prepare(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'walletline-asterisk-'));
    await mkdir(join(this.folder, 'prompts'));
    // As a copy of the distribution's files may have left it.
    await mkdir(join(this.folder, 'asterisk/etc'), { recursive: true });
    await writeFile(join(this.folder, 'asterisk/etc/site.conf'), '', { mode: 0o644 });
    this.ports = await freePorts();
    await this.startWith({});
  }

  async startWith(site: SiteValues): Promise<void> {
    this.asterisk = await prepareAsterisk({
      root: await prepareRoot(),
      dir: join(this.folder, 'asterisk'),
      logDir: join(this.folder, 'log'),
      promptsDir: join(this.folder, 'prompts'),
      ports: this.ports,
      ariPassword,
      ariApp: 'walletline',
      callCentre: { amiPassword, agentPasswords: { '1001': 'of the phone' } },
      site,
    });
    await this.asterisk.start();
  }

  async ari(method: string, path: string, password = ariPassword): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.ports.ari}/ari${path}`, {
      method,
      headers: { authorization: `Basic ${btoa(`walletline:${password}`)}` },
      signal: AbortSignal.timeout(5_000),
    });
  }

  /** Opens the app's event socket; the events themselves are not read. Returns how to close it. */
  async connectApp(): Promise<() => void> {
    const upgrade = request(`http://127.0.0.1:${this.ports.ari}/ari/events?app=walletline`, {
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

  async end(): Promise<void> {
    await this.asterisk.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Starts Asterisk for the tests of the block that this is called in, with a trunk of its own for each of them. */
export function withAsterisk(): StartedAsterisk {
  const started = new StartedAsterisk();
  before(async function () {
    this.timeout(60_000);
    await started.prepare();
  });
  after(() => started.end());
  beforeEach(async () => {
    started.probe = await SipProbe.open(started.ports.sip);
  });
  afterEach(() => started.probe.close());
  return started;
}
