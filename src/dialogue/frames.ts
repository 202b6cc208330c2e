import type { Frame } from './chart.js';

/**
 * Grows when a chart changes so that what an earlier version wrote would be misread: a state or a field of a
 * context that got another meaning. New states and new fields with a default need no new version.
 */
export const framesVersion = 1;

/**
 * Where a conversation stands, as data: its charts, the outermost first. JSON keeps all of it, and no secret
 * is ever in it.
 */
export type Frames = { readonly version: number; readonly stack: readonly Frame[] };

/**
 * Returns frames that were written down, or undefined when they are of another version or not frames at all.
 */
export function readFrames(written: unknown): Frames | undefined {
  if (!isRecord(written) || written['version'] !== framesVersion || !Array.isArray(written['stack'])) {
    return undefined;
  }
  const stack: readonly unknown[] = written['stack'];
  return stack.length > 0 && stack.every(isFrame) ? { version: framesVersion, stack } : undefined;
}

function isFrame(value: unknown): value is Frame {
  return (
    isRecord(value) &&
    typeof value['chart'] === 'string' &&
    typeof value['state'] === 'string' &&
    isRecord(value['context']) &&
    isRecord(value['context']['tries'])
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
