import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../src/clock.js';

/** How a process of the lab is run. */
export type ProcessPlan = {
  /** What people call it, e.g. "Asterisk". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Its whole environment besides PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where both of its output streams go; appended to. */
  readonly logFile: string;
  /** What it writes, on a line of its output, when it can be used. */
  readonly readyLine: RegExp;
  readonly readyTimeoutMs: number;
  /** How long it may take to end after SIGTERM, before SIGKILL. */
  readonly stopTimeoutMs: number;
  /** True when `command` is bwrap: signals must go to the process inside, not to bwrap. */
  readonly inRoot?: boolean;
};

/** A process that ended although nobody asked it to, or never got ready. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

type Running = {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<unknown>;
};

/** Returns the last lines of a log, for a person who must see at once why something died. */
export function lastLines(file: string, count = 15): string {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

/**
 * One process of the lab: started, watched, restarted, ended. It lives in a session of its own, so that
 * Ctrl-C reaches the lab only, and is killed by the system when the lab is.
 */
export class LabProcess {
  readonly plan: ProcessPlan;
  /** Resolves when the process ends unasked. */
  readonly died: Promise<ProcessDied>;
  #reportDeath!: (death: ProcessDied) => void;
  #spawning: Promise<Running> | undefined;
  #running: Running | undefined;
  #expected = false;

  constructor(plan: ProcessPlan) {
    this.plan = plan;
    this.died = new Promise((resolve) => {
      this.#reportDeath = resolve;
    });
  }

  /** The process id of the program itself, or undefined when it does not run. */
  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /**
   * Starts the process; resolves when it says that it is ready.
   * @throws ProcessDied when it ends before, or is not ready in time (it is ended then).
   */
  async start(): Promise<void> {
    const { logFile, readyLine, readyTimeoutMs } = this.plan;
    mkdirSync(dirname(logFile), { recursive: true });
    const from = existsSync(logFile) ? statSync(logFile).size : 0;
    this.#expected = false;
    this.#spawning = this.#spawn();
    const running = await this.#spawning;
    const deadlineMs = systemClock.monotonicMs() + readyTimeoutMs;
    while (!readyLine.test(await readFrom(logFile, from))) {
      if (this.#running !== running) {
        throw this.#death('ended before it was ready');
      }
      if (systemClock.monotonicMs() > deadlineMs) {
        await this.stop();
        throw this.#death(`was not ready after ${readyTimeoutMs / 1000} s`);
      }
      await sleep(25);
    }
  }

  /** Ends the process with SIGTERM, and with SIGKILL when it takes too long. Safe when it does not run. */
  async stop(): Promise<void> {
    await this.#spawning?.catch(() => undefined);
    const running = this.#running;
    if (running === undefined) {
      return;
    }
    this.#expected = true;
    signal(running.pid, 'SIGTERM');
    const timeout = new AbortController();
    const late = sleep(this.plan.stopTimeoutMs, 'late', { signal: timeout.signal }).catch(() => 'ended');
    if ((await Promise.race([running.ended, late])) === 'late') {
      signal(running.pid, 'SIGKILL');
    }
    timeout.abort();
    await running.ended;
  }

  /** Sends a signal that is to end the process, and resolves when it has ended: a fault made on purpose. */
  async kill(name: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const running = this.#running;
    if (running !== undefined) {
      this.#expected = true;
      signal(running.pid, name);
      await running.ended;
    }
  }

  /** Sends a signal and goes on: SIGSTOP and SIGCONT freeze a process and wake it. */
  signal(name: NodeJS.Signals): void {
    if (this.#running !== undefined) {
      signal(this.#running.pid, name);
    }
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async #spawn(): Promise<Running> {
    const { command, args, env, logFile, inRoot } = this.plan;
    const log = openSync(logFile, 'a', 0o600);
    // A node process is killed with the lab by setpriv; what runs in the root, by bwrap itself.
    const [program, all] =
      inRoot === true
        ? [command, ['--info-fd', '3', ...args]]
        : ['setpriv', ['--pdeathsig', 'KILL', '--', command, ...args]];
    const child = spawn(program, all, {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', log, log, inRoot === true ? 'pipe' : 'ignore'],
      detached: true,
    });
    closeSync(log);
    const ended = once(child, 'exit').catch(() => undefined);
    const pid = inRoot === true ? await insidePid(child) : child.pid;
    if (pid === undefined) {
      await ended;
      throw this.#death('could not be started');
    }
    const running = { child, pid, ended };
    this.#running = running;
    void ended.then(() => {
      this.#running = undefined;
      if (!this.#expected) {
        this.#reportDeath(this.#death('ended unasked'));
      }
    });
    return running;
  }

  #death(what: string): ProcessDied {
    const { name, logFile } = this.plan;
    return new ProcessDied(`${name} ${what}. The end of ${logFile}:\n${lastLines(logFile)}`);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

/** bwrap tells the id of the process that it started as JSON on a descriptor of its own. */
async function insidePid(child: ChildProcess): Promise<number | undefined> {
  const info = child.stdio[3] as Readable;
  let text = '';
  // To its closing brace: bwrap writes it in pieces, and dies when nobody reads the last one.
  for await (const chunk of info.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.includes('}')) {
      break;
    }
  }
  const pid = /"child-pid": (\d+)/.exec(text)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

async function readFrom(file: string, position: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.max(0, size - position));
    await handle.read(buffer, 0, buffer.length, position);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}
