import { join } from 'node:path';
import type { BrokenBuild } from './broken-build.js';
import { buildBroken } from './build.js';
import type { Doom, Misfortune } from './crash-points.js';
import { doomedAt, longFreezePoints, misfortunes, payingAnOrder } from './crash-points.js';
import { everyFault, guessesAtOnce, rivalsForOrders } from './every-fault.js';
import type { Runner } from './runner.js';
import type { Schedule } from './schedule.js';
import type { Break } from './verdict.js';

/** What a broken build was caught by: its expected break, and the run that showed it. */
export type Caught = { readonly invariants: readonly Break['invariant'][]; readonly schedule: string };

/** A broken build never comes to rest; the checker need not wait long to see it. */
const settleMs = 6_000;
const mostPoints = 24;

function* doomed(
  doom: Doom,
  mostPoints: number,
  hint: number,
  during: readonly Misfortune[] = misfortunes.slice(0, 2),
): Iterable<Schedule> {
  yield* during.slice(0, 1).map((first) => doomedAt(first, hint, doom));
  for (const misfortune of during) {
    for (let point = 1; point <= mostPoints; point += 1) {
      yield doomedAt(misfortune, point, doom);
    }
  }
}

/** More than once: on a busy machine a payment may be given up before it is sent, and then shows nothing. */
function* again(schedules: readonly Schedule[]): Iterable<Schedule> {
  for (let round = 1; round <= 3; round += 1) {
    yield* schedules;
  }
}

const runsOf: Readonly<Record<BrokenBuild['shownBy'], (hint: number) => Iterable<Schedule>>> = {
  faults: () => again(everyFault),
  rivals: () => again([rivalsForOrders]),
  guesses: () => again([guessesAtOnce]),
  'kills of an order': (hint) => doomed('kill', mostPoints, hint, [payingAnOrder]),
  kills: (hint) => doomed('kill', mostPoints, hint),
  freezes: (hint) => doomed('freeze', mostPoints, hint),
  'long freezes': (hint) => doomed('long freeze', longFreezePoints, hint),
};

/** Runs a product that was broken on purpose until a check finds it; undefined when none does. */
export async function catchBuild(
  runner: Runner,
  product: string,
  { name, patches, shownBy, breaks, tryFirst = 3 }: BrokenBuild,
): Promise<Caught | undefined> {
  const folder = join(runner.lane.folder, name.replaceAll(/\W+/g, '-'));
  buildBroken(product, folder, patches);
  const onTwoNodes = ['faults', 'rivals', 'guesses'].includes(shownBy);
  await runner.use(folder, onTwoNodes ? 2 : 1);
  for (const schedule of runsOf[shownBy](tryFirst)) {
    const outcome = await runner.run(schedule, { fresh: !onTwoNodes, settleMs });
    const invariants = [...new Set(outcome.breaks.map(({ invariant }) => invariant))].sort();
    if (invariants.some((invariant) => breaks.includes(invariant))) {
      return { invariants, schedule: schedule.name };
    }
  }
  return undefined;
}
