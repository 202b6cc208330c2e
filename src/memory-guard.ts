import { readFileSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

/** Why a core file may hold keys and card numbers, and what to do about it. */
export type MemoryFault = { readonly what: string; readonly remedy: string };

const filterFile = '/proc/self/coredump_filter';

/**
 * Sees to it that memory which is given back holds nothing: card numbers and whatever else was once a text
 * are zeroed by V8 when it collects them, because JavaScript cannot wipe a text; and a core file, if one is
 * written all the same, holds no memory at all (core(5)). To be called before anything else.
 */
export function guardMemory(): void {
  setFlagsFromString('--clear-free-memory');
  try {
    writeFileSync(filterFile, '0x0');
  } catch {
    // Not Linux, or /proc is read-only: `memoryFaults` says so.
  }
}

/** Returns what a core file of this process would hold and need not; nothing when it can leave no core behind. */
export function memoryFaults(
  read: (file: string) => string = (file) => readFileSync(file, 'latin1'),
): readonly MemoryFault[] {
  const limits = contentOf('/proc/self/limits', read);
  const filter = contentOf(filterFile, read);
  const softLimit = /^Max core file size\s+(\S+)/m.exec(limits ?? '')?.[1];
  return [
    ...(softLimit === '0'
      ? []
      : [
          {
            what: `core files are ${softLimit === undefined ? 'not known to be off' : 'allowed'}`,
            remedy: 'start it with "ulimit -c 0", or LimitCORE=0 in its systemd unit',
          },
        ]),
    ...(filter !== undefined && Number.parseInt(filter.trim(), 16) === 0
      ? []
      : [
          {
            what: 'a core file would hold the memory',
            remedy: `let the process write ${filterFile}, or set CoredumpFilter=0x0 in its systemd unit`,
          },
        ]),
  ];
}

/** Undefined: there is no such file here. */
function contentOf(file: string, read: (file: string) => string): string | undefined {
  try {
    return read(file);
  } catch {
    return undefined;
  }
}
