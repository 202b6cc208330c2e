import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { LabError } from './lab-error.js';
import { lock } from './lock.js';
import { runCommand } from './run-command.js';
import { remedy } from './tools.js';

/** Which server speaks MySQL's protocol in the root. */
export type DatabaseEngine = 'mysql' | 'mariadb';

/** A Debian file system of our own with Asterisk and a database server in it; nothing writes to it. */
export type Root = {
  readonly dir: string;
  readonly engine: DatabaseEngine;
  readonly asteriskVersion: string;
};

/** A folder that is seen inside the root. */
export type Bind = { readonly from: string; readonly to: string; readonly writable?: boolean };

/** Older ones miss 20 security fixes, ARI's and PJSIP's among them. */
export const oldestAsterisk = '22.10.1';

/** To be raised when the recipe below changes, so that caches are built anew. */
const recipe = 1;

const recipes = [
  { suite: 'sid', engine: 'mysql', packages: ['asterisk', 'mysql-server-core', 'mysql-client-core'] },
  // Where Debian unstable is broken on the day: testing has the same Asterisk, and no MySQL.
  { suite: 'testing', engine: 'mariadb', packages: ['asterisk', 'mariadb-server'] },
] as const;

type Recipe = (typeof recipes)[number];

/** Returns less than, equal to or greater than 0 as version `a` is older than, the same as or newer than `b`. */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

/** Where what the lab builds is kept between clones: WALLETLINE_LAB_CACHE, or a folder in the user's cache. */
export function cacheDir(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  return (
    environment['WALLETLINE_LAB_CACHE'] ??
    join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'walletline')
  );
}

const rootDir = (cache: string, { suite }: Recipe) => join(cache, `root-${suite}-${recipe}`);

async function readRoot(cache: string): Promise<Root | undefined> {
  const found = recipes.find((candidate) => existsSync(join(rootDir(cache, candidate), 'lab-version')));
  if (found === undefined) {
    return undefined;
  }
  const dir = rootDir(cache, found);
  const asteriskVersion = (await readFile(join(dir, 'lab-version'), 'utf8')).trim();
  return { dir, engine: found.engine, asteriskVersion };
}

/**
 * Returns the private root, building it first when the cache holds none (about 20 s and 600 MB). Two
 * processes that come at once build one.
 * @throws LabError with the remedy when it cannot be built.
 */
export async function prepareRoot(cache: string = cacheDir()): Promise<Root> {
  const ready = await readRoot(cache);
  if (ready !== undefined) {
    return ready;
  }
  const unlock = await lock(join(cache, 'lock'), { wait: true });
  try {
    return (await readRoot(cache)) ?? (await buildRoot(cache));
  } finally {
    unlock?.();
  }
}

async function buildRoot(cache: string): Promise<Root> {
  if (process.getuid?.() !== 0) {
    throw new LabError(
      `The lab's servers are not built yet, and building them needs root: run this once with "sudo --preserve-env=HOME,WALLETLINE_LAB_CACHE", or as root with WALLETLINE_LAB_CACHE set to a folder that you can read.`,
    );
  }
  await mkdir(cache, { recursive: true });
  const { bavail, bsize } = await statfs(cache);
  if (bavail * bsize < 1.5e9) {
    throw new LabError(
      `The lab's servers need 1.5 GB in ${cache}: free some, or name another folder with WALLETLINE_LAB_CACHE.`,
    );
  }
  const failures: string[] = [];
  for (const candidate of recipes) {
    const built = await buildFrom(cache, candidate);
    if (typeof built !== 'string') {
      return built;
    }
    failures.push(built);
  }
  throw new LabError(failures[0]);
}

/** Returns the root, or why it could not be built. The folder gets its name only when it is whole. */
async function buildFrom(cache: string, candidate: Recipe): Promise<Root | string> {
  const dir = rootDir(cache, candidate);
  const building = `${dir}.building`;
  await rm(building, { recursive: true, force: true });
  const { code, output } = await runCommand('mmdebstrap', [
    '--variant=apt',
    // A mirror may be a copy of some weeks ago.
    '--aptopt=Acquire::Check-Valid-Until "false"',
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--dpkgopt=path-exclude=/usr/share/man/*',
    '--dpkgopt=path-exclude=/usr/share/locale/*',
    `--include=${candidate.packages.join(',')}`,
    candidate.suite,
    building,
  ]);
  if (code !== 0) {
    await rm(building, { recursive: true, force: true });
    return remedy(`Building the lab's servers from Debian ${candidate.suite}`, output);
  }
  const root = { dir: building, engine: candidate.engine, asteriskVersion: '' };
  await writeFile(join(building, 'etc/hosts'), '127.0.0.1 localhost\n');
  const version = await runCommand('bwrap', bwrapArguments(root, [], ['asterisk', '-V']));
  const asteriskVersion = /Asterisk (\d[\d.]*)/.exec(version.output)?.[1] ?? '';
  if (compareVersions(asteriskVersion, oldestAsterisk) < 0) {
    await rm(building, { recursive: true, force: true });
    return `Debian ${candidate.suite} gave Asterisk "${version.output.trim()}", and the lab needs ${oldestAsterisk}: use a mirror that is up to date.`;
  }
  await writeFile(join(building, 'lab-version'), `${asteriskVersion}\n`);
  await rm(dir, { recursive: true, force: true });
  await rename(building, dir);
  return { ...root, dir, asteriskVersion };
}

/**
 * Returns bwrap's arguments to run `command` in the root: as an ordinary user, with nothing of the root
 * writable, and killed when whoever started it dies.
 */
export function bwrapArguments(root: Root, binds: readonly Bind[], command: readonly string[]): string[] {
  return [
    ...['--unshare-user', '--unshare-ipc', '--uid', '1000', '--gid', '1000', '--die-with-parent'],
    ...['--ro-bind', join(root.dir, 'usr'), '/usr', '--ro-bind', join(root.dir, 'etc'), '/etc'],
    ...['bin', 'sbin', 'lib', 'lib64'].flatMap((name) => ['--symlink', `usr/${name}`, `/${name}`]),
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...binds.flatMap(({ from, to, writable }) => [writable === true ? '--bind' : '--ro-bind', from, to]),
    ...['--clearenv', '--setenv', 'PATH', '/usr/sbin:/usr/bin', '--setenv', 'LC_ALL', 'C.UTF-8'],
    '--',
    ...command,
  ];
}

/**
 * Writes a hosts file in which this machine's own name stands, and returns it as a bind: Asterisk looks its
 * host name up on each call, and would wait seconds for a DNS server.
 */
export async function hostsBind(stateDir: string): Promise<Bind> {
  const given = await readFile('/etc/hosts', 'utf8').catch(() => '');
  const own = hostname();
  const known = given
    .split('\n')
    .some((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1).includes(own));
  const file = join(stateDir, 'hosts');
  await writeFile(file, known ? given : `127.0.0.1 localhost ${own}\n${given}`);
  return { from: file, to: '/etc/hosts' };
}
