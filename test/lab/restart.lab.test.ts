import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab } from '../../lab/lab.js';
import { freePorts } from '../../lab/ports.js';
import { projectDir } from '../../lab/project-dir.js';
import { type Database, openDatabase } from '../../src/database/database.js';
import { until } from '../support/until.js';

/** A caller must not be left in silence for longer than this, in milliseconds. */
const longestSilenceMs = 30_000;

type CallRow = {
  channel_id: string;
  answered_at: Date | null;
  ended_at: Date | null;
  outcome: string | null;
};

/** A lab of its own, because its servers are killed. */
describe('a system whose parts are killed in the middle of a call', function () {
  this.timeout(120_000);
  let stateDir = '';
  let lab: Lab;
  let database: Database;
  const phones: ChildProcess[] = [];

  /** Dials with SIPp; the phone waits to be hung up on. Resolves to SIPp's exit code when it was. */
  function dial(): Promise<number | null> {
    const [host = '', port = ''] = (lab.env['WALLETLINE_SIP_ADDRESS'] ?? '').split(':');
    const scenario = join(projectDir, 'test/lab/waits-to-be-hung-up-on.xml');
    const args = ['-sf', scenario, '-s', '12580', '-i', host, '-m', '1', '-nostdin', '-timeout', '60s'];
    const phone = spawn('sipp', [...args, `${host}:${port}`], { cwd: stateDir, stdio: 'ignore' });
    phones.push(phone);
    return once(phone, 'exit').then(([code]) => code as number | null);
  }

  const lastCall = async () => database<CallRow>('calls').orderBy('started_at', 'desc').first();

  async function answeredCall(since: Date): Promise<CallRow> {
    let found: CallRow | undefined;
    await until(
      async () => {
        found = await database<CallRow & { started_at: Date }>('calls')
          .where('started_at', '>', since)
          .whereNotNull('answered_at')
          .first();
        return found !== undefined;
      },
      'the call is answered',
      20_000,
    );
    assert.ok(found !== undefined);
    return found;
  }

  before(async function () {
    this.timeout(300_000);
    stateDir = await mkdtemp(join(tmpdir(), 'walletline-restart-'));
    lab = new Lab({ stateDir, ports: await freePorts(), fresh: true });
    await lab.start();
    database = openDatabase(lab.env['WALLETLINE_DATABASE_URL'] ?? '', { poolSize: 1 });
  });

  after(async () => {
    for (const phone of phones) {
      phone.kill('SIGKILL');
    }
    await database.destroy();
    await lab.stop();
    await rm(stateDir, { recursive: true, force: true });
  });

  it('tells a caller after the app’s restart that they were interrupted, and hangs up', async () => {
    const hungUpOn = dial();
    await answeredCall(new Date(0));
    await lab.app.kill('SIGKILL');
    const killedMs = performance.now();
    await lab.app.start();
    const readyMs = performance.now();
    assert.equal(await hungUpOn, 0);
    const overMs = performance.now();
    console.log(
      `      killed to ready ${(readyMs - killedMs).toFixed(0)} ms; ready to the end of the call ${(overMs - readyMs).toFixed(0)} ms`,
    );
    assert.ok(overMs - killedMs < longestSilenceMs);
    await until(async () => (await lastCall())?.outcome === 'interrupted', 'the record is closed', 5_000);
  });

  it('closes the record of a call that went down with Asterisk, and takes the next one', async () => {
    const since = new Date();
    void dial();
    const { channel_id: channel } = await answeredCall(since);
    await lab.asterisk.kill('SIGKILL');
    await lab.asterisk.start();
    await until(
      async () => {
        const row = await database<CallRow>('calls').where({ channel_id: channel }).first();
        return row !== undefined && row.ended_at !== null;
      },
      'the record is closed',
      40_000,
    );
    const again = new Date();
    void dial();
    await answeredCall(again);
  });
});
