import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromPcm16, type Sound, toPcm16 } from './sound.js';
import { runTool } from './tool.js';

/** No messages, and no dither: the same sound every time. */
const quiet = ['-V1', '-D'];
const pcm16 = ['-e', 'signed', '-b', '16', '-c', '1'];
/** Headroom first: what a filter adds to a full-scale recording must not be clipped. */
const headroom = ['gain', '-3', 'highpass', '90'];
const resampled = ['rate', '-h'];

/**
 * Returns the sound of a file of any kind that sox reads, as mono at `rate`, without rumble below the
 * voice. `effects` are sox's own, in its words.
 */
export async function readSound(file: string, rate: number, effects: readonly string[] = []): Promise<Sound> {
  return readRow([file], rate, effects);
}

async function readRow(
  files: readonly string[],
  rate: number,
  effects: readonly string[] = [],
): Promise<Sound> {
  const output = ['-t', 'raw', ...pcm16, '-r', String(rate), '-'];
  const bytes = await runTool('sox', [...quiet, ...files, ...output, ...headroom, ...effects, ...resampled]);
  return fromPcm16(bytes, rate);
}

/** Where sox writes the outcome: see `eachFile`. */
const outcome = '"$0/$n"';

/** Runs sox for each file of its own parameters, "$0" being the folder for the outcome. */
const eachFile = (before: readonly string[], after: readonly string[]): string =>
  `n=0; for file; do sox ${before.join(' ')} "$file" ${after.join(' ')} || exit; n=$((n+1)); done`;

/**
 * Returns the sounds of files, each as `readSound` does. One shell starts the programs: a process of the size
 * of ours takes longer to start one than the program takes to run.
 */
export async function readEach(
  files: readonly string[],
  rate: number,
  effects: readonly string[] = [],
): Promise<readonly Sound[]> {
  const raw = ['-t', 'raw', ...pcm16, '-r', String(rate), outcome];
  return eachSound(files, rate, quiet, [...raw, ...headroom, ...effects, ...resampled]);
}

async function eachSound(
  files: readonly string[],
  rate: number,
  before: readonly string[],
  after: readonly string[],
): Promise<readonly Sound[]> {
  const folder = await mkdtemp(join(tmpdir(), 'walletline-sounds-'));
  try {
    await runTool('sh', ['-c', eachFile(before, after), folder, ...files]);
    return await Promise.all(
      files.map(async (_, index) => fromPcm16(await readFile(join(folder, String(index))), rate)),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Returns what is in files of raw 16-bit sound of one rate, spoken at `tempo` times its speed and as high as
 * before. One shell starts the programs, as for `readEach`.
 */
export async function changeTempo(
  files: readonly string[],
  rate: number,
  tempo: number,
): Promise<readonly Sound[]> {
  const raw = ['-t', 'raw', ...pcm16, '-r', String(rate)];
  return eachSound(files, rate, [...quiet, ...raw], [...raw, outcome, 'tempo', '-s', String(tempo)]);
}

/**
 * Returns the sounds of files of one rate, each as `readSound` does, with two programs for all of them. Each
 * must begin and end in silence, because the filters run through from one to the next.
 */
export async function readSounds(files: readonly string[], rate: number): Promise<readonly Sound[]> {
  const [lengths, rates] = await Promise.all(['-s', '-r'].map(async (fact) => soxInfo(fact, files)));
  const fileRate = rates?.[0];
  if (
    lengths?.length !== files.length ||
    fileRate === undefined ||
    rates?.some((other) => other !== fileRate)
  ) {
    throw new Error('sound files that are read together must have one rate');
  }
  const row = await readRow(files, rate);
  let end = 0;
  return lengths.map((length) => {
    const start = end;
    end += length;
    const at = (sample: number): number => Math.round((sample * rate) / fileRate);
    return { samples: row.samples.slice(at(start), at(end)), rate };
  });
}

async function soxInfo(fact: string, files: readonly string[]): Promise<readonly number[]> {
  const lines = (await runTool('soxi', [fact, ...files])).toString().trim().split('\n');
  return lines.map(Number);
}

/** Returns the sound at another rate, with sox's high-quality filter. */
export async function resample(sound: Sound, rate: number): Promise<Sound> {
  const raw = ['-t', 'raw', ...pcm16];
  const from = [...raw, '-r', String(sound.rate), '-'];
  const to = [...raw, '-r', String(rate), '-'];
  return fromPcm16(await runTool('sox', [...quiet, ...from, ...to, ...resampled], toPcm16(sound)), rate);
}
