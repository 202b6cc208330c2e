import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findUpwards(from: string, file: string): string {
  if (existsSync(join(from, file))) {
    return from;
  }
  const parent = dirname(from);
  if (parent === from) {
    throw new Error(`no folder above the lab holds ${file}`);
  }
  return findUpwards(parent, file);
}

/** The clone's folder, the same whether this runs from the sources or from dist/. */
export const projectDir = findUpwards(dirname(fileURLToPath(import.meta.url)), 'package.json');
