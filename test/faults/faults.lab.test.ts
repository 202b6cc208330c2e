import assert from 'node:assert/strict';
import { brokenBuilds } from './broken-builds.js';
import { catchBuild } from './catch-build.js';
import { doomedAt, killEverywhere, longFreezePoints, misfortunes, sweep } from './crash-points.js';
import { everyDatabaseFault } from './database-faults.js';
import { everyFault } from './every-fault.js';
import { describeRecovery } from './recovery-time.js';
import type { Runner } from './runner.js';
import { spread, startRunners, startRunnerWithServer, stopRunners } from './runner.js';
import type { Schedule } from './schedule.js';
import { scheduleOf } from './schedule.js';
import { describeBreaks, Totals } from './totals.js';

/** A lane waits most of its time: more of them than processors. */
const lanes = 4;
/** `npm run faults` runs more; these are the first of them. */
const seeds = 200;
/** Fine, the request lost, the answer lost, an order that was prepared. */
const sweptHere = 4;
/** As many as one terminal has on its way at once, and five times as many over five terminals. */
const recoveries = [
  { payments: 40, bank: 'answers' },
  { payments: 40, bank: 'is silent' },
  { payments: 200, bank: 'answers' },
] as const;
/** The aim is 5 s, which a free machine keeps with room to spare; this one may be busy with other tests. */
const longestMs = 15_000;

/** Lets everything happen to a database server that can, on one of its own. */
async function databaseFails(product: string): Promise<Totals> {
  const runner = await startRunnerWithServer(product, 'with-its-own-server');
  try {
    const totals = new Totals();
    for (const schedule of everyDatabaseFault) {
      totals.add(await runner.run(schedule));
    }
    return totals;
  } finally {
    await runner.stop();
  }
}

describe('payments whose processes, database, bank and carrier fail', function () {
  this.timeout(900_000);
  let runners: readonly Runner[] = [];
  let product = '';
  let withoutDatabase: Promise<Totals> = Promise.resolve(new Totals());

  const one = (): Runner => {
    const [runner] = runners;
    assert.ok(runner);
    return runner;
  };
  const holds = async (schedules: Iterable<Schedule>, fresh: boolean): Promise<Totals> => {
    const totals = new Totals();
    await spread(runners, schedules, async (runner, schedule) => {
      totals.add(await runner.run(schedule, { fresh }));
    });
    assert.equal(totals.broken.map(describeBreaks).join('\n'), '');
    return totals;
  };

  before(async () => {
    ({ runners, product } = await startRunners(lanes, 2));
    // Beside the others, because it waits most of its time. Its test reports it.
    withoutDatabase = databaseFails(product);
    withoutDatabase.catch(() => undefined);
  });
  after(async () => {
    await Promise.allSettled([withoutDatabase]);
    await stopRunners(runners);
  });

  it('keep every invariant whatever the bank and the carrier do wrong', async () => {
    await holds(everyFault, false);
  });

  it('keep every invariant on schedules that a seed decides', async () => {
    const all = Array.from({ length: seeds }, (_, index) => scheduleOf(index + 1));
    const totals = await holds(all, false);
    console.log(`      seeds 1 to ${seeds}:\n${totals.lines.join('\n')}`);
  });

  it('keep every invariant when the process is killed at any point', async () => {
    await Promise.all(runners.map((runner) => runner.use(product, 1)));
    const sweeps = await sweep(runners, killEverywhere.slice(0, sweptHere));
    for (const { name, points, reached } of sweeps) {
      console.log(`      ${name}: ${points.length} points, ${reached} reached`);
      assert.ok(points.length > 10, 'the points are there');
    }
    assert.equal(sweeps.flatMap(({ broken }) => broken.map(describeBreaks)).join('\n'), '');
  });

  it('keep every invariant when the process stands still until others have given the money back', async () => {
    const [fine] = misfortunes;
    assert.ok(fine);
    const points = Array.from({ length: longFreezePoints }, (_, index) => index + 1);
    await holds(
      points.map((point) => doomedAt(fine, point, 'long freeze')),
      true,
    );
  });

  it('are all being worked on soon after a restart', async () => {
    for (const plan of recoveries) {
      const recovery = await one().recovery(product, plan);
      console.log(`      ${describeRecovery(recovery)}`);
      assert.ok(recovery.takenUpMs <= longestMs, describeRecovery(recovery));
    }
  });

  it('keep every invariant when the database server is killed, writes nothing, or has no connection left', async () => {
    assert.equal((await withoutDatabase).broken.map(describeBreaks).join('\n'), '');
  });

  it('show every product that was broken on purpose', async () => {
    const missed: string[] = [];
    await spread(runners, brokenBuilds, async (runner, build) => {
      const caught = await catchBuild(runner, product, build);
      console.log(`      ${build.name}: ${caught?.invariants.join(', ') ?? 'NOT CAUGHT'}`);
      missed.push(...(caught === undefined ? [build.name] : []));
    });
    assert.deepEqual(missed, []);
  });
});
