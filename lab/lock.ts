import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Lets go of the lock. */
export type Unlock = () => void;

/**
 * Takes a lock that the system itself lets go of when this process ends, however it ends (flock(1) holds it
 * while our end of a pipe is open). With `wait`, waits for whoever holds it; without, returns undefined when
 * somebody does.
 */
export async function lock(file: string, { wait }: { wait: boolean }): Promise<Unlock | undefined> {
  await mkdir(dirname(file), { recursive: true });
  const flags = wait ? [] : ['--nonblock'];
  // In a session of its own: Ctrl-C must not take the lock away before the work has stopped.
  const holder = spawn('flock', [...flags, '--no-fork', file, 'sh', '-c', 'echo locked && exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  return new Promise((resolve, reject) => {
    holder.on('error', reject);
    holder.on('exit', () => resolve(undefined));
    holder.stdout.once('data', () => {
      holder.unref();
      resolve(() => holder.stdin.destroy());
    });
  });
}
