import { spawn } from 'node:child_process';
import { projectDir } from './project-dir.js';

/** How many tests a run of mocha passed, failed and skipped. */
export type Tally = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** Returns the tally from what mocha printed at its end ("12 passing (3s)", "1 pending", "2 failing"). */
export function tallyOf(output: string): Tally {
  const count = (word: string) => Number(new RegExp(`^\\s*(\\d+) ${word}\\b`, 'm').exec(output)?.[1] ?? 0);
  return { passed: count('passing'), failed: count('failing'), skipped: count('pending') };
}

/** Returns the last line of `npm test`. */
export function closingLine(tallies: readonly Tally[]): string {
  const sum = (pick: (tally: Tally) => number) => tallies.reduce((total, tally) => total + pick(tally), 0);
  const skipped = sum(({ skipped: count }) => count);
  const line = `${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}

/**
 * Runs a command in the foreground in the project's folder, shows what it writes, and returns its exit code
 * and what mocha counted. It is killed when `signal` aborts or this process dies.
 */
export async function runShown(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly tally: Tally }> {
  return new Promise((resolve, reject) => {
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', ...command], {
      cwd: projectDir,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      signal,
      killSignal: 'SIGTERM',
    });
    let tail = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      process.stdout.write(text);
      tail = (tail + text).slice(-1_000_000);
    });
    child.on('error', (error) => (error.name === 'AbortError' ? undefined : reject(error)));
    child.on('close', (code) => resolve({ code: code ?? 143, tally: tallyOf(tail) }));
  });
}
