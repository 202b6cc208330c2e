import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from './lab-error.js';
import { LabProcess } from './lab-process.js';
import { writePrivately } from './private-file.js';
import { type Bind, bwrapArguments, type Root } from './root.js';
import { runCommand } from './run-command.js';
import { remedy } from './tools.js';

export type MysqlOptions = {
  readonly root: Root;
  /** Holds the data; made when it is not there. */
  readonly dir: string;
  readonly logFile: string;
  readonly port: number;
  readonly adminPassword: string;
};

/** The user who migrates in a lab's database. */
export const databaseAdmin = 'walletline_admin';

/** What the server inside the root sees `MysqlOptions.dir` as. */
const inside = '/lab';

/**
 * Returns the lab's database server, not started, with its data folder made when there is none. It is as
 * durable as a real one: a commit that was answered survives a crash of the machine.
 * @throws LabError when its data cannot be made.
 */
export async function prepareMysql(options: MysqlOptions): Promise<LabProcess> {
  const { root, dir, logFile, port, adminPassword } = options;
  await mkdir(dir, { recursive: true });
  const binds: Bind[] = [{ from: dir, to: inside, writable: true }];
  if (!existsSync(join(dir, 'data'))) {
    await initialise(root, dir, binds);
  }
  await writePrivately(join(dir, 'init.sql'), initialSql(adminPassword));
  return new LabProcess({
    name: root.engine === 'mysql' ? 'MySQL' : 'MariaDB',
    command: 'bwrap',
    args: bwrapArguments(root, binds, [...serverCommand(root), ...serverOptions(port)]),
    logFile,
    readyLine: /ready for connections/,
    readyTimeoutMs: 120_000,
    stopTimeoutMs: 30_000,
    inRoot: true,
  });
}

const serverCommand = ({ engine }: Root): string[] =>
  engine === 'mysql'
    ? [
        ...['mysqld', '--no-defaults', '--mysqlx=OFF', '--secure-file-priv=NULL'],
        // A certificate of its own making, and users that are there already: both are meant.
        '--log-error-suppression-list=MY-010068,MY-010235',
      ]
    : ['mariadbd', '--no-defaults', '--log-bin', '--secure-file-priv=/tmp'];

const serverOptions = (port: number): string[] => [
  `--datadir=${inside}/data`,
  `--init-file=${inside}/init.sql`,
  '--bind-address=127.0.0.1',
  `--port=${port}`,
  // In the root's own /tmp: a socket's path may not be longer than 107 characters.
  '--socket=/tmp/database.sock',
  '--pid-file=/tmp/database.pid',
  '--skip-name-resolve',
  '--local-infile=OFF',
  '--character-set-server=utf8mb4',
  '--default-time-zone=+00:00',
  '--innodb-flush-log-at-trx-commit=1',
  '--sync-binlog=1',
  // Small, but for what the tests' concurrency needs.
  '--max-connections=300',
  '--performance-schema=OFF',
  '--innodb-buffer-pool-size=128M',
];

/** Makes the data folder under another name first: one that is half made must not be taken for a whole one. */
async function initialise(root: Root, dir: string, binds: readonly Bind[]): Promise<void> {
  const half = 'data.new';
  await rm(join(dir, half), { recursive: true, force: true });
  const command =
    root.engine === 'mysql'
      ? ['mysqld', '--no-defaults', '--initialize-insecure', `--datadir=${inside}/${half}`]
      : [
          'mariadb-install-db',
          '--no-defaults',
          '--auth-root-authentication-method=normal',
          '--skip-test-db',
          `--datadir=${inside}/${half}`,
        ];
  const { code, output } = await runCommand('bwrap', bwrapArguments(root, binds, command), {
    timeoutMs: 180_000,
  });
  if (code !== 0) {
    throw new LabError(remedy("Making the database's data folder", output));
  }
  await rename(join(dir, half), join(dir, 'data'));
}

/** Run by the server at each start, before it listens: nobody ever connects as root, or without a password. */
function initialSql(adminPassword: string): string {
  return [
    `CREATE USER IF NOT EXISTS '${databaseAdmin}'@'127.0.0.1' IDENTIFIED BY '${adminPassword}';`,
    `ALTER USER '${databaseAdmin}'@'127.0.0.1' IDENTIFIED BY '${adminPassword}';`,
    `GRANT ALL ON *.* TO '${databaseAdmin}'@'127.0.0.1' WITH GRANT OPTION;`,
    "ALTER USER 'root'@'localhost' ACCOUNT LOCK;",
    '',
  ].join('\n');
}
