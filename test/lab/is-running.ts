import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Returns true while a process runs; one that has ended and is only waiting to be collected does not. */
export function isRunning(pid: number | undefined): boolean {
  const status = `/proc/${pid}/status`;
  return pid !== undefined && existsSync(status) && !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
}

/** Returns true as soon as a process has ended, false when it still runs after 2 s. */
export async function hasEndedSoon(pid: number | undefined): Promise<boolean> {
  for (let waitedMs = 0; isRunning(pid) && waitedMs < 2_000; waitedMs += 20) {
    await sleep(20);
  }
  return !isRunning(pid);
}
