import type { Language } from './line.js';

/** The languages in which everything can be said, in the order in which a new caller hears them. */
export const languages = ['en', 'zh'] as const satisfies readonly Language[];
