import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './lab-error.js';
import { LabProcess, type ProcessPlan } from './lab-process.js';
import { projectDir } from './project-dir.js';

type NodeProcess = Pick<ProcessPlan, 'name' | 'logFile' | 'stopTimeoutMs'> & {
  /** The compiled file below dist/. */
  readonly main: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

/**
 * Returns a process of our own code, compiled, not started. Each prints a line "ready …" when it listens.
 * @throws LabError when the code has not been compiled.
 */
export function nodeProcess({ main, args = [], env = {}, ...plan }: NodeProcess): LabProcess {
  const file = join(projectDir, 'dist', main);
  if (!existsSync(file)) {
    throw new LabError(`${plan.name} has not been compiled: run "npm run build" and run this again.`);
  }
  return new LabProcess({
    ...plan,
    command: process.execPath,
    args: ['--enable-source-maps', file, ...args],
    env,
    readyLine: /^ready\b/m,
    readyTimeoutMs: 30_000,
  });
}
