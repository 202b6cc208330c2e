import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asksForHelp, runCommand, UsageError } from '../src/command-line.js';
import { settingsOrLabs } from '../src/running-lab.js';

const usage = 'npm run thing -- --count N\n';

async function run(args: readonly string[], fault?: Error) {
  let [out, err] = ['', ''];
  const code = await runCommand(
    {
      usage,
      failure: 'the thing failed',
      config: { options: { count: { type: 'string', default: '1' } } },
      run: ({ values }) => {
        if (fault !== undefined) {
          throw fault;
        }
        out += values.count;
        return 0;
      },
    },
    {
      args,
      write: (text) => {
        out += text;
      },
      writeError: (text) => {
        err += text;
      },
    },
  );
  return { code, out, err };
}

describe('a command', () => {
  it('shows its usage when it is asked to, whatever else is said', async () => {
    for (const args of [['--help'], ['-h'], ['--nonsense', '--help'], ['--count', '2', '-h']]) {
      assert.deepEqual(await run(args), { code: 0, out: usage, err: '' });
    }
    assert.equal(asksForHelp(['--', '--help']), false);
  });

  it('says what it does not understand, and how it is used', async () => {
    for (const args of [['--nonsense'], ['word'], ['--count'], ['-x']]) {
      const { code, out, err } = await run(args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /^npm run thing[^\n]*\n\n[^\n]*('--nonsense'|'word'|--count|'-x')[^\n]*\n$/);
      assert.doesNotMatch(err, / at |\.ts:/);
    }
  });

  it('tells a failure in a sentence, and what is wrong with its use with the usage', async () => {
    assert.deepEqual(await run([], new Error('no disk')), {
      code: 2,
      out: '',
      err: 'the thing failed: no disk\n',
    });
    assert.match(
      (await run([], new UsageError('--count is odd'))).err,
      /^npm run thing.*\n\n--count is odd\n$/,
    );
  });
});

describe('the settings of a tool', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'walletline-settings-'));
    await writeFile(
      join(folder, 'walletline.env'),
      "WALLETLINE_DATABASE_URL='mysql://u:it'\\''s@h/d'\nWALLETLINE_BANK_JOURNAL='/lab/bank'\n",
    );
  });
  after(() => rm(folder, { recursive: true }));

  const name = 'WALLETLINE_DATABASE_URL';

  it('are those of the lab that is running when the environment names no database', async () => {
    let said = '';
    const settings = await settingsOrLabs({ WALLETLINE_LAB_STATE: folder, [name]: '' }, name, (text) => {
      said += text;
    });
    assert.equal(settings[name], "mysql://u:it's@h/d");
    assert.equal(settings['WALLETLINE_BANK_JOURNAL'], '/lab/bank');
    assert.match(said, /running lab: .*walletline\.env/);
  });

  it('are never mixed with those of another system', async () => {
    const environment = { WALLETLINE_LAB_STATE: folder, [name]: 'mysql://mine@h/d' };
    const settings = await settingsOrLabs(environment, name, () => assert.fail('the lab was used'));
    assert.equal(settings['WALLETLINE_BANK_JOURNAL'], undefined);
    await assert.rejects(
      settingsOrLabs(environment, 'WALLETLINE_DATABASE_ADMIN_URL'),
      /ADMIN_URL is not set, though/,
    );
  });

  it('that are missing are named, with where they were looked for and what to do', async () => {
    await assert.rejects(
      settingsOrLabs({ WALLETLINE_LAB_STATE: '/nowhere' }, name),
      /^UsageError: WALLETLINE_DATABASE_URL is not set.*\/nowhere\/walletline\.env.*mysql:\/\/.*npm start/,
    );
  });
});
