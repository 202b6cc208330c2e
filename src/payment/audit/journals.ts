import { createReadStream } from 'node:fs';

/** One line of a bank's own journal, as far as it matters here. */
export type BankLine = {
  readonly at: Date;
  readonly event: string;
  /** Field 37: ours, or the bank's own where it assigns them. */
  readonly rrn: string;
  /** What a reversal has from its original: terminal, MMDD of field 13, STAN. Undefined when the line has none. */
  readonly trace?: { readonly terminal: string; readonly date: string; readonly stan: string } | undefined;
  readonly amountMinor: number;
  /** The response code that was answered. */
  readonly result: string;
  /** Of a reversal: what became of its original, "approved" when it was undone now. */
  readonly original: string | undefined;
  /** True: the answer was scripted, and nothing was done. */
  readonly forced: boolean;
};

/** One line of a provider's own journal. */
export type ProviderLine = {
  readonly at: Date;
  readonly event: string;
  readonly key: string;
  readonly amountMinor: number;
};

/** Reads a bank's journal: one JSON object a line. Throws when a line is no such object. */
export async function readBankJournal(file: string): Promise<BankLine[]> {
  return readLines(file, (line) => ({
    at: timeOf(line),
    event: text(line, 'event'),
    rrn: text(line, 'rrn'),
    trace: traceOf(line),
    amountMinor: amountOf(line),
    result: text(line, 'result'),
    original: line['original'] === undefined ? undefined : text(line, 'original'),
    forced: line['forced'] === true,
  }));
}

/** Reads a provider's journal: one JSON object a line. Throws when a line is no such object. */
export async function readProviderJournal(file: string): Promise<ProviderLine[]> {
  return readLines(file, (line) => ({
    at: timeOf(line),
    event: text(line, 'event'),
    key: text(line, 'key'),
    amountMinor: amountOf(line),
  }));
}

type Line = Readonly<Record<string, unknown>>;

/** Line by line: a journal may be larger than a string can be. */
async function readLines<T>(file: string, parse: (line: Line) => T): Promise<T[]> {
  const parsed: T[] = [];
  let rest = '';
  for await (const chunk of createReadStream(file, 'utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    parsed.push(...lines.filter((line) => line !== '').map((line) => parse(JSON.parse(line) as Line)));
  }
  // A last line without an end may have been cut short by a kill: then nothing was done.
  const last = wholeLine(rest);
  return last === undefined ? parsed : [...parsed, parse(last)];
}

function wholeLine(rest: string): Line | undefined {
  try {
    return rest === '' ? undefined : (JSON.parse(rest) as Line);
  } catch {
    return undefined;
  }
}

function text(line: Line, name: string): string {
  const value = line[name];
  if (typeof value !== 'string') {
    throw new TypeError(`a line of a journal has no "${name}"`);
  }
  return value;
}

function traceOf({ terminal, date, stan }: Line): BankLine['trace'] {
  return typeof terminal === 'string' &&
    typeof date === 'string' &&
    typeof stan === 'string' &&
    /^\d{4}$/.test(date) &&
    /^\d{1,6}$/.test(stan)
    ? { terminal, date, stan }
    : undefined;
}

function amountOf({ amountMinor }: Line): number {
  if (!Number.isSafeInteger(amountMinor)) {
    throw new TypeError('a line of a journal has no amount');
  }
  return amountMinor as number;
}

function timeOf(line: Line): Date {
  const at = new Date(text(line, 'at'));
  if (Number.isNaN(at.getTime())) {
    throw new TypeError('a line of a journal has no time');
  }
  return at;
}
