// `npm test`: the checks, the unit tests, and then, in a lab of their own, the tests that need servers.
import { join } from 'node:path';
import { systemClock } from '../src/clock.js';
import type { Variables } from './environment.js';
import { explain } from './explain.js';
import { installTools } from './install-tools.js';
import { Lab } from './lab.js';
import { freePorts } from './ports.js';
import { projectDir } from './project-dir.js';
import { Steps } from './steps.js';
import { closingLine, runShown, type Tally } from './test-run.js';
import { untilAskedToEnd } from './until-asked.js';

type Stage = { readonly name: string; readonly command: readonly string[] };

/** The loader is node's own argument: given to mocha, it would run in a process that outlives its parent. */
const withServers = [
  ...[process.execPath, '--import=tsx', join(projectDir, 'node_modules/mocha/bin/mocha.js')],
  // A test that failed may have left a server open: the run ends all the same.
  ...['--extension=ts', '--forbid-only', '--timeout=60000', '--exit'],
];

const withoutLab: readonly Stage[] = [
  { name: 'checks', command: ['npm', 'run', '--silent', 'check'] },
  { name: 'unit tests', command: ['npm', 'run', '--silent', 'test:unit', '--', '--forbid-only'] },
];
const withLab: Stage = {
  name: 'tests with servers',
  command: [...withServers, '--ignore=test/calls/**', 'test/**/*.lab.test.ts'],
};
const calls: Stage = { name: 'calls', command: [...withServers, 'test/calls/**/*.test.ts'] };

const steps = new Steps();
const tallies: Tally[] = [];
const failedStages: string[] = [];
const abort = new AbortController();

async function runStages(stages: readonly Stage[], env: Variables): Promise<void> {
  for (const { name, command } of stages) {
    if (abort.signal.aborted) {
      return;
    }
    steps.say(`\n== ${name}`);
    const startedMs = systemClock.monotonicMs();
    const { code, tally } = await runShown(command, env, abort.signal);
    steps.say(`-- ${name}: ${((systemClock.monotonicMs() - startedMs) / 1000).toFixed(1)} s`);
    tallies.push(tally);
    if (code !== 0) {
      failedStages.push(name);
    }
  }
}

/** So many callers talk with agents at once. */
const agents = Array.from({ length: 10 }, (_, i) => String(1001 + i));

/** How the lab of the tests differs from that of `npm start`. */
const testSettings: Variables = {
  // Secrets are searched for at the most talkative level.
  WALLETLINE_LOG_LEVEL: 'debug',
  // Long enough for two words of patience, and no longer: tests wait for it.
  WALLETLINE_BANK_ANSWER_TIMEOUT_MS: '10000',
  // A test asks more often than a person's desktop.
  WALLETLINE_API_REQUESTS_PER_MINUTE: '100000',
};

/** Every setting of the lab, and where the app's process is. */
function knownOf({ env, app }: Lab): Record<string, string> {
  return { ...env, WALLETLINE_APP_PID: String(app.pid), WALLETLINE_APP_LOG: app.plan.logFile };
}

/** The same under names that no program of ours reads by itself: what a test starts is not the lab's. */
function forTests(known: Readonly<Record<string, string>>): Variables {
  const renamed = Object.entries(known).map(([name, value]) => [
    name.replace(/^WALLETLINE_/, 'WALLETLINE_TEST_'),
    value,
  ]);
  return { ...withoutSettings, ...(Object.fromEntries(renamed) as Record<string, string>) };
}

async function testWith(lab: Lab): Promise<void> {
  const known = knownOf(lab);
  await runStages([withLab], forTests(known));
  await runStages([calls], { ...forTests(known), ...known });
}

/** Whatever servers this shell is set up for, the tests must not reach them. */
const withoutSettings: Variables = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^WALLETLINE_(?!LAB_)/.test(name)),
);

async function test(): Promise<void> {
  await installTools(steps);
  await runStages(withoutLab, withoutSettings);
  if (abort.signal.aborted) {
    return;
  }
  steps.say('\n== the lab');
  const lab = new Lab({
    stateDir: join(projectDir, 'var/test'),
    ports: await freePorts(),
    fresh: true,
    agents,
    environment: testSettings,
    steps,
  });
  try {
    await lab.start();
    const died = lab.died.then((death) => {
      abort.abort();
      throw death;
    });
    await Promise.race([testWith(lab), died]);
  } finally {
    await lab.stop();
  }
}

void untilAskedToEnd().then(() => abort.abort('interrupted'));
let exitCode = 1;
try {
  await test();
  exitCode = failedStages.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`\n${explain(error)}\n`);
}
if (abort.signal.reason === 'interrupted') {
  process.exit(130);
}
if (failedStages.length > 0) {
  steps.say(`\nFailed: ${failedStages.join(', ')}. Logs of the lab: var/test/log`);
}
steps.say(`\n${closingLine(tallies)}`);
process.exit(exitCode);
