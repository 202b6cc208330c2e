import { englishGrammar } from './english-grammar.js';
import type { Grammar } from './grammar.js';
import { mandarinGrammar } from './mandarin-grammar.js';

/** Every language that can be spoken. Without a voice: whoever only plays recordings needs none. */
export const grammars: readonly Grammar[] = [englishGrammar, mandarinGrammar];
