import type { LanguageDefinition } from '../language.js';
import { englishGrammar } from './grammar.js';

export const english: LanguageDefinition = {
  grammar: englishGrammar,
  textLimit: { unit: 'words', most: 30 },
  secondsPerLetter: 0.09,
  voice: new URL('./voice.js', import.meta.url),
};
