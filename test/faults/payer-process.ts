import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command, Doom, PayCommand, Report } from './protocol.js';

/** Where a process meets its doom; at point 0 it never does. */
export type Armed = { readonly point: number; readonly doom: Doom };

export type Reached = Extract<Report, { say: 'reached' }>;

/** What became of a payment: what the caller was told, or nothing because the process died. */
export type Told = Extract<Report, { say: 'told' }>['outcome'] | undefined;

/** One process under test, from its start to its end. */
export class PayerProcess {
  /** Resolves when the process can take payments; rejects when it ended before. */
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  deadlocks = 0;
  /** True once it was given a payment: its points are then no longer those of a new process. */
  hasPaid = false;
  hasEnded = false;
  /** The calls whose callers have heard the end, and whether that is written down. */
  readonly heard = new Map<string, boolean>();
  readonly #child: ChildProcess;
  readonly #told = new Map<string, (told: Told) => void>();
  #tellReady!: () => void;
  #doomed!: Promise<Reached>;
  #tellDoomed!: (reached: Reached) => void;
  #tellPoints: ((names: readonly string[]) => void) | undefined;

  constructor(main: string, env: Readonly<Record<string, string>>, logFile: string, armed: Armed) {
    const log = openSync(logFile, 'a', 0o600);
    // Killed by the system when the harness is: no run leaves a process behind.
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', process.execPath, main], {
      env: {
        PATH: process.env['PATH'],
        ...env,
        FAULTS_POINT: String(armed.point),
        FAULTS_DOOM: armed.doom,
      },
      stdio: ['pipe', 'pipe', log],
      // Ctrl-C is for the harness alone.
      detached: true,
    });
    closeSync(log);
    this.#expectDoom();
    this.ended = once(this.#child, 'exit').then(() => this.#atEnd());
    const said = new Promise<void>((resolve) => {
      this.#tellReady = resolve;
    });
    this.ready = Promise.race([
      said,
      this.ended.then(() => {
        throw new Error('the process ended before it was ready');
      }),
    ]);
    // Whoever waits for it hears of it; nobody need.
    this.ready.catch(() => undefined);
    // It may die while a command is on its way.
    this.#child.stdin?.on('error', () => undefined);
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on('line', (line) =>
        this.#hear(JSON.parse(line) as Report),
      );
    }
  }

  /** Resolves when the process says that it meets the doom it is armed for; never when it does not. */
  get doomed(): Promise<Reached> {
    return this.#doomed;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves with what the caller was told; with nothing when the process ended before. */
  pay(command: PayCommand): Promise<Told> {
    if (this.hasEnded) {
      return Promise.resolve(undefined);
    }
    const told = new Promise<Told>((resolve) => {
      this.#told.set(command.callId, resolve);
    });
    this.hasPaid = true;
    this.send(command);
    return told;
  }

  /** The names of the points that were passed since it was armed; none when it has ended. */
  async points(): Promise<readonly string[]> {
    const names = new Promise<readonly string[]>((resolve) => {
      this.#tellPoints = resolve;
    });
    this.send({ do: 'points' });
    return (await Promise.race([names, this.ended])) ?? [];
  }

  /** Counts its points anew, to another doom: one that it survived before is no longer told. */
  arm({ point, doom }: Armed, graceMs: number): void {
    this.#expectDoom();
    this.send({ do: 'arm', point, doom, graceMs });
  }

  send(command: Command): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  wake(): void {
    this.#child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  #expectDoom(): void {
    this.#doomed = new Promise((resolve) => {
      this.#tellDoomed = resolve;
    });
  }

  #hear(said: Report): void {
    switch (said.say) {
      case 'ready':
        this.#tellReady();
        return;
      case 'told':
        this.#told.get(said.callId)?.(said.outcome);
        this.#told.delete(said.callId);
        return;
      case 'heard':
        this.heard.set(said.callId, said.isWritten);
        return;
      case 'reached':
        this.#tellDoomed(said);
        return;
      case 'points':
        this.#tellPoints?.(said.names);
        return;
      case 'deadlock':
        this.deadlocks += 1;
        return;
    }
  }

  /** What it said last may still be in the pipe when it has ended. */
  async #atEnd(): Promise<void> {
    const { stdout } = this.#child;
    if (stdout !== null && !stdout.readableEnded) {
      await once(stdout, 'close');
    }
    this.hasEnded = true;
    for (const tell of this.#told.values()) {
      tell(undefined);
    }
    this.#told.clear();
  }
}
