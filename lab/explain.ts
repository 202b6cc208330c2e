import { LabError } from './lab-error.js';
import { ProcessDied } from './lab-process.js';

/** Returns what to tell a person about why a command of the lab failed: a sentence with the remedy where it is known. */
export function explain(error: unknown): string {
  if (error instanceof LabError || error instanceof ProcessDied) {
    return error.message;
  }
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') {
    return 'The disk is full: free 2 GB and run this again.';
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return `${path ?? 'A file'} cannot be written: give this user the right to, or name other folders with WALLETLINE_LAB_STATE and WALLETLINE_LAB_CACHE.`;
  }
  return error.stack ?? error.message;
}
