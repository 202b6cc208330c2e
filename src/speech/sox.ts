import { fromPcm16, type Sound, toPcm16 } from './sound.js';
import { runTool } from './tool.js';

/**
 * Returns the sound of a file of any kind that sox reads, as mono at `rate`, without rumble below the
 * voice.
 */
export async function readSound(file: string, rate: number): Promise<Sound> {
  const output = ['-t', 'raw', '-e', 'signed', '-b', '16', '-c', '1', '-r', String(rate), '-'];
  // Headroom first: what a filter adds to a full-scale recording must not be clipped.
  const bytes = await runTool('sox', [
    '-V1',
    '-D',
    file,
    ...output,
    'gain',
    '-3',
    'highpass',
    '90',
    'rate',
    '-h',
  ]);
  return fromPcm16(bytes, rate);
}

/** Returns the sound at another rate, with sox's high-quality filter. */
export async function resample(sound: Sound, rate: number): Promise<Sound> {
  const raw = ['-t', 'raw', '-e', 'signed', '-b', '16', '-c', '1'];
  const from = [...raw, '-r', String(sound.rate), '-'];
  const to = [...raw, '-r', String(rate), '-'];
  return fromPcm16(await runTool('sox', ['-V1', '-D', ...from, ...to, 'rate', '-h'], toPcm16(sound)), rate);
}
