import { join } from 'node:path';
import type { Speech, SpokenValue } from '../src/dialogue/line.js';
import { grammars } from '../src/languages/catalogue.js';
import { type Grammar, isPause, type SpokenPart } from '../src/speech/grammar.js';
import { loadScript } from '../src/speech/prompt-script.js';
import { projectDir } from './project-dir.js';

/** A language that can be read, and the folder of its texts (<folder>/<language>/<part>.yaml). */
export type ReadableLanguage = { readonly grammar: Grammar; readonly scriptFolder: string };

/** Every language of the product. */
export const ourLanguages: readonly ReadableLanguage[] = grammars.map((grammar) => ({
  grammar,
  scriptFolder: join(projectDir, 'prompts'),
}));

/** Returns what writes a speech as a caller would hear it: the prompts' texts, with values in words. */
export async function readAloud(languages = ourLanguages): Promise<(speech: Speech) => string> {
  const read = await Promise.all(
    languages.map(async ({ grammar, scriptFolder }) => ({
      grammar,
      prompts: (await loadScript(scriptFolder, grammar.language)).prompts,
    })),
  );
  return ({ language, utterances }) =>
    utterances
      .map(({ prompt, values = {}, language: own = language, key }) => {
        const found = read.find(({ grammar }) => grammar.language === own);
        if (found === undefined) {
          throw new Error(`nothing is written in ${own}`);
        }
        const { grammar, prompts } = found;
        const text = prompts.get(prompt)?.text ?? `[${prompt}]`;
        const said = text.replaceAll(/\{([^}]+)\}/g, (placeholder, name: string) => {
          const value = values[name];
          return value === undefined ? placeholder : inWords(grammar, value);
        });
        return key === undefined
          ? said
          : `${said}${grammar.wordSeparator}${textOf(grammar, grammar.press(key))}`;
      })
      .join(' ');
}

function inWords(grammar: Grammar, value: SpokenValue): string {
  return value.as === 'name' ? value.text : textOf(grammar, grammar.speak(value));
}

function textOf({ wordSeparator }: Grammar, parts: readonly SpokenPart[]): string {
  return parts.flatMap((part) => (isPause(part) ? [] : [part.text])).join(wordSeparator);
}
