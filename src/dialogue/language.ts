import type { Language } from './line.js';

/** The languages in which everything can be said, in the order in which a new caller hears them. */
export type Languages = readonly [Language, ...Language[]];

/** The keys that choose a language; 9 says the menu again. */
const keys = 8;

/**
 * Returns the codes as languages of a conversation.
 * @throws Error when there is none, one is there twice, or there are more than keys to choose them with.
 */
export function languagesOf(codes: readonly string[]): Languages {
  const [first, ...others] = codes;
  if (first === undefined || codes.length > keys || new Set(codes).size < codes.length) {
    throw new Error(`there must be 1 to ${keys} languages, each once, and not ${codes.join(', ') || 'none'}`);
  }
  return [first, ...others];
}
