// `npm run test:mariadb`: the tests of everything that keeps its state in SQL, on Debian's MariaDB.
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLineOf } from '../src/command-line.js';
import { LabError } from './lab-error.js';
import { ProcessDied } from './lab-process.js';
import { prepareMariadbRoot } from './mariadb-root.js';
import { databaseAdmin, prepareMysql } from './mysql.js';
import { freePorts } from './ports.js';
import { projectDir } from './project-dir.js';
import { Steps } from './steps.js';
import { runShown } from './test-run.js';
import { untilAskedToEnd } from './until-asked.js';

const specs = [
  'test/{database,ledger,wallet,call-log}/**/*.lab.test.ts',
  'test/payment/**/*.lab.test.ts',
  'test/bank/mysql-*.lab.test.ts',
];

async function testOnMariadb(abort: AbortSignal): Promise<number> {
  const steps = new Steps();
  const dir = join(projectDir, 'var/mariadb');
  await rm(dir, { recursive: true, force: true });
  const root = await steps.run("MariaDB's files", prepareMariadbRoot);
  const { database: port } = await freePorts();
  const adminPassword = randomBytes(16).toString('hex');
  const server = await prepareMysql({
    ...{ root, port, adminPassword },
    dir: join(dir, 'data'),
    logFile: join(dir, 'mariadb.log'),
  });
  try {
    await steps.run('MariaDB', () => server.start());
    const adminUrl = `mysql://${databaseAdmin}:${adminPassword}@127.0.0.1:${port}`;
    const mocha = [join(projectDir, 'node_modules/mocha/bin/mocha.js'), '--extension=ts', '--forbid-only'];
    const { code } = await runShown(
      [process.execPath, '--import=tsx', ...mocha, '--timeout=60000', '--exit', ...specs],
      { ...process.env, WALLETLINE_TEST_DATABASE_ADMIN_URL: adminUrl },
      { signal: abort, quiet: false },
    );
    return code;
  } finally {
    await server.stop();
  }
}

commandLineOf("npm run test:mariadb\nRuns the tests of what keeps its state in SQL on Debian's MariaDB.\n", {
  options: {},
});
const abort = new AbortController();
void untilAskedToEnd().then(() => abort.abort());
let exitCode = 1;
try {
  exitCode = await testOnMariadb(abort.signal);
} catch (error) {
  const explained = error instanceof LabError || error instanceof ProcessDied;
  process.stderr.write(`\n${explained ? error.message : String((error as Error).stack)}\n`);
}
process.exit(exitCode);
