import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { PromptName } from '../dialogue/line.js';
import { clausePauseMs, type Ending, sentencePauseMs } from './grammar.js';

/** A part of a prompt: words that are recorded, a pause, or the place of a value. */
type PromptPart =
  | { readonly recording: string; readonly text: string; readonly ending: Ending }
  | { readonly pauseMs: number }
  | { readonly placeholder: string };

/** One prompt, ready to be recorded and to be filled with values. */
export type Prompt = {
  readonly name: PromptName;
  /** The text as it was written, with its {placeholders}. */
  readonly text: string;
  readonly parts: readonly PromptPart[];
};

/** What callers hear in one language. */
export type PromptScript = {
  readonly language: string;
  readonly prompts: ReadonlyMap<PromptName, Prompt>;
};

/**
 * Returns the script of a language, read from every file <folder>/<language>/<part>.yaml: core.yaml and one a
 * service, each a flat map of names to texts with {placeholders}.
 * @throws Error naming every entry that is no prompt, and every name that two files have.
 */
export async function loadScript(folder: string, language: string): Promise<PromptScript> {
  const languageFolder = join(folder, language);
  const texts = new Map<string, { readonly file: string; readonly text: unknown }>();
  const twice: string[] = [];
  for (const file of await partsIn(languageFolder)) {
    for (const [name, text] of Object.entries(await readPart(file))) {
      const other = texts.get(name);
      if (other !== undefined) {
        twice.push(`${name} is in ${other.file} and in ${file}`);
      }
      texts.set(name, { file, text });
    }
  }
  if (twice.length > 0) {
    throw new Error(`prompts in ${language} with two texts:\n  ${twice.join('\n  ')}`);
  }
  return parseScript(language, Object.fromEntries([...texts].map(([name, { text }]) => [name, text])));
}

async function partsIn(languageFolder: string): Promise<readonly string[]> {
  let files: readonly string[];
  try {
    files = await readdir(languageFolder);
  } catch (cause) {
    throw new Error(`cannot read the prompts in ${languageFolder}`, { cause });
  }
  const parts = files.filter((file) => file.endsWith('.yaml')).sort();
  if (parts.length === 0) {
    throw new Error(
      `there are no prompts in ${languageFolder}: its texts belong in core.yaml and one file a service`,
    );
  }
  return parts.map((file) => join(languageFolder, file));
}

async function readPart(file: string): Promise<Readonly<Record<string, unknown>>> {
  let content: unknown;
  try {
    content = parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(`cannot read the prompts in ${file}`, { cause });
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new Error(`${file} must map names of prompts to their texts`);
  }
  return content as Readonly<Record<string, unknown>>;
}

/** Returns the script of texts by name. @throws Error naming every entry that is no prompt. */
export function parseScript(language: string, texts: Readonly<Record<string, unknown>>): PromptScript {
  const prompts = new Map<PromptName, Prompt>();
  const faults: string[] = [];
  for (const [name, text] of Object.entries(texts)) {
    const fault = faultOf(name, text);
    if (fault !== undefined) {
      faults.push(`${name}: ${fault}`);
      continue;
    }
    const written = String(text).trim();
    prompts.set(name, { name, text: written, parts: parseParts(name, written) });
  }
  if (faults.length > 0) {
    throw new Error(`prompts in ${language} with faults:\n  ${faults.join('\n  ')}`);
  }
  return { language, prompts };
}

/** Returns the names of a prompt's placeholders, each once. */
export function placeholdersOf(prompt: Prompt): readonly string[] {
  return [...new Set(prompt.parts.flatMap((part) => ('placeholder' in part ? [part.placeholder] : [])))];
}

const placeholder = /\{([a-zA-Z][a-zA-Z0-9]*)\}/;
const sentenceMarks = /[.!?。！？]/;
const clauseMarks = /[,;:，；：、]/;
const leadingMarks = /^[\s.!?。！？,;:，；：、]+/;

function faultOf(name: string, text: unknown): string | undefined {
  if (!/^[a-z0-9][a-z0-9.-]*(\/[a-z0-9-]+)?$/.test(name)) {
    return 'a name is made of small letters, digits, dots and dashes, with one /variant';
  }
  if (typeof text !== 'string' || text.trim() === '') {
    return 'has no text';
  }
  return /[{}]/.test(text.replaceAll(new RegExp(placeholder, 'g'), ''))
    ? 'has a brace that is no {placeholder}'
    : undefined;
}

/**
 * A text is cut at its placeholders. A mark at a cut becomes a pause of its own, so that the pace around a
 * value is the language's and not an accident of two recordings.
 */
function parseParts(name: string, text: string): readonly PromptPart[] {
  const chunks = text.split(new RegExp(placeholder, 'g'));
  const isRecorded = (chunk: string, index: number): boolean =>
    index % 2 === 0 && chunk.replace(leadingMarks, '') !== '';
  const count = chunks.filter(isRecorded).length;
  const parts: PromptPart[] = [];
  let number = 0;
  for (const [index, chunk] of chunks.entries()) {
    if (index % 2 === 1) {
      parts.push({ placeholder: chunk });
      continue;
    }
    const isFirst = index === 0;
    const isLast = index === chunks.length - 1;
    const lead = leadingMarks.exec(chunk)?.[0] ?? '';
    const words = chunk.slice(lead.length).trim();
    // A mark at the very end of the prompt is followed by the pause between utterances.
    if (!isFirst && (words !== '' || !isLast)) {
      parts.push(...pauseFor(lead));
    }
    if (words !== '') {
      number += 1;
      const recording = count === 1 ? name : `${name}.${number}`;
      // A text that ends at a comma is the label of a choice: how it is made is said after it.
      const ending = endingOf(words.at(-1) ?? '');
      parts.push({ recording, text: words, ending: isLast && ending === 'open' ? 'closed' : ending });
      if (!isLast) {
        parts.push(...pauseFor(words.at(-1) ?? ''));
      }
    }
  }
  return parts;
}

function endingOf(mark: string): Ending {
  if (sentenceMarks.test(mark)) {
    return 'closed';
  }
  return clauseMarks.test(mark) ? 'list' : 'open';
}

function pauseFor(marks: string): PromptPart[] {
  if (sentenceMarks.test(marks)) {
    return [{ pauseMs: sentencePauseMs }];
  }
  return clauseMarks.test(marks) ? [{ pauseMs: clausePauseMs }] : [];
}
