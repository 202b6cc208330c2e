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

/** How long what a command wrote may take to arrive once it has ended, in milliseconds. */
const lastWordsMs = 5_000;

/** No stage of the tests takes longer, unless something hangs. */
const longestStageMs = 40 * 60_000;

/** When what a command writes is shown: at once, or when it is over. */
type Shown = { readonly signal: AbortSignal; readonly quiet: boolean };

/**
 * Runs a command in the project's folder, shows what it writes, and returns its exit code and what mocha
 * counted. When `signal` aborts or the time is up, it is ended with everything that it started; when this
 * process dies, it is killed.
 */
export async function runShown(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  { signal, quiet }: Shown,
): Promise<{ readonly code: number; readonly tally: Tally }> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that all of it can be ended together.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...command], {
      cwd: projectDir,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    const show = (stream: NodeJS.WriteStream) => (text: string) => {
      if (!quiet) {
        stream.write(text);
      }
      output = (output + text).slice(-1_000_000);
    };
    child.stdout.setEncoding('utf8').on('data', show(process.stdout));
    child.stderr.setEncoding('utf8').on('data', show(process.stderr));
    const end = (): void => endGroup(child.pid);
    const tooLong = setTimeout(() => {
      process.stderr.write(`\nThis took longer than ${longestStageMs / 60_000} minutes, and is ended.\n`);
      end();
    }, longestStageMs);
    signal.addEventListener('abort', end, { once: true });
    const settle = (): void => {
      clearTimeout(tooLong);
      signal.removeEventListener('abort', end);
    };
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on('exit', (code) => {
      settle();
      // Whatever it left running would hold its streams open.
      endGroup(child.pid);
      const finish = (): void => {
        clearTimeout(patience);
        if (quiet) {
          process.stdout.write(output);
        }
        resolve({ code: code ?? 143, tally: tallyOf(output) });
      };
      // Its last words may still be on their way.
      const patience = setTimeout(finish, lastWordsMs);
      child.once('close', finish);
    });
  });
}

/** Ends a group of processes: at once those that can be asked, and soon the others. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) {
    return;
  }
  const send = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch (error) {
      // ESRCH: nobody is left.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
        throw error;
      }
    }
  };
  send('SIGTERM');
  setTimeout(() => send('SIGKILL'), 3_000).unref();
}
