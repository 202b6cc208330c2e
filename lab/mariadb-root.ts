import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from './lab-error.js';
import { lock } from './lock.js';
import { bwrapArguments, cacheDir, type Root } from './root.js';
import { runCommand } from './run-command.js';
import { remedy } from './tools.js';

/** To be raised when what is below changes, so that caches are built anew. */
const recipe = 1;
/** The oldest Debian that the lab runs on, so the oldest MariaDB that an operator may have. */
const suite = 'bookworm';

/**
 * Returns a root with Debian's MariaDB, building it first when the cache holds none (about a minute).
 * @throws LabError with the remedy when it cannot be built.
 */
export async function prepareMariadbRoot(cache: string = cacheDir()): Promise<Root> {
  const dir = join(cache, `root-mariadb-${suite}-${recipe}`);
  const root: Root = { dir, engine: 'mariadb', asteriskVersion: 'none' };
  const isWhole = () => existsSync(join(dir, 'lab-version'));
  if (isWhole()) {
    return root;
  }
  await mkdir(cache, { recursive: true });
  const unlock = await lock(join(cache, 'mariadb.lock'), { wait: true });
  try {
    if (!isWhole()) {
      await build(dir);
    }
    return root;
  } finally {
    unlock?.();
  }
}

/** The folder gets its name only when it is whole. */
async function build(dir: string): Promise<void> {
  const building = `${dir}.building`;
  await rm(building, { recursive: true, force: true });
  const { code, output } = await runCommand('mmdebstrap', [
    '--variant=apt',
    '--aptopt=Acquire::Check-Valid-Until "false"',
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--dpkgopt=path-exclude=/usr/share/man/*',
    '--dpkgopt=path-exclude=/usr/share/locale/*',
    '--include=mariadb-server',
    suite,
    building,
  ]);
  if (code !== 0) {
    await rm(building, { recursive: true, force: true });
    throw new LabError(remedy(`Building MariaDB's files from Debian ${suite}`, output));
  }
  await writeFile(join(building, 'etc/hosts'), '127.0.0.1 localhost\n');
  const root: Root = { dir: building, engine: 'mariadb', asteriskVersion: 'none' };
  const version = await runCommand('bwrap', bwrapArguments(root, [], ['mariadbd', '--version']));
  await writeFile(join(building, 'lab-version'), version.output);
  await rename(building, dir);
}
