import { spawn } from 'node:child_process';

/** How to get a program that is not there. */
const remedies: Readonly<Record<string, string>> = {
  sox: 'install the package sox',
  soxi: 'install the package sox',
  festival: 'install the packages festival and festvox-us-slt-hts',
  'espeak-ng': 'install the package espeak-ng',
};

/** Longest time that one run of a program may take. A batch of synthesis takes seconds. */
const timeoutMs = 120_000;

/**
 * Runs a program, and returns what it printed on standard output.
 * @throws Error when it is not installed, fails, or does not end in two minutes.
 */
export async function runTool(
  program: string,
  parameters: readonly string[],
  input?: Buffer,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'pipe'], timeout: timeoutMs });
    const output: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on('data', (data: Buffer) => output.push(data));
    child.stderr.on('data', (data: Buffer) => complaints.push(data));
    // The program may end without reading all of its input: its exit status tells.
    child.stdin.on('error', () => undefined);
    child.on('error', (cause) => {
      const remedy = remedies[program] ?? `install ${program}`;
      reject(new Error(`${program} cannot be run: ${remedy}`, { cause }));
    });
    child.on('close', (status, signal) => {
      if (status === 0) {
        resolve(Buffer.concat(output));
        return;
      }
      const complaint = Buffer.concat(complaints).toString().trim().split('\n').slice(-3).join('; ');
      reject(new Error(`${program} failed (${signal ?? String(status)}): ${complaint}`));
    });
    child.stdin.end(input);
  });
}
