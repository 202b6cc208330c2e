// `npm test`: the checks, the unit tests, and then, in a lab of their own, the tests that need servers.
// `npm test -- FILE... [mocha's options]`: only these files, with the lab.
// `npm run test:quick`: the checks, the unit tests with the contracts, and one call of each service.
import { join } from 'node:path';
import { systemClock } from '../src/clock.js';
import type { Variables } from './environment.js';
import { explain } from './explain.js';
import { installTools } from './install-tools.js';
import { Lab } from './lab.js';
import { oneCallOfEachService } from './one-call-of-each-service.js';
import { freePorts } from './ports.js';
import { projectDir } from './project-dir.js';
import { Steps } from './steps.js';
import { closingLine, runShown, type Tally } from './test-run.js';
import { untilAskedToEnd } from './until-asked.js';

type Stage = {
  readonly name: string;
  readonly command: readonly string[];
  /** Shown when it is over, because another stage is shown meanwhile. */
  readonly quiet?: boolean;
};

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
/** Tests that start labs of their own, and make calls in them: they wait much and compute little. */
const ownLabs = [
  'test/call/**/*.lab.test.ts',
  'test/lab/**/*.lab.test.ts',
  'test/faults/switch-lost.lab.test.ts',
];
/** These two go on at the same time: what the one computes must not keep the calls of the other waiting. */
const withLab: readonly Stage[] = [
  { name: 'tests with labs of their own', command: [...withServers, ...ownLabs] },
  {
    name: 'tests with servers',
    command: [
      ...['nice', '-n', '19', ...withServers],
      ...['test/calls/**', ...ownLabs].map((files) => `--ignore=${files}`),
      'test/**/*.lab.test.ts',
    ],
    quiet: true,
  },
];
const calls: Stage = { name: 'calls', command: [...withServers, 'test/calls/**/*.test.ts'] };

const quickCalls: Stage = {
  name: 'one call of each service',
  command: [
    ...[
      ...withServers,
      '-g',
      oneCallOfEachService.map(({ title }) => title.replaceAll(/[.*+?()[\]\\|^$]/g, '\\$&')).join('|'),
    ],
    ...new Set(oneCallOfEachService.map(({ file }) => file)),
  ],
  quiet: true,
};

const steps = new Steps();
/** Test files and options of mocha; none: everything is run. */
const chosenWords = process.argv.slice(2);
const isQuick = chosenWords[0] === '--quick';
const tallies: Tally[] = [];
const failedStages: string[] = [];
const abort = new AbortController();

async function runStages(stages: readonly Stage[], env: Variables): Promise<void> {
  for (const stage of stages) {
    await runStage(stage, env);
  }
}

async function runStage({ name, command, quiet = false }: Stage, env: Variables): Promise<void> {
  if (abort.signal.aborted) {
    return;
  }
  steps.say(`\n== ${name}${quiet ? ' (shown at their end)' : ''}`);
  const startedMs = systemClock.monotonicMs();
  const { code, tally } = await runShown(command, env, { signal: abort.signal, quiet });
  steps.say(`-- ${name}: ${((systemClock.monotonicMs() - startedMs) / 1000).toFixed(1)} s`);
  tallies.push(tally);
  if (code !== 0) {
    failedStages.push(name);
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

/** Returns the stages of a run of chosen files: those of calls are told where the lab is, as in a whole run. */
function chosenStages(
  chosen: readonly string[],
  known: Readonly<Record<string, string>>,
): readonly (readonly [Stage, Variables])[] {
  const options = chosen.filter((word) => !word.startsWith('test/'));
  const files = chosen.filter((word) => word.startsWith('test/'));
  const ofCalls = files.filter((file) => file.startsWith('test/calls/'));
  const others = files.filter((file) => !file.startsWith('test/calls/'));
  const stage = (name: string, some: readonly string[]): Stage => ({
    name,
    command: [...withServers, ...options, ...some],
  });
  return [
    ...(others.length === 0 ? [] : [[stage('chosen tests', others), forTests(known)] as const]),
    ...(ofCalls.length === 0
      ? []
      : [[stage('chosen calls', ofCalls), { ...forTests(known), ...known }] as const]),
  ];
}

async function testWith(lab: Lab): Promise<void> {
  const known = knownOf(lab);
  if (isQuick) {
    await runStages([quickCalls], { ...forTests(known), ...known });
    return;
  }
  if (chosenWords.length > 0) {
    for (const [stage, env] of chosenStages(chosenWords, known)) {
      await runStage(stage, env);
    }
    return;
  }
  await Promise.all(withLab.map((stage) => runStage(stage, forTests(known))));
  await runStages([calls], { ...forTests(known), ...known });
}

/** Whatever servers this shell is set up for, the tests must not reach them. */
const withoutSettings: Variables = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^WALLETLINE_(?!LAB_)/.test(name)),
);

async function test(): Promise<void> {
  await installTools(steps);
  if (isQuick) {
    // Calls wait most of their time; what computes meanwhile must not keep them waiting.
    const niced = withoutLab.map((stage) => ({ ...stage, command: ['nice', '-n', '19', ...stage.command] }));
    await Promise.all([runStages(niced, withoutSettings), testInLab()]);
    return;
  }
  if (chosenWords.length === 0) {
    await runStages(withoutLab, withoutSettings);
  }
  if (!abort.signal.aborted) {
    await testInLab();
  }
}

async function testInLab(): Promise<void> {
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
