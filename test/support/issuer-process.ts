import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractCards } from '../contracts/bank.js';
import type { JournalEntry } from '../simulators/issuer-host/issuer-books.js';
import { readLines } from './payment-link.js';

/** The issuer host as a process of its own, which can be killed and started again on its port and journal. */
export class IssuerProcess {
  readonly #accountsFile: string;
  readonly #journalFile: string;
  #host: ChildProcess | undefined;
  port = 0;
  controlUrl = '';

  constructor(folder: string) {
    this.#accountsFile = join(folder, 'accounts.json');
    this.#journalFile = join(folder, 'issuer.jsonl');
    writeFileSync(this.#accountsFile, JSON.stringify({ cards: contractCards }));
  }

  /** What the bank's own journal says, of all its lives. */
  get journal(): JournalEntry[] {
    return readLines<JournalEntry>(this.#journalFile);
  }

  /** Starts it, the first time on any free port; resolves when it listens. */
  async start(): Promise<void> {
    const main = new URL('../simulators/issuer-host/main.ts', import.meta.url).pathname;
    const files = ['--accounts', this.#accountsFile, '--journal', this.#journalFile];
    const ports = ['--port', String(this.port), '--control-port', '0'];
    const host = spawn(process.execPath, ['--import=tsx', main, ...files, ...ports], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#host = host;
    await new Promise<void>((resolve, reject) => {
      host.once('exit', (code) => reject(new Error(`the issuer host ended with ${code ?? 'a signal'}`)));
      host.stdout.on('data', (text: Buffer) => {
        const found = /^ready 127\.0\.0\.1:(\d+) unionpay control (\S+)/.exec(text.toString());
        if (found !== null) {
          this.port = Number(found[1]);
          this.controlUrl = found[2] ?? '';
          resolve();
        }
      });
    });
    host.removeAllListeners('exit');
  }

  /** Kills it with SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const host = this.#host;
    if (host === undefined || host.exitCode !== null || host.signalCode !== null) {
      return;
    }
    const gone = new Promise((resolve) => host.once('exit', resolve));
    host.kill('SIGKILL');
    await gone;
  }

  /** Asks the control port. */
  async control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.controlUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      throw new Error(`the issuer host refused ${method} ${path}: ${await response.text()}`);
    }
    return response.json();
  }
}
