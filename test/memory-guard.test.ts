import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { memoryFaults } from '../src/memory-guard.js';

const limits = (soft: string) =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax core file size        ${soft}                    unlimited            bytes     \n`;

const faultsWith = (files: Readonly<Record<string, string>>) =>
  memoryFaults((file) => {
    const text = files[file];
    if (text === undefined) {
      throw new Error('no such file');
    }
    return text;
  });

describe('what a core file would hold', () => {
  it('is nothing when none is written and none would hold memory', () => {
    const files = { '/proc/self/limits': limits('0'), '/proc/self/coredump_filter': '00000000\n' };
    assert.deepEqual(faultsWith(files), []);
  });

  it('is said with the remedy when core files are allowed, or would hold memory', () => {
    const files = { '/proc/self/limits': limits('unlimited'), '/proc/self/coredump_filter': '00000033\n' };
    const [first, second] = faultsWith(files);
    assert.match(`${first?.what}: ${first?.remedy}`, /allowed: .*ulimit -c 0.*LimitCORE=0/);
    assert.match(`${second?.what}: ${second?.remedy}`, /memory: .*CoredumpFilter=0x0/);
  });

  it('is in doubt where it cannot be told', () => {
    assert.equal(faultsWith({}).length, 2);
  });

  it('is no memory once the process has guarded itself', () => {
    const file = new URL('../src/memory-guard.ts', import.meta.url).href;
    const script = `import { readFileSync } from 'node:fs'; import { guardMemory } from '${file}';
      guardMemory(); process.stdout.write(readFileSync('/proc/self/coredump_filter', 'latin1'));`;
    const said = execFileSync(process.execPath, ['--import=tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    assert.equal(Number.parseInt(said, 16), 0);
  });
});
