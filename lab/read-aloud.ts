import { join } from 'node:path';
import type { Speech, SpokenValue } from '../src/dialogue/line.js';
import { grammars } from '../src/languages/catalogue.js';
import { type Grammar, isPause, type SpokenPart } from '../src/speech/grammar.js';
import { loadScript } from '../src/speech/prompt-script.js';
import { projectDir } from './project-dir.js';

/** Returns what writes a speech as a caller would hear it: the prompts' texts, with values in words. */
export async function readAloud(): Promise<(speech: Speech) => string> {
  const folder = join(projectDir, 'prompts');
  const scripts = new Map(
    await Promise.all(
      grammars.map(async ({ language }) => [language, (await loadScript(folder, language)).prompts] as const),
    ),
  );
  return ({ language, utterances }) =>
    utterances
      .map(({ prompt, values = {}, language: own = language, key }) => {
        const text = scripts.get(own)?.get(prompt)?.text ?? `[${prompt}]`;
        const said = text.replaceAll(/\{([^}]+)\}/g, (placeholder, name: string) => {
          const value = values[name];
          return value === undefined ? placeholder : inWords(own, value);
        });
        if (key === undefined) {
          return said;
        }
        const grammar = grammarOf(own);
        return `${said}${grammar.wordSeparator}${textOf(grammar.press(key), grammar.wordSeparator)}`;
      })
      .join(' ');
}

function inWords(language: string, value: SpokenValue): string {
  if (value.as === 'name') {
    return value.text;
  }
  const grammar = grammarOf(language);
  return textOf(grammar.speak(value), grammar.wordSeparator);
}

function grammarOf(language: string): Grammar {
  const grammar = grammars.find((candidate) => candidate.language === language);
  if (grammar === undefined) {
    throw new Error(`there is no grammar for ${language}`);
  }
  return grammar;
}

function textOf(parts: readonly SpokenPart[], wordSeparator: string): string {
  return parts.flatMap((part) => (isPause(part) ? [] : [part.text])).join(wordSeparator);
}
