import { copyFile, link, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { soundFormats } from './manifest.js';

/**
 * Built recordings kept outside of any clone, by the hash of all that they are made of: what one clone built,
 * no other needs to. Files are shared where the file system can, else copied. It may be deleted at any time.
 */
export class RecordingCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Puts a recording ("en/4f0c…") into a folder of built ones; false when it is not kept, or not for us. */
  async fetch(sound: string, builtFolder: string): Promise<boolean> {
    // The format stored last is asked for first: where it is, all are.
    for (const format of soundFormats.toReversed()) {
      const file = `${sound}.${format}`;
      if (!(await share(join(this.#folder, file), join(builtFolder, file)))) {
        return false;
      }
    }
    return true;
  }

  /** Keeps a recording of a folder of built ones; false when there is no right or no room to. */
  async keep(sound: string, builtFolder: string): Promise<boolean> {
    try {
      await mkdir(dirname(join(this.#folder, sound)), { recursive: true });
    } catch (fault) {
      return cannot(fault);
    }
    for (const format of soundFormats) {
      const file = `${sound}.${format}`;
      if (!(await share(join(builtFolder, file), join(this.#folder, file)))) {
        return false;
      }
    }
    return true;
  }
}

/** Returns false when there is no such file, or it cannot be shared. Nobody ever sees a part of the file. */
async function share(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (fault) {
    const code = codeOf(fault);
    if (code === 'EEXIST') {
      return true;
    }
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return false;
    }
  }
  // Another file system, or one without links.
  const temporary = `${to}.${process.pid}.part`;
  try {
    await copyFile(from, temporary);
    await rename(temporary, to);
    return true;
  } catch (fault) {
    await rm(temporary, { force: true });
    return cannot(fault);
  }
}

/** Returns false for what only costs time, because the recording is then built. */
function cannot(fault: unknown): false {
  if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'].includes(codeOf(fault) ?? '')) {
    return false;
  }
  throw fault;
}

function codeOf(fault: unknown): string | undefined {
  return fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : undefined;
}
