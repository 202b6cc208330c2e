import type { Grammar } from './grammar.js';
import type { PromptScript } from './prompt-script.js';
import { recordingList } from './recording-list.js';

/** One line of an actor's script. */
export type SheetLine = {
  /** The file that the recording becomes: prompts/recordings/<language>/<name>.wav. */
  readonly name: string;
  readonly language: string;
  readonly text: string;
  /** How the voice ends. */
  readonly ending: 'flows on' | 'stays up' | 'falls';
  /** The longest that it may last. */
  readonly longestSeconds: number;
};

const longestPromptSeconds = 12;
const voices = { open: 'flows on', list: 'stays up', closed: 'falls' } as const;

/** Returns everything an actor has to read in one language. A reader may be slower than a synthesiser, and calm. */
export function actorSheet(
  script: PromptScript,
  { grammar, secondsPerLetter }: { readonly grammar: Grammar; readonly secondsPerLetter: number },
): readonly SheetLine[] {
  return recordingList(script, grammar).map(({ name, text, ending }) => {
    const seconds = 0.5 + text.length * secondsPerLetter;
    return {
      name,
      language: script.language,
      text,
      ending: voices[ending],
      longestSeconds: Math.min(longestPromptSeconds, Math.ceil(seconds * 2) / 2),
    };
  });
}

/** Returns the lines as CSV (RFC 4180), with a header. */
export function toCsv(lines: readonly SheetLine[]): string {
  const cell = (value: string | number): string => {
    const text = String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = lines.map((line) => [line.name, line.language, line.text, line.ending, line.longestSeconds]);
  const header = ['name', 'language', 'text', 'voice', 'longest seconds'];
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** Returns the lines as a Markdown table. */
export function toMarkdown(lines: readonly SheetLine[]): string {
  const rows = lines.map(
    ({ name, text, ending, longestSeconds }) =>
      `| ${name} | ${text.replaceAll('|', '\\|')} | ${ending} | ${longestSeconds} s |`,
  );
  return ['| name | text | voice | longest |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}
