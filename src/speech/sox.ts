import { fromPcm16, type Sound, toPcm16 } from './sound.js';
import { runTool } from './tool.js';

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
  const output = ['-t', 'raw', '-e', 'signed', '-b', '16', '-c', '1', '-r', String(rate), '-'];
  // Headroom first: what a filter adds to a full-scale recording must not be clipped.
  const bytes = await runTool('sox', [
    '-V1',
    '-D',
    ...files,
    ...output,
    'gain',
    '-3',
    'highpass',
    '90',
    ...effects,
    'rate',
    '-h',
  ]);
  return fromPcm16(bytes, rate);
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
  const raw = ['-t', 'raw', '-e', 'signed', '-b', '16', '-c', '1'];
  const from = [...raw, '-r', String(sound.rate), '-'];
  const to = [...raw, '-r', String(rate), '-'];
  return fromPcm16(await runTool('sox', ['-V1', '-D', ...from, ...to, 'rate', '-h'], toPcm16(sound)), rate);
}
