import { setTimeout as pause } from 'node:timers/promises';
import { makeDeadlock } from './deadlock.js';
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
