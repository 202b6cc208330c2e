import type { Manifest } from './manifest.js';
import type { PromptNeed } from './prompt-library.js';
import type { PromptScript } from './prompt-script.js';

/** What a set of recordings is like: one row a language. */
export type LoudnessRow = {
  readonly language: string;
  readonly recordings: number;
  readonly minDb: number;
  readonly medianDb: number;
  readonly maxDb: number;
  readonly highestPeakDb: number;
  readonly longestLeadingSilenceMs: number;
  readonly longestMs: number;
};

/** What is allowed. */
const limits = { loudnessSpreadDb: 2, peakDb: -0.5, leadingSilenceMs: 80, lengthMs: 12_000 };

/**
 * Returns what is wrong with the recordings as sound: too loud or too quiet beside their fellows (2 dB from
 * the median of their language), clipped, silent for 80 ms or more at the start, longer than 12 s.
 */
export function checkSound({ languages }: Manifest): readonly string[] {
  return Object.entries(languages).flatMap(([language, { recordings }]) => {
    const medianDb = median(Object.values(recordings).map(({ loudnessDb }) => loudnessDb));
    return Object.entries(recordings).flatMap(
      ([name, { loudnessDb, peakDb, leadingSilenceMs, durationMs }]) => {
        const faults = [
          loudnessDb > medianDb + limits.loudnessSpreadDb
            ? `too loud (${loudnessDb} dB, median ${medianDb})`
            : '',
          loudnessDb < medianDb - limits.loudnessSpreadDb
            ? `too quiet (${loudnessDb} dB, median ${medianDb})`
            : '',
          peakDb > limits.peakDb ? `clipped (peak ${peakDb} dB)` : '',
          leadingSilenceMs >= limits.leadingSilenceMs ? `${leadingSilenceMs} ms of silence at its start` : '',
          durationMs > limits.lengthMs ? `too long (${(durationMs / 1000).toFixed(1)} s)` : '',
        ];
        return faults.filter((fault) => fault !== '').map((fault) => `${language}: ${name} is ${fault}`);
      },
    );
  });
}

/** Returns the prompts of the scripts that no dialogue says. */
export function unusedPrompts(
  scripts: readonly PromptScript[],
  needs: readonly PromptNeed[],
): readonly string[] {
  const used = new Set(needs.map(({ prompt }) => prompt));
  return scripts.flatMap(({ language, prompts }) =>
    [...prompts.keys()]
      .filter((name) => !used.has(name))
      .map((name) => `${language}: no dialogue says ${name}`),
  );
}

/** Returns the figures of each language's recordings. */
export function loudnessTable({ languages }: Manifest): readonly LoudnessRow[] {
  return Object.entries(languages).map(([language, { recordings }]) => {
    const all = Object.values(recordings);
    const loudness = all.map(({ loudnessDb }) => loudnessDb);
    return {
      language,
      recordings: all.length,
      minDb: Math.min(...loudness),
      medianDb: median(loudness),
      maxDb: Math.max(...loudness),
      highestPeakDb: Math.max(...all.map(({ peakDb }) => peakDb)),
      longestLeadingSilenceMs: Math.max(...all.map(({ leadingSilenceMs }) => leadingSilenceMs)),
      longestMs: Math.max(...all.map(({ durationMs }) => durationMs)),
    };
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
