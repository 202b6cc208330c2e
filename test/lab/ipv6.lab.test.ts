import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab } from '../../lab/lab.js';
import { LabProcess } from '../../lab/lab-process.js';
import { freePorts, type LabPorts } from '../../lab/ports.js';
import { openDatabase } from '../../src/database/database.js';
import { type LosableLink, losableLink } from '../support/losable-link.js';
import { until } from '../support/until.js';

/** The servers of a lab listen on IPv4: each gets a way to it that begins on IPv6's loopback. */
describe('a system whose addresses are all IPv6', function () {
  this.timeout(120_000);
  let folder = '';
  let lab: Lab;
  let ports: LabPorts;
  const links: LosableLink[] = [];

  async function linkTo(port: number): Promise<string> {
    const link = await losableLink('127.0.0.1', port, '::1');
    links.push(link);
    return `[::1]:${link.port}`;
  }

  before(async function () {
    this.timeout(300_000);
    folder = await mkdtemp(join(tmpdir(), 'walletline-ipv6-'));
    ports = await freePorts();
    lab = new Lab({ stateDir: folder, ports });
    await lab.start();
    await lab.app.stop();
  });
  after(async () => {
    await lab.stop();
    await Promise.all(links.map((link) => link.close()));
    await rm(folder, { recursive: true, force: true });
  });

  const onIpv6 = async (name: string, port: number) =>
    (lab.env[name] ?? '').replace(`127.0.0.1:${port}`, await linkTo(port));

  it('reaches its database, switch, call centre and bank, and is reached', async () => {
    const { plan } = lab.app;
    const [bankHost = '', bankPort = ''] = (await linkTo(ports.bank)).split(/:(?=\d+$)/);
    const databaseUrl = await onIpv6('WALLETLINE_DATABASE_URL', ports.database);
    const app = new LabProcess({
      ...plan,
      env: {
        ...plan.env,
        WALLETLINE_DATABASE_URL: databaseUrl,
        WALLETLINE_ARI_URL: await onIpv6('WALLETLINE_ARI_URL', ports.ari),
        WALLETLINE_AMI_URL: await onIpv6('WALLETLINE_AMI_URL', ports.ami),
        WALLETLINE_CARRIER_URL: await onIpv6('WALLETLINE_CARRIER_URL', ports.carrier),
        WALLETLINE_BANK_HOST: bankHost,
        WALLETLINE_BANK_PORT: bankPort,
        WALLETLINE_HTTP_LISTEN: `[::1]:${ports.http}`,
      },
    });
    await app.start();
    try {
      await until(
        async () => {
          const answer = await fetch(`http://[::1]:${ports.http}/readyz`);
          return answer.status === 200 && !('degraded' in ((await answer.json()) as object));
        },
        'everything is reached',
        15_000,
      );
      const metrics = await (await fetch(`http://[::1]:${ports.http}/metrics`)).text();
      assert.match(metrics, /^walletline_bank_available 1$/m);
    } finally {
      await app.stop();
    }
    const database = openDatabase(databaseUrl, { poolSize: 1 });
    await database.raw('SELECT 1');
    await database.destroy();
  });
});
