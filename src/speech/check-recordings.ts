import type { Pace } from '../dialogue/line.js';
import { paces } from './grammar.js';
import { type BuiltRecording, type Manifest, recordingsAt } from './manifest.js';
import type { PromptNeed } from './prompt-library.js';
import type { PromptScript } from './prompt-script.js';

/** What a set of recordings is like: one row for each language and pace. */
export type LoudnessRow = {
  readonly language: string;
  readonly pace: Pace;
  readonly recordings: number;
  readonly minDb: number;
  readonly medianDb: number;
  readonly maxDb: number;
  readonly highestPeakDb: number;
  readonly longestLeadingSilenceMs: number;
  readonly longestMs: number;
};

/**
 * The longest that a prompt may last with its values, in milliseconds: what can be kept in mind. At the slow
 * pace the same words take a quarter longer.
 */
export const longestMs: Readonly<Record<Pace, number>> = { normal: 12_000, slow: 15_000 };

/** What is allowed. */
const limits = { loudnessSpreadDb: 2, peakDb: -0.5, leadingSilenceMs: 80 };

/**
 * Returns what is wrong with the recordings as sound: too loud or too quiet beside their fellows (2 dB from
 * the median of their language and pace), clipped, silent for 80 ms or more at the start, longer than
 * `longestMs`.
 */
export function checkSound(manifest: Manifest): readonly string[] {
  return setsOf(manifest).flatMap(({ language, pace, recordings }) => {
    const medianDb = median(Object.values(recordings).map(({ loudnessDb }) => loudnessDb));
    const said = pace === 'normal' ? language : `${language}, ${pace}`;
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
          durationMs > longestMs[pace] ? `too long (${(durationMs / 1000).toFixed(1)} s)` : '',
        ];
        return faults.filter((fault) => fault !== '').map((fault) => `${said}: ${name} is ${fault}`);
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

/** Returns the figures of each language's recordings, pace by pace. */
export function loudnessTable(manifest: Manifest): readonly LoudnessRow[] {
  return setsOf(manifest).map(({ language, pace, recordings }) => {
    const all = Object.values(recordings);
    const loudness = all.map(({ loudnessDb }) => loudnessDb);
    return {
      language,
      pace,
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

type RecordingSet = {
  readonly language: string;
  readonly pace: Pace;
  readonly recordings: Readonly<Record<string, BuiltRecording>>;
};

/** A pace that nothing was recorded at has no row: that recordings are missing, the library says. */
function setsOf({ languages }: Manifest): readonly RecordingSet[] {
  return Object.entries(languages)
    .flatMap(([language, built]) =>
      paces.map((pace) => ({ language, pace, recordings: recordingsAt(built, pace) })),
    )
    .filter(({ recordings }) => Object.keys(recordings).length > 0);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
