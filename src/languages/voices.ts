import type { SpokenLanguage } from '../speech/build-recordings.js';
import type { ChooseVoice, LanguageDefinition } from './language.js';

/**
 * Returns the languages with the best free voice that this machine has for each.
 * See docs/adr/0003-voices.md.
 * @throws Error when a language has no voice.
 */
export async function chooseVoices(
  languages: readonly LanguageDefinition[],
  scriptFolder: string,
  platform: string = process.platform,
): Promise<readonly SpokenLanguage[]> {
  return Promise.all(
    languages.map(async ({ grammar, voice }) => {
      const loaded = (await import(voice.href)) as { readonly voice?: unknown };
      if (typeof loaded.voice !== 'function') {
        throw new Error(`${voice.pathname} has no voice for ${grammar.language}`);
      }
      return { grammar, voice: await (loaded.voice as ChooseVoice)({ scriptFolder, platform }) };
    }),
  );
}
