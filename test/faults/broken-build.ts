import type { Patch } from './build.js';
import type { Break } from './verdict.js';

/** Which runs show what a broken build does, soonest first. */
type ShownBy = 'faults' | 'kills' | 'freezes' | 'long freezes' | 'rivals' | 'guesses' | 'kills of an order';

/** A product that somebody got wrong on purpose. Each must be caught, or the checker is at fault. */
export type BrokenBuild = {
  readonly name: string;
  readonly patches: readonly Patch[];
  readonly shownBy: ShownBy;
  /** The point at which it has shown before; others are tried after it. */
  readonly tryFirst?: number;
  /** Invariants of which at least one must be found broken. */
  readonly breaks: readonly Break['invariant'][];
};
