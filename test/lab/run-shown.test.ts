import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sinon from 'sinon';
import { runShown } from '../../lab/test-run.js';
import { hasEndedSoon } from './is-running.js';

describe('a stage of npm test', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'walletline-stage-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = async (script: string, signal = new AbortController().signal) =>
    runShown(['sh', '-c', script], { PATH: process.env['PATH'] }, { signal, quiet: false });
  const pidIn = (name: string) => Number(readFileSync(join(folder, name), 'utf8'));

  it('gives the exit code of its command', async () => {
    assert.equal((await run('exit 3')).code, 3);
    assert.equal((await run('exit 0')).code, 0);
  });

  it('counts what a command wrote last, also one that is shown at its end', async () => {
    const shown: string[] = [];
    const write = sinon.stub(process.stdout, 'write').callsFake((text) => {
      shown.push(String(text));
      return true;
    });
    try {
      const { tally } = await runShown(
        ['sh', '-c', 'echo first; sleep 0.1; echo "  7 passing (1s)"'],
        { PATH: process.env['PATH'] },
        { signal: new AbortController().signal, quiet: true },
      );
      assert.equal(tally.passed, 7);
    } finally {
      write.restore();
    }
    assert.deepEqual(shown, ['first\n  7 passing (1s)\n']);
  });

  it('leaves nothing running that its command left', async () => {
    assert.equal((await run(`sleep 60 & echo $! > ${folder}/pid; exit 0`)).code, 0);
    assert.ok(await hasEndedSoon(pidIn('pid')));
  });

  it('ends with all that it started when it is aborted', async () => {
    const abort = new AbortController();
    const running = run(`sleep 60 & echo $! > ${folder}/pid; echo $$ > ${folder}/shell; wait`, abort.signal);
    await sleep(200);
    abort.abort();
    assert.notEqual((await running).code, 0);
    assert.ok(await hasEndedSoon(pidIn('pid')));
    assert.ok(await hasEndedSoon(pidIn('shell')));
  });
});
