import { writeSync } from 'node:fs';

/** How often a reader that is not ready is tried again before a line is given up. */
const mostTries = 100;
const standardOutput = 1;

/** Where log lines go, one at a time and at once. */
export type LogOutput = { readonly write: (line: string) => void };

/**
 * Returns what writes log lines to a file descriptor. A line that cannot be written (the disk is full, the reader
 * is gone) is dropped, and the number of those is written before the next one that can be: nothing that is logged
 * may hold up or end what takes payments.
 */
export function logOutput(
  fd: number = standardOutput,
  writeTo: (fd: number, bytes: Buffer) => number = writeSync,
): LogOutput {
  let dropped = 0;
  const tryWrite = (text: string): boolean => {
    let bytes = Buffer.from(text);
    for (let tries = 0; bytes.length > 0; ) {
      try {
        bytes = bytes.subarray(writeTo(fd, bytes));
      } catch (error) {
        tries += 1;
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || tries > mostTries) {
          return false;
        }
      }
    }
    return true;
  };
  return {
    write: (line) => {
      if (dropped > 0) {
        const time = new Date().toISOString();
        const told = { level: 50, time, dropped, msg: 'log lines could not be written' };
        if (!tryWrite(`${JSON.stringify(told)}\n`)) {
          dropped += 1;
          return;
        }
        dropped = 0;
      }
      dropped += tryWrite(line) ? 0 : 1;
    },
  };
}
