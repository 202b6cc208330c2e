/** Builds, checks and lists what callers hear: `npm run prompts [-- --check | --sheet | --names FILE | --journeys]`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { systemClock } from '../src/clock.js';
import { runCommand } from '../src/command-line.js';
import { grammars, languages } from '../src/languages/catalogue.js';
import { chooseVoices } from '../src/languages/voices.js';
import { allPrompts } from '../src/services/catalogue.js';
import { actorSheet, toCsv, toMarkdown } from '../src/speech/actor-sheet.js';
import { buildRecordings } from '../src/speech/build-recordings.js';
import { checkSound, loudnessTable, unusedPrompts } from '../src/speech/check-recordings.js';
import { readManifest } from '../src/speech/manifest.js';
import { PromptLibrary } from '../src/speech/prompt-library.js';
import { loadScript } from '../src/speech/prompt-script.js';
import { recordNames } from '../src/speech/record-names.js';
import { RecordingCache } from '../src/speech/recording-cache.js';
import { describeJourneys, journeysFile, timeJourneys } from './journeys.js';
import { projectDir } from './project-dir.js';
import { cacheDir } from './root.js';

const scriptFolder = join(projectDir, 'prompts');
const defaultFolder = join(projectDir, 'var', 'prompts');
const needs = allPrompts.map(({ name, placeholders }) => ({
  prompt: name,
  values: Object.keys(placeholders),
}));

/** Told how far the building is; `done` of `total` recordings. */
type Progress = (done: number, total: number) => void;

/**
 * Builds every recording that is not built yet into `outDir`. Quick when nothing has changed; after an
 * interruption it goes on where it was.
 * @throws Error with one sentence that says what is wrong, and the remedy where there is one.
 */
export async function buildPrompts({
  outDir,
  log,
  progress = () => undefined,
}: {
  readonly outDir: string;
  readonly log: (line: string) => void;
  readonly progress?: Progress;
}): Promise<{ built: number; fetched: number; kept: number; seconds: number }> {
  const startMs = systemClock.monotonicMs();
  const { built, fetched, kept } = await buildRecordings({
    outFolder: outDir,
    scriptFolder,
    overrideFolder: join(scriptFolder, 'recordings'),
    languages: await chooseVoices(languages, scriptFolder),
    cache: new RecordingCache(join(cacheDir(), 'prompts')),
    parallel: Math.min(4, availableParallelism()),
    progress,
  });
  const seconds = (systemClock.monotonicMs() - startMs) / 1000;
  log(`prompts: ${built} built, ${fetched} from the cache, ${kept} kept, ${seconds.toFixed(1)} s`);
  return { built, fetched, kept, seconds };
}

/** Returns what can be said with the prompts that are built. @throws Error listing all that is missing. */
export async function loadLibrary(builtFolder: string): Promise<PromptLibrary> {
  return PromptLibrary.load({ builtFolder, scriptFolder, grammars, needs });
}

/** Prints what is wrong with the built prompts, and the loudness of each language; returns true when sound. */
async function check(outDir: string): Promise<boolean> {
  const manifest = await readManifest(outDir);
  console.table(loudnessTable(manifest));
  const scripts = await Promise.all(grammars.map(async ({ language }) => loadScript(scriptFolder, language)));
  const faults = [...checkSound(manifest), ...unusedPrompts(scripts, needs)];
  try {
    faults.push(...(await loadLibrary(outDir)).slowGaps);
  } catch (fault) {
    faults.push(messageOf(fault));
  }
  for (const fault of faults) {
    console.error(fault);
  }
  console.log(faults.length === 0 ? 'every prompt is in order' : `${faults.length} faults`);
  return faults.length === 0;
}

/** Writes the actor's script of every language, as CSV and as Markdown. */
async function writeSheets(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  for (const language of languages) {
    const code = language.grammar.language;
    const lines = actorSheet(await loadScript(scriptFolder, code), language);
    for (const [kind, text] of [
      ['csv', toCsv(lines)],
      ['md', toMarkdown(lines)],
    ] as const) {
      const file = join(outDir, `${code}.${kind}`);
      await writeFile(file, text);
      console.log(`${lines.length} lines in ${relative(process.cwd(), file)}`);
    }
  }
}

function showOnOneLine(done: number, total: number): void {
  if (process.stdout.isTTY) {
    process.stdout.write(`\r${done} of ${total} recordings${done === total ? '\n' : ''}`);
  }
}

function messageOf(fault: unknown): string {
  if (!(fault instanceof Error)) {
    return String(fault);
  }
  return fault.cause instanceof Error ? `${fault.message}: ${messageOf(fault.cause)}` : fault.message;
}

/** Records the names of a file ({ <language>: [..] }), so that no caller waits for it. */
async function recordNamesOf(file: string, outDir: string): Promise<void> {
  const content: unknown = parse(await readFile(file, 'utf8'));
  const names = Object.entries(content ?? {}).flatMap(([language, texts]: [string, unknown]) =>
    Array.isArray(texts) ? texts.map((text) => ({ language, text: String(text) })) : [],
  );
  const { recorded, kept, refused } = await recordNames({
    ...{ names, builtFolder: outDir },
    languages: await chooseVoices(languages, scriptFolder),
  });
  for (const { language, text, why } of refused) {
    console.error(`${language}: ${JSON.stringify(text.slice(0, 60))} ${why}`);
  }
  console.log(`names: ${recorded} recorded, ${kept} kept, ${refused.length} not possible`);
}

async function writeJourneys(outDir: string): Promise<void> {
  await writeFile(
    journeysFile,
    describeJourneys(await timeJourneys(await loadLibrary(outDir)), await readManifest(outDir)),
  );
  console.log(`the time that each service takes is in ${relative(process.cwd(), journeysFile)}`);
}

const usage = `npm run prompts -- [--check] [--sheet] [--names FILE] [--journeys]
Builds every recording that is not built yet into WALLETLINE_PROMPTS_DIR (var/prompts).
  --check       and checks how loud and how long each is; exit code 1 when one is not right
  --sheet       writes the sheets for an actor into var/actor-sheet, and builds nothing
  --names FILE  records the names of a file too: YAML, { LANGUAGE: [NAME, ..] }
  --journeys    writes down how long each service takes
`;

async function main(): Promise<number> {
  return runCommand({
    usage,
    failure: 'the prompts could not be built',
    failureCode: 1,
    explain: messageOf,
    config: {
      options: {
        check: { type: 'boolean' },
        sheet: { type: 'boolean' },
        journeys: { type: 'boolean' },
        names: { type: 'string' },
      },
    },
    run: async ({ values }) => {
      const outDir = resolve(process.env['WALLETLINE_PROMPTS_DIR'] ?? defaultFolder);
      if (values.sheet === true) {
        await writeSheets(join(projectDir, 'var', 'actor-sheet'));
        return 0;
      }
      await buildPrompts({ outDir, log: console.log, progress: showOnOneLine });
      if (values.names !== undefined) {
        await recordNamesOf(values.names, outDir);
      }
      if (values.journeys === true) {
        await writeJourneys(outDir);
      }
      return values.check === true && !(await check(outDir)) ? 1 : 0;
    },
  });
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main();
}
