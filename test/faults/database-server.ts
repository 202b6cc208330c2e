import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { LabProcess } from '../../lab/lab-process.js';
import { databaseAdmin, prepareMysql } from '../../lab/mysql.js';
import { prepareRoot } from '../../lab/root.js';
import type { Database } from '../../src/database/database.js';
import { openDatabase } from '../../src/database/database.js';
import { freePort } from '../support/free-port.js';

/** A database server of its own: it can be killed and crippled without harm to anybody else's. */
export class DatabaseServer {
  /** The address of its administrator; names no database. */
  readonly adminUrl: string;
  readonly #process: LabProcess;

  private constructor(adminUrl: string, process: LabProcess) {
    this.adminUrl = adminUrl;
    this.#process = process;
  }

  static async start(folder: string): Promise<DatabaseServer> {
    rmSync(folder, { recursive: true, force: true });
    const port = await freePort();
    const adminPassword = randomBytes(8).toString('hex');
    const process = await prepareMysql({
      ...{ root: await prepareRoot(), port, adminPassword },
      ...{ dir: join(folder, 'mysql'), logFile: join(folder, 'mysql.log') },
    });
    await process.start();
    return new DatabaseServer(`mysql://${databaseAdmin}:${adminPassword}@127.0.0.1:${port}`, process);
  }

  async kill(): Promise<void> {
    await this.#process.kill('SIGKILL');
  }

  /** Starts it again on the same data; resolves when it has recovered. */
  async startAgain(): Promise<void> {
    await this.#process.start();
  }

  /** Lets it write nothing for so long. */
  async readOnlyFor(ms: number): Promise<void> {
    await this.#withAdmin(1, async (admin) => {
      await admin.raw('SET GLOBAL super_read_only = ON');
      await pause(ms);
      await admin.raw('SET GLOBAL super_read_only = OFF');
      await admin.raw('SET GLOBAL read_only = OFF');
    });
  }

  /** Lets it take no connection for so long, except those that are there. */
  async fullFor(ms: number): Promise<void> {
    await this.#withAdmin(2, async (admin) => {
      const [[row]] = (await admin.raw('SELECT @@max_connections AS most')) as [[{ most: number }]];
      await admin.raw('SET GLOBAL max_connections = 1');
      await pause(ms);
      await admin.raw('SET GLOBAL max_connections = ?', [row.most]);
    });
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }

  async #withAdmin(poolSize: number, work: (admin: Database) => Promise<void>): Promise<void> {
    const admin = openDatabase(this.adminUrl, { poolSize });
    try {
      await work(admin);
    } finally {
      await admin.destroy();
    }
  }
}
