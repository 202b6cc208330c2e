import { spawn } from 'node:child_process';

export type CommandResult = { readonly code: number; readonly output: string };

/**
 * Runs a command to its end and returns its exit code with what it wrote (both streams, the last 200 kB).
 * A command that does not exist has code 127. It is killed when `timeoutMs` has passed.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  {
    input,
    env,
    timeoutMs = 900_000,
  }: { input?: string; env?: Readonly<Record<string, string>>; timeoutMs?: number } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    // Ended by the system when the lab is: what it does would go on unseen.
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', command, ...args], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    const keep = (chunk: string): void => {
      output = (output + chunk).slice(-200_000);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.stdin.on('error', () => undefined); // A command that does not read its input is no fault.
    child.stdin.end(input ?? '');
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') {
        resolve({ code: 127, output: `${command}: not found` });
      } else {
        reject(error);
      }
    });
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 128, output: signal ? `${output}\n(${signal})` : output }),
    );
  });
}
