import { type Languages, languagesOf } from '../dialogue/language.js';
import type { Grammar } from '../speech/grammar.js';
import { english } from './en/language.js';
import type { LanguageDefinition } from './language.js';
import { mandarin } from './zh/language.js';

/**
 * Every language there is, in the order in which a new caller hears them. Adding one adds its line here, and
 * nothing anywhere else.
 */
export const languages: readonly LanguageDefinition[] = [english, mandarin];

/** Their grammars, in the same order. */
export const grammars: readonly Grammar[] = languages.map(({ grammar }) => grammar);

/** Their codes, in the same order. */
export const languageCodes: Languages = languagesOf(grammars.map(({ language }) => language));
