import { chmod, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file that only its owner may read, in place of whatever stood there: a mode given to `writeFile` is for a
 * new file only, and says nothing where one was copied or left behind.
 */
export async function writePrivately(file: string, content: string | Uint8Array): Promise<void> {
  await rm(file, { force: true });
  await writeFile(file, content, { mode: 0o600, flag: 'wx' });
  // A mask of this process may have taken more away than was meant.
  await chmod(file, 0o600);
}
