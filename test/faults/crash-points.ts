import type { Outcome } from './run-schedule.js';
import type { Runner } from './runner.js';
import { spread } from './runner.js';
import type { PlannedEvent, PlannedPayment, Schedule } from './schedule.js';

/** What befalls the payment during which a process dies, besides. */
export type Misfortune = { readonly name: string } & Pick<
  PlannedPayment,
  'purchase' | 'reversal' | 'order' | 'pays'
>;

export const payingAnOrder: Misfortune = { name: 'a prepared order is paid', pays: 0 };

export const misfortunes: readonly Misfortune[] = [
  { name: 'all is fine' },
  { name: 'the bank never gets the request', purchase: { fault: 'request-lost' } },
  { name: 'the bank’s answer is lost', purchase: { fault: 'no-answer' } },
  payingAnOrder,
  {
    name: 'the answers to purchase and reversal are lost',
    purchase: { fault: 'no-answer' },
    reversal: { fault: 'no-answer' },
  },
  { name: 'the carrier never gets the order', order: { fault: 'no-answer' } },
  { name: 'the carrier’s answer is lost', order: { fault: 'accept-no-answer' } },
  { name: 'the carrier refuses', order: { fault: 'refuse' } },
];

/** What a sweep over all points of a payment found. */
export type Sweep = {
  readonly name: string;
  /** The points of the payment, by what comes before or after them. */
  readonly points: readonly string[];
  /** At how many of them the process died, or was frozen. */
  readonly reached: number;
  readonly broken: readonly Outcome[];
};

export type Doom = 'kill' | 'freeze' | 'long freeze';

function onePayment({ name, ...faults }: Misfortune): Schedule {
  const payment = { node: 0, atMs: 0, service: 'recharge', amountMinor: 5_000, ...faults } as const;
  return { name, payments: [payment], events: [] };
}

/** Returns the schedule in which the process is killed, or frozen and replaced, at a point. */
export function doomedAt(misfortune: Misfortune, point: number, doom: Doom): Schedule {
  const { payments } = onePayment(misfortune);
  const event: PlannedEvent =
    doom === 'kill'
      ? { what: 'kill', node: 0, point }
      : doom === 'freeze'
        ? { what: 'freeze', node: 0, point, forMs: 2_200, replaced: true }
        : { what: 'freeze', node: 0, point, forMs: 4_000, replaced: true, beyondGrace: true };
  return { name: `${misfortune.name}, ${doom} at point ${point}`, payments, events: [event] };
}

/** Finds the points of a payment by taking one, then takes one more for each, in which the process dies there. */
export async function sweep(
  runners: readonly Runner[],
  plans: readonly { readonly misfortune: Misfortune; readonly doom: Doom }[],
): Promise<readonly Sweep[]> {
  const sweeps = plans.map(({ misfortune, doom }) => ({
    ...{ misfortune, doom, reached: 0 },
    points: [] as readonly string[],
    broken: [] as Outcome[],
  }));
  await spread(runners, sweeps, async (runner, found) => {
    const outcome = await runner.run(onePayment(found.misfortune), { fresh: true });
    found.points = outcome.points[0] ?? [];
    found.broken.push(...(outcome.breaks.length > 0 ? [outcome] : []));
  });
  const tasks = sweeps.flatMap((found) => found.points.map((_, index) => ({ found, point: index + 1 })));
  await spread(runners, tasks, async (runner, { found, point }) => {
    const outcome = await runner.run(doomedAt(found.misfortune, point, found.doom), { fresh: true });
    found.reached += outcome.reached.length > 0 ? 1 : 0;
    if (outcome.breaks.length > 0) {
      found.broken.push(outcome);
    }
  });
  return sweeps.map(({ misfortune, doom, points, reached, broken }) => {
    const name = `${misfortune.name}, ${doom === 'kill' ? 'killed' : 'frozen and replaced'}`;
    return { name, points, reached, broken };
  });
}

export const killEverywhere = misfortunes.map((misfortune) => ({ misfortune, doom: 'kill' as const }));
/**
 * The points before an order leaves at which a process may stand still for however long. Between the last look
 * at the clock and the order itself nothing helps but the grace, which is why it is long.
 */
export const longFreezePoints = 10;

export const freezeEverywhere = misfortunes.map((misfortune) => ({ misfortune, doom: 'freeze' as const }));
