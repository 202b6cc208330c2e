import { join } from 'node:path';
import type { BrokenBuild } from './broken-builds.js';
import { buildBroken } from './build.js';
import { doomedAt, misfortunes } from './crash-points.js';
import { everyFault } from './every-fault.js';
import type { Runner } from './runner.js';
import type { Schedule } from './schedule.js';
import type { Break } from './verdict.js';

/** What a broken build was caught by: its expected break, and the run that showed it. */
export type Caught = { readonly invariants: readonly Break['invariant'][]; readonly schedule: string };

/** A broken build never comes to rest; the checker need not wait long to see it. */
const settleMs = 4_000;
const mostPoints = 20;

function* doomed(doom: 'kill' | 'freeze'): Iterable<Schedule> {
  for (const misfortune of misfortunes.slice(0, 2)) {
    for (let point = 1; point <= mostPoints; point += 1) {
      yield doomedAt(misfortune, point, doom);
    }
  }
}

const runsOf: Readonly<Record<BrokenBuild['shownBy'], () => Iterable<Schedule>>> = {
  faults: () => everyFault,
  kills: () => doomed('kill'),
  freezes: () => doomed('freeze'),
};

/** Runs a product that was broken on purpose until a check finds it; undefined when none does. */
export async function catchBuild(
  runner: Runner,
  product: string,
  { name, patches, shownBy, breaks }: BrokenBuild,
): Promise<Caught | undefined> {
  const folder = join(runner.lane.folder, name.replaceAll(/\W+/g, '-'));
  buildBroken(product, folder, patches);
  await runner.use(folder, shownBy === 'faults' ? 2 : 1);
  for (const schedule of runsOf[shownBy]()) {
    const outcome = await runner.run(schedule, { fresh: shownBy !== 'faults', settleMs });
    const invariants = [...new Set(outcome.breaks.map(({ invariant }) => invariant))].sort();
    if (invariants.some((invariant) => breaks.includes(invariant))) {
      return { invariants, schedule: schedule.name };
    }
  }
  return undefined;
}
