import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';

/** Each as package.json runs it, without npm around it. */
const commands: Readonly<Record<string, readonly string[]>> = {
  start: ['lab/bootstrap.mjs', 'start'],
  test: ['lab/bootstrap.mjs', 'test'],
  'test:quick': ['lab/bootstrap.mjs', 'test', '--quick'],
  'test:mariadb': ['lab/test-mariadb.ts'],
  talk: ['lab/talk.ts'],
  prompts: ['lab/build-prompts.ts'],
  migrate: ['db/migrate-main.ts'],
  simulate: ['test/simulators/main.ts'],
  'simulate issuer-host': ['test/simulators/main.ts', 'issuer-host'],
  'simulate carrier': ['test/simulators/main.ts', 'carrier'],
  'simulate provider': ['test/simulators/main.ts', 'provider'],
  iso: ['lab/iso.ts'],
  licences: ['lab/licences.ts'],
  draw: ['lab/draw.ts'],
  bench: ['test/bench/main.ts'],
  faults: ['test/faults/main.ts'],
  fuzz: ['test/bank/iso8583/fuzz.ts'],
  audit: ['src/payment/audit/main.ts'],
  reconcile: ['src/payment/reconcile/main.ts'],
  unresolved: ['src/payment/operator/main.ts'],
};

describe('every command of package.json', function () {
  this.timeout(60_000);
  const outside = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('WALLETLINE_')),
  );
  const env = { ...outside, WALLETLINE_LAB_STATE: '/nowhere' };

  function told(words: readonly string[]): Promise<{ code: unknown; out: string; err: string }> {
    return new Promise((resolve) => {
      const child = execFile(process.execPath, ['--import=tsx', ...words], { env }, (error, out, err) =>
        resolve({ code: error === null ? 0 : error.code, out, err }),
      );
      child.stdin?.end();
    });
  }

  for (const [name, words] of Object.entries(commands)) {
    it(`shows its usage, and refuses what it does not know: ${name}`, async () => {
      const help = await told([...words, '--help']);
      assert.deepEqual([help.code, help.err], [0, '']);
      assert.match(help.out, /npm (run |start|test)|--port/);
      if (name !== 'test') {
        // What "npm test" is given beyond files is mocha's to judge.
        const wrong = await told([...words, '--no-such-option']);
        assert.equal(wrong.code, 2);
        assert.match(wrong.err, /--no-such-option/);
        assert.doesNotMatch(wrong.err + wrong.out, /\n {4}at /);
      }
    });
  }

  it('that needs a database says which setting is missing and where a lab was looked for', async () => {
    for (const words of [
      ['audit'],
      ['reconcile', '--day', '2026-11-23'],
      ['unresolved', 'list'],
      ['migrate'],
    ]) {
      const [name = '', ...rest] = words;
      const { code, err } = await told([...(commands[name] ?? []), ...rest]);
      assert.equal(code, 2, name);
      assert.match(err, /WALLETLINE_DATABASE_(ADMIN_)?URL is not set.*\/nowhere.*npm start/, name);
    }
  });
});
