import { setTimeout as pause } from 'node:timers/promises';
import { holdPayments, makeDeadlock } from './deadlock.js';
import type { Lane } from './lane.js';
import type { Nodes } from './nodes.js';
import type { PlannedEvent } from './schedule.js';

/** Makes an event happen when its time has come. A process meets its own doom without help. */
export async function happen(lane: Lane, nodes: Nodes, event: PlannedEvent): Promise<void> {
  const { proxy } = lane;
  switch (event.what) {
    case 'kill':
    case 'freeze':
      return;
    case 'cut':
      proxy.cutNext(event.cut, event.after);
      return;
    case 'database-away':
      await pause(event.atMs);
      proxy.setAway(true);
      await pause(event.forMs);
      proxy.setAway(false);
      return;
    case 'database-killed':
      await killDatabase(lane, event.after, event.forMs);
      return;
    case 'database-read-only':
      await pause(event.atMs);
      await lane.ownServer.readOnlyFor(event.forMs);
      return;
    case 'database-full':
      await pause(event.atMs);
      // Whoever is connected must connect anew.
      proxy.setAway(true);
      proxy.setAway(false);
      await lane.ownServer.fullFor(event.forMs);
      return;
    case 'database-held':
      await pause(event.atMs);
      await holdPayments(lane.database, event.forMs);
      return;
    case 'bank-away':
      await pause(event.atMs);
      await lane.bankControl('POST', '/link', { down: true });
      await pause(event.forMs);
      await lane.bankControl('POST', '/link', { down: false });
      return;
    case 'deadlock':
      await pause(event.atMs);
      await makeDeadlock(lane.database);
      return;
    case 'clock':
      await pause(event.atMs);
      nodes.at(event.node).send({ do: 'clock', shiftMs: event.shiftMs });
      return;
    case 'look-up':
      await lane.carrierControl('POST', '/control/faults', { ...event.fault, operation: 'look-up' });
      return;
  }
}

/** So long after the start it is killed at the latest: perhaps there are not so many COMMITs. */
const latestMs = 1_500;

async function killDatabase({ proxy, ownServer }: Lane, after: number, forMs: number): Promise<void> {
  const waited = new AbortController();
  await Promise.race([
    new Promise<void>((resolve) => proxy.callAtCommit(resolve, after)),
    pause(latestMs, undefined, { signal: waited.signal }).catch(() => undefined),
  ]);
  waited.abort();
  await ownServer.kill();
  await pause(forMs);
  await ownServer.startAgain();
}
