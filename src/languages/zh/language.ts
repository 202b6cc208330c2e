import type { LanguageDefinition } from '../language.js';
import { mandarinGrammar } from './grammar.js';

export const mandarin: LanguageDefinition = {
  grammar: mandarinGrammar,
  textLimit: { unit: 'letters', most: 45 },
  secondsPerLetter: 0.35,
  voice: new URL('./voice.js', import.meta.url),
};
