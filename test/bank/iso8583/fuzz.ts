import { randomInt } from 'node:crypto';
import { commandLineOf } from '../../../src/command-line.js';
import { type FuzzReport, fuzzDecoder } from './fuzz-decoder.js';

const usage = 'npm run fuzz -- iso [--frames 1000000] [--seed 1]\n';
const slowestAllowedMs = 5;
const growthAllowedBytes = 8 * 1024 * 1024;

/** Prints the figures and returns whether they are within their bounds. */
function report(result: FuzzReport): boolean {
  const { frames, accepted, refused, errors, slowestMs, slowestRepeatedMs, memoryBytes } = result;
  const mebibytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  process.stdout.write(
    [
      `frames ${frames}: ${accepted} read, ${refused} refused, ${errors.length} errors`,
      `slowest ${slowestMs.toFixed(2)} ms with the machine's pauses, ${slowestRepeatedMs.toFixed(2)} ms of itself`,
      `memory ${mebibytes(memoryBytes.early)} after a tenth, ${mebibytes(memoryBytes.end)} at the end`,
      ...errors,
      '',
    ].join('\n'),
  );
  return (
    errors.length === 0 &&
    slowestRepeatedMs < slowestAllowedMs &&
    memoryBytes.end - memoryBytes.early < growthAllowedBytes
  );
}

const { positionals, values } = commandLineOf(usage, {
  allowPositionals: true,
  options: { frames: { type: 'string', default: '1000000' }, seed: { type: 'string' } },
});
const frames = Number(values.frames);
const seed = Number(values.seed ?? randomInt(1, 2 ** 31));
if (positionals[0] !== 'iso' || !Number.isSafeInteger(frames) || frames < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  process.stdout.write(`seed ${seed}\n`);
  process.exitCode = report(fuzzDecoder({ frames, seed })) ? 0 : 1;
}
