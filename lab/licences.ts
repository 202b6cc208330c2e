import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../src/command-line.js';
import { projectDir } from './project-dir.js';

type LockedPackage = { readonly version: string; readonly license?: string; readonly dev?: boolean };

/** One package that is installed: what it is, and under which licence (an SPDX expression where its author wrote one). */
export type Licensed = {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** True: for building and testing only, no part of what runs. */
  readonly development: boolean;
};

/** Packages whose own description names no licence in one word; read in their files on 2026-11-28. */
const readByHand: Readonly<Record<string, string>> = {
  'asterisk-manager': 'MIT',
  ax: 'MIT',
  shred: 'MIT',
  sprintf: 'BSD-3-Clause',
};

/** Where what `npm run licences` writes is kept. */
export const licencesFile = join(projectDir, 'THIRD-PARTY-LICENCES.md');

/**
 * Returns every package of the lock file, those below others too, by name and version.
 * @throws Error which names a package that says nowhere under which licence it is.
 */
export async function readLicences(): Promise<readonly Licensed[]> {
  const lock = JSON.parse(await readFile(join(projectDir, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const found = new Map<string, Licensed>();
  for (const [path, { version, license, dev = false }] of Object.entries(lock.packages)) {
    const name = path.split('node_modules/').at(-1) ?? '';
    if (name === '') {
      continue;
    }
    const licence = license ?? readByHand[name];
    if (licence === undefined) {
      throw new Error(
        `${name} ${version} names no licence: read its files, and write it into lab/licences.ts`,
      );
    }
    const key = `${name} ${version}`;
    found.set(key, { name, version, licence, development: dev && (found.get(key)?.development ?? true) });
  }
  // Not by a locale's order, which differs from machine to machine.
  return [...found.entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, licensed]) => licensed);
}

/** Returns the text of the file. */
export function renderLicences(packages: readonly Licensed[]): string {
  const table = (development: boolean) => [
    '| package | version | licence |',
    '|---|---|---|',
    ...packages
      .filter((one) => one.development === development)
      .map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`),
  ];
  return [
    '# Licences of other people’s work',
    '',
    'Every npm package of the lock file, those below others too. Made by `npm run licences`; a test compares it with the lock',
    'file. Asterisk (GPL-2.0), MySQL (GPL-2.0), sox, festival and SIPp are programs of their own, installed by the lab from',
    'Debian, and are not distributed with this.',
    '',
    '## What runs',
    '',
    ...table(false),
    '',
    '## For building and testing only',
    '',
    ...table(true),
    '',
  ].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  process.exitCode = await runCommand({
    usage: 'npm run licences\nWrites THIRD-PARTY-LICENCES.md again, from the lock file.\n',
    failure: 'the licences could not be listed',
    failureCode: 1,
    config: { options: {} },
    run: async () => {
      await writeFile(licencesFile, renderLicences(await readLicences()));
      return 0;
    },
  });
}
