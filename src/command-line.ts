import { type ParseArgsConfig, parseArgs } from 'node:util';

/** A command was called in a way that it cannot be: its text says what is missing or too much. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Parsed<T extends ParseArgsConfig> = ReturnType<typeof parseArgs<T>>;

export type Command<T extends ParseArgsConfig> = {
  readonly usage: string;
  /** As `parseArgs` of node:util takes it; --help and -h need not be named. */
  readonly config: T;
  /** What stands before the reason when `run` rejects, e.g. "the audit failed". */
  readonly failure: string;
  readonly failureCode?: number;
  /** Turns a failure into words; its message by default. */
  readonly explain?: (error: unknown) => string;
  /** Does it and returns the exit code. @throws UsageError when the arguments do not fit together. */
  readonly run: (parsed: Parsed<T>) => number | Promise<number>;
};

/** Where a command reads and writes; the process's own by default. */
export type Terminal = {
  readonly args: readonly string[];
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
};

const ownTerminal = (): Terminal => ({
  args: process.argv.slice(2),
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
});

/**
 * Runs a command and returns its exit code: 0 after --help, which prints the usage; 2 for arguments that are
 * not understood, with what is wrong and the usage. Failures are told in a sentence, without a stack.
 */
export async function runCommand<T extends ParseArgsConfig>(
  { usage, config, failure, failureCode = 2, explain = messageOf, run }: Command<T>,
  { args, write, writeError }: Terminal = ownTerminal(),
): Promise<number> {
  if (asksForHelp(args)) {
    write(usage);
    return 0;
  }
  try {
    return await run(parsed(config, args));
  } catch (error) {
    if (error instanceof UsageError) {
      // Last, where it is seen however long the usage is.
      writeError(`${usage}\n${error.message}\n`);
      return 2;
    }
    writeError(`${failure}: ${explain(error)}\n`);
    return failureCode;
  }
}

/**
 * Returns the arguments of a process that goes on after it has read them. --help prints the usage and ends the
 * process with 0; arguments that are not understood end it with 2, with what is wrong and the usage.
 */
export function commandLineOf<T extends ParseArgsConfig>(usage: string, config: T): Parsed<T> {
  const { args, write, writeError } = ownTerminal();
  if (asksForHelp(args)) {
    write(usage);
    process.exit(0);
  }
  try {
    return parsed(config, args);
  } catch (error) {
    writeError(`${usage}\n${messageOf(error)}\n`);
    process.exit(2);
  }
}

/** Returns whether --help or -h is among the arguments, before any "--". */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).some((word) => word === '--help' || word === '-h');
}

function parsed<T extends ParseArgsConfig>(config: T, args: readonly string[]): Parsed<T> {
  try {
    return parseArgs<T>({ ...config, args: [...args] });
  } catch (error) {
    // Node adds advice on how to write a positional argument that begins with a hyphen; nobody here has any.
    throw new UsageError(messageOf(error).split('. ')[0] ?? 'the arguments are not understood', {
      cause: error,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
