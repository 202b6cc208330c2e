import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabProcess, ProcessDied } from '../../lab/lab-process.js';
import { projectDir } from '../../lab/project-dir.js';
import { hasEndedSoon, isRunning } from './is-running.js';

describe('a process of the lab', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'walletline-process-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const shell = (script: string, readyTimeoutMs = 2_000) =>
    new LabProcess({
      name: 'the shell',
      command: 'sh',
      args: ['-c', script],
      env: { GREETING: 'hello' },
      logFile: join(folder, 'shell.log'),
      readyLine: /^ready$/m,
      readyTimeoutMs,
      stopTimeoutMs: 300,
    });

  it('is started when it says so, and ends on SIGTERM', async () => {
    const one = shell('echo ready; exec sleep 60');
    await one.start();
    const { pid } = one;
    assert.ok(isRunning(pid));
    await one.stop();
    assert.ok(!isRunning(pid));
    assert.equal(one.pid, undefined);
  });

  it('is killed when it does not end in time', async () => {
    const one = shell('trap "" TERM; echo ready; while :; do sleep 0.05; done');
    await one.start();
    const { pid } = one;
    await one.stop();
    assert.ok(!isRunning(pid));
  });

  it('that ends before it is ready is reported with the end of its log', async () => {
    await assert.rejects(
      shell('echo a fine mess; exit 3').start(),
      (error) =>
        error instanceof ProcessDied && /ended before it was ready.*a fine mess/s.test(error.message),
    );
  });

  it('that never gets ready is ended and reported', async () => {
    const one = shell('exec sleep 60', 200);
    await assert.rejects(one.start(), /was not ready after 0.2 s/);
    assert.equal(one.pid, undefined);
  });

  it('that ends unasked is reported; one that a test kills or restarts is not', async () => {
    const one = shell('echo ready; exec sleep 60');
    const reports: ProcessDied[] = [];
    void one.died.then((death) => reports.push(death));
    await one.start();
    await one.kill('SIGKILL');
    await one.start();
    await one.restart();
    assert.deepEqual(reports, []);
    process.kill(one.pid ?? 0, 'SIGKILL');
    assert.match((await one.died).message, /^the shell ended unasked/);
  });

  it('a ready line of an earlier run is not taken for its own', async () => {
    const one = shell('echo ready; exec sleep 60');
    await one.start();
    await one.stop();
    await assert.rejects(shell('exec sleep 60', 200).start(), /was not ready/);
  });

  it('sees its own settings and none of ours', async () => {
    process.env['WALLETLINE_SECRET_OF_OURS'] = 'x';
    const one = shell(
      'echo "greeting=$GREETING ours=$WALLETLINE_SECRET_OF_OURS."; echo ready; exec sleep 60',
    );
    await one.start();
    await one.stop();
    delete process.env['WALLETLINE_SECRET_OF_OURS'];
    assert.match(await readFile(join(folder, 'shell.log'), 'utf8'), /greeting=hello ours=\.$/m);
  });

  it('is killed with the lab, however the lab ends', async function () {
    this.timeout(15_000);
    const script = join(folder, 'lab.mts');
    const labProcess = JSON.stringify(join(projectDir, 'lab/lab-process.js'));
    await writeFile(
      script,
      `import { LabProcess } from ${labProcess};
       const one = new LabProcess({ name: 'x', command: 'sh', args: ['-c', 'trap "" TERM INT HUP; echo ready; while :; do sleep 0.05; done'],
         logFile: ${JSON.stringify(join(folder, 'x.log'))}, readyLine: /^ready$/m, readyTimeoutMs: 2000, stopTimeoutMs: 100 });
       void one.start().then(() => { console.log(one.pid); setInterval(() => undefined, 1000); });`,
    );
    const lab = spawn(process.execPath, ['--import=tsx', script], {
      cwd: projectDir,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(lab.stdout.setEncoding('utf8'), 'data')) as [string];
    const pid = Number(line);
    assert.ok(isRunning(pid));
    lab.kill('SIGKILL');
    assert.ok(await hasEndedSoon(pid));
  });
});
