import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** Bytes to look for, and what to call them: what is looked for is never shown. */
export type Needle = { readonly name: string; readonly bytes: Buffer };

const chunkBytes = 16 * 2 ** 20;

/** Calls `visit` with each piece of the memory that a process can write to; pieces overlap by `overlap` bytes. */
function readProcessMemory(pid: number, overlap: number, visit: (bytes: Buffer) => void): void {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    const chunk = Buffer.alloc(chunkBytes);
    for (const line of readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      if (from === undefined || to === undefined) {
        continue;
      }
      const end = Number.parseInt(to, 16);
      for (let at = Number.parseInt(from, 16); at < end; at += chunkBytes - overlap) {
        const length = readOrNothing(memory, chunk, Math.min(chunkBytes, end - at), at);
        visit(chunk.subarray(0, length));
      }
    }
  } finally {
    closeSync(memory);
  }
}

/** Returns how often each needle is in the memory of a process, by its name; 0 for those that are not there. */
export function countInMemory(pid: number, needles: readonly Needle[]): Map<string, number> {
  const counts = new Map(needles.map(({ name }) => [name, 0]));
  const longest = Math.max(...needles.map(({ bytes }) => bytes.length));
  readProcessMemory(pid, longest, (memory) => {
    for (const { name, bytes } of needles) {
      for (let at = memory.indexOf(bytes); at !== -1; at = memory.indexOf(bytes, at + 1)) {
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
    }
  });
  return counts;
}

/** A mapping of the kernel's, or one that has gone meanwhile, cannot be read and holds nothing of ours. */
function readOrNothing(memory: number, into: Buffer, length: number, at: number): number {
  try {
    return readSync(memory, into, 0, length, at);
  } catch (error) {
    if (!['EIO', 'EFAULT', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      throw error;
    }
    return 0;
  }
}
