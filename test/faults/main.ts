import { untilAskedToEnd } from '../../lab/until-asked.js';
import { systemClock } from '../../src/clock.js';
import { commandLineOf } from '../../src/command-line.js';
import { brokenBuilds } from './broken-builds.js';
import { catchBuild } from './catch-build.js';
import type { Sweep } from './crash-points.js';
import { freezeEverywhere, killEverywhere, sweep } from './crash-points.js';
import { databaseScheduleOf, everyDatabaseFault } from './database-faults.js';
import { everyFault } from './every-fault.js';
import { describeRecovery } from './recovery-time.js';
import type { Runner } from './runner.js';
import { spread, withRunners } from './runner.js';
import type { Schedule } from './schedule.js';
import { scheduleOf } from './schedule.js';
import { describeBreaks, Totals } from './totals.js';

const usage = `npm run faults -- [--lanes N] and one of
  --schedules N [--from SEED]  random schedules of payments and faults, seeds from SEED (1) on
  --seed N                     one of them again
  --kill                       a process killed at every point of a payment, for each misfortune
  --freeze                     frozen there, replaced by another, and woken
  --faults                     everything that the bank and the carrier can do wrong, once each
  --database N                 faults of the database server, once each, and N random schedules with one of them
  --recovery N                 how soon a new process has taken up N payments of one that was killed
  --broken [--only WORDS]      products broken on purpose: each must be caught
Needs the MySQL of WALLETLINE_TEST_DATABASE_ADMIN_URL. Logs and journals stay in var/faults.
Ctrl-C lets random schedules that have begun end, and prints the totals; a second one ends at once.
Exit code: 0 every invariant held, 1 one did not, or a run could not be made.
`;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Runs these seeds, or as many of them as fit in before it is asked to end; the totals are printed whatever happens. */
async function runSeeds(runners: readonly Runner[], from: number, count: number): Promise<number> {
  const totals = new Totals();
  const startedMs = systemClock.monotonicMs();
  const asked = new AbortController();
  void untilAskedToEnd().then((reason) => asked.abort(reason));
  let done = 0;
  try {
    await spread(runners, seedsFrom(from, count, asked.signal), async (runner, seed) => {
      const outcome = await runner.run(scheduleOf(seed));
      totals.add(outcome);
      if (outcome.breaks.length > 0) {
        say(`${describeBreaks(outcome)}\n  again: npm run faults -- --seed ${seed}`);
      }
      done += 1;
      if (done % 100 === 0 || done === count) {
        say(`${done} of ${count}, seeds from ${from}: ${totals.broken.length} broken`);
      }
    });
  } finally {
    const seconds = (systemClock.monotonicMs() - startedMs) / 1_000;
    say(totals.lines.join('\n'));
    say(`${String(runners.reduce((sum, { started }) => sum + started, 0)).padStart(8)}  processes started`);
    say(`${done} seeds from ${from} on in ${seconds.toFixed(0)} s: ${totals.broken.length} broken`);
    if (asked.signal.aborted) {
      say(`ended early, by ${String(asked.signal.reason)}`);
    }
  }
  return totals.broken.length;
}

function* seedsFrom(from: number, count: number, asked: AbortSignal): Iterable<number> {
  for (let seed = from; seed < from + count && !asked.aborted; seed += 1) {
    yield seed;
  }
}

async function showSweeps(sweeps: readonly Sweep[]): Promise<number> {
  for (const { name, points, reached, broken } of sweeps) {
    say(`${name}: ${points.length} points, ${reached} reached, ${broken.length} broken`);
    say(points.map((point, index) => `  ${index + 1} ${point}`).join('\n'));
    say(broken.map(describeBreaks).join('\n'));
  }
  const sum = (pick: (one: Sweep) => number): number => sweeps.reduce((total, one) => total + pick(one), 0);
  const broken = sum((one) => one.broken.length);
  say(
    `${sum(({ points }) => points.length)} points, ${sum(({ reached }) => reached)} reached, ${broken} broken`,
  );
  return broken;
}

async function runAll(runners: readonly Runner[], schedules: readonly Schedule[]): Promise<number> {
  const totals = new Totals();
  await spread(runners, schedules, async (runner, schedule) => {
    const outcome = await runner.run(schedule);
    totals.add(outcome);
    say(`${outcome.schedule.name}: ${outcome.breaks.length === 0 ? 'holds' : 'BROKEN'}`);
  });
  say([...totals.broken.map(describeBreaks), ...totals.lines].join('\n'));
  return totals.broken.length;
}

async function showRecovery(runners: readonly Runner[], product: string, payments: number): Promise<number> {
  for (const bank of ['answers', 'is silent'] as const) {
    for (const runner of runners) {
      say(describeRecovery(await runner.recovery(product, { payments, bank })));
    }
  }
  return 0;
}

async function catchAll(runners: readonly Runner[], product: string, wanted: string): Promise<number> {
  let missed = 0;
  const builds = brokenBuilds.filter(({ name }) => name.includes(wanted));
  await spread(runners, builds, async (runner, build) => {
    const caught = await catchBuild(runner, product, build);
    missed += caught === undefined ? 1 : 0;
    const by = caught === undefined ? 'NOT CAUGHT' : `${caught.invariants.join(', ')} (${caught.schedule})`;
    say(`${build.name}: ${by}`);
  });
  return missed;
}

async function main(): Promise<number> {
  const { values } = commandLineOf(usage, {
    options: {
      lanes: { type: 'string', default: '4' },
      schedules: { type: 'string' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      kill: { type: 'boolean', default: false },
      freeze: { type: 'boolean', default: false },
      faults: { type: 'boolean', default: false },
      broken: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      recovery: { type: 'string' },
      database: { type: 'string' },
    },
  });
  const lanes = Number(values.lanes);
  const { schedules, seed, kill, freeze } = values;
  if (seed !== undefined) {
    return withRunners(1, 2, (runners) => runSeeds(runners, Number(seed), 1));
  }
  if (schedules !== undefined) {
    return withRunners(lanes, 2, (runners) => runSeeds(runners, Number(values.from), Number(schedules)));
  }
  if (kill || freeze) {
    const plans = [...(kill ? killEverywhere : []), ...(freeze ? freezeEverywhere : [])];
    return withRunners(lanes, 1, async (runners) => showSweeps(await sweep(runners, plans)));
  }
  if (values.recovery !== undefined) {
    const payments = Number(values.recovery);
    return withRunners(1, 1, (runners, product) => showRecovery(runners, product, payments));
  }
  if (values.faults) {
    return withRunners(1, 2, (runners) => runAll(runners, everyFault));
  }
  if (values.database !== undefined) {
    const seeds = Array.from({ length: Number(values.database) }, (_, index) => Number(values.from) + index);
    const all = [...everyDatabaseFault, ...seeds.map(databaseScheduleOf)];
    return withRunners(Math.min(lanes, 2), 2, (runners) => runAll(runners, all), true);
  }
  if (values.broken) {
    return withRunners(lanes, 2, (runners, product) => catchAll(runners, product, values.only));
  }
  process.stderr.write(`${usage}\nsay what to run\n`);
  return 2;
}

process.exit(Math.min(2, await main()));
