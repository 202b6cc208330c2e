/**
 * Does a received track hold the expected recordings, whole and in order, and nothing else? The recordings
 * are ours, so no speech recognition is needed: each is looked for by normalised cross-correlation, first
 * coarsely at 2 kHz, then sample by sample at 8 kHz.
 */

import type { ExpectedSound } from './expected-sound.js';
import { type Fit, fitAt, isSilent, lostSamples } from './fit-at.js';
import { correlate } from './fourier.js';

export type { ExpectedSound };

/** Where one expected recording was heard. */
type PlacedSound = {
  readonly name: string;
  /** Where it begins in the track; undefined when it is missing. */
  readonly atMs: number | undefined;
  readonly endMs: number | undefined;
  /** Likeness of what was heard of it, 0 to 1; for a missing one the best that was found. */
  readonly score: number;
};

/** A sound in the track that no expected recording explains. */
type UnexpectedSound = {
  readonly fromMs: number;
  readonly toMs: number;
  /** The expected recording that it sounds like, e.g. when a prompt was said twice. */
  readonly resembles: string | undefined;
};

/** The verdict. `problems` is empty when everything was heard as expected, and says all that was not. */
export type Comparison = {
  readonly sounds: readonly PlacedSound[];
  readonly unexpected: readonly UnexpectedSound[];
  readonly problems: readonly string[];
};

const samplesPerMs = 8;
const decimation = 4;
/** How much earlier than the end of its predecessor a recording may begin (jitter of the track's clock). */
const overlapMs = 40;
/** The place of a cut is known to 100 ms only (the parts that a fit is judged by), so the next may lie there. */
const overlapAfterCutMs = overlapMs + 100;
/** How much of a recording that may be cut short must be heard for it to count. */
const leastHeardMs = 300;
const latestOptionalMs = 1500;
/** A voiced sound is like itself one period of the voice earlier: of places this close the likest counts. */
const pitchMs = 25;

/**
 * Compares a received track (8 kHz, 16 bit, from the answer on; lost packets as zeros) with the recordings
 * that should be heard in it. Pauses between recordings may have any length. It finds a recording that is
 * missing, wrong in a part, clipped at its start, cut short or full of holes, out of order, too close to
 * its predecessor, and any other sound.
 */
export function compareSound(received: Int16Array, expected: readonly ExpectedSound[]): Comparison {
  const track: Track = { samples: received, coarse: decimate(received), lost: lostSamples(received) };
  const sounds: PlacedSound[] = [];
  const explained: Span[] = [];
  const problems: string[] = [];
  let earliest = 0;
  let pauseSamples = 0;
  let overlap = overlapMs * samplesPerMs;
  for (const sound of expected) {
    if (isSilent(sound.samples)) {
      const atMs = toMs(earliest + pauseSamples);
      pauseSamples += sound.samples.length;
      sounds.push({ name: sound.name, atMs, endMs: toMs(earliest + pauseSamples), score: 1 });
      continue;
    }
    const found = find(track, sound, Math.max(0, earliest - overlap));
    if (found.fit === undefined) {
      if (sound.mayBeMissing !== true) {
        problems.push(`missing: ${sound.name} after ${time(earliest)}${nearMiss(found)}`);
      }
      sounds.push({ name: sound.name, atMs: undefined, endMs: undefined, score: found.best });
      continue;
    }
    const { fit } = found;
    problems.push(...fit.faults.map((fault) => `${sound.name} at ${time(fit.at)}: ${fault}`));
    if (fit.at < earliest + pauseSamples - overlap) {
      problems.push(`${sound.name} at ${time(fit.at)}: no pause of ${toMs(pauseSamples)} ms before it`);
    }
    sounds.push({ name: sound.name, atMs: toMs(fit.at), endMs: toMs(fit.end), score: fit.score });
    explained.push({ from: fit.at, to: fit.end });
    earliest = fit.end;
    overlap = (sound.mayBeCut === true ? overlapAfterCutMs : overlapMs) * samplesPerMs;
    pauseSamples = 0;
  }
  const unexpected = unexplained(received, explained).map((span) => ({
    fromMs: toMs(span.from),
    toMs: toMs(span.to),
    resembles: resemblance(track, span, expected),
  }));
  problems.push(...unexpected.map(describe));
  return { sounds, unexpected, problems };
}

type Track = { readonly samples: Int16Array; readonly coarse: Float64Array; readonly lost: Uint8Array };
type Span = { readonly from: number; readonly to: number };
type Found = { readonly fit: Fit | undefined; readonly best: number; readonly bestAt: number };

/** The earliest fit at or after `from`; where there is none, how near the best place came to it. */
function find(track: Track, sound: ExpectedSound, from: number): Found {
  const pattern = sound.mayBeCut === true ? opening(sound.samples) : sound.samples;
  const coarseLength = Math.ceil(pattern.length / decimation);
  let best = 0;
  let bestAt = from;
  const latest =
    sound.mayBeMissing === true ? from + latestOptionalMs * samplesPerMs : Number.POSITIVE_INFINITY;
  for (const { start, length } of searchWindows(track, from, coarseLength)) {
    if (start * decimation > latest) {
      break;
    }
    let found: Fit | undefined;
    for (const place of places(track.coarse.subarray(start, start + length), pattern)) {
      const near = start * decimation + place;
      if (found !== undefined && near > found.at + pitchMs * samplesPerMs) {
        break;
      }
      const fit = fitAt(track, sound, near, leastHeardMs * samplesPerMs);
      if (fit.accepted && fit.at <= latest && fit.score > (found?.score ?? 0)) {
        found = fit;
      }
      if (fit.score > best) {
        best = fit.score;
        bestAt = fit.at;
      }
    }
    if (found !== undefined) {
      return { fit: found, best: found.score, bestAt: found.at };
    }
  }
  return { fit: undefined, best, bestAt };
}

/** The next second first, because a list of recordings is played without pauses; then the rest. */
function* searchWindows(track: Track, from: number, patternLength: number) {
  const coarseRate = (1000 * samplesPerMs) / decimation;
  let start = Math.floor(from / decimation);
  for (let places = coarseRate; start + patternLength <= track.coarse.length; places = 8 * coarseRate) {
    yield { start, length: Math.min(places + patternLength, track.coarse.length - start) };
    start += places;
  }
}

/**
 * Places of a coarse track, in samples of the fine one, that may hold the pattern, earliest first. The
 * recording may begin anywhere between two coarse samples, so its coarse form is tried at two phases.
 */
function places(coarse: Float64Array, pattern: Int16Array): number[] {
  return [0, decimation / 2]
    .flatMap((phase) =>
      peaks(correlate(coarse, decimate(pattern.subarray(phase)))).map((peak) => peak * decimation - phase),
    )
    .sort((one, other) => one - other);
}

/** Local maxima of a fair likeness. */
function peaks(scores: Float64Array): number[] {
  const reach = 4;
  const found: number[] = [];
  for (let place = 0; place < scores.length; place += 1) {
    const score = scores[place] ?? 0;
    if (score < 0.5) {
      continue;
    }
    const around = scores.subarray(Math.max(0, place - reach), place + reach + 1);
    if (around.every((other) => other <= score)) {
      found.push(place);
    }
  }
  return found;
}

/** The first part of a recording, from its first sound on, that must be heard even when it is cut short. */
function opening(samples: Int16Array): Int16Array {
  const firstSound = samples.findIndex((sample) => Math.abs(sample) > 300);
  return samples.subarray(0, Math.max(0, firstSound) + leastHeardMs * samplesPerMs);
}

function unexplained(samples: Int16Array, explained: readonly Span[]): Span[] {
  const frame = 20 * samplesPerMs;
  const loudnessFloor = 100;
  const spans: Span[] = [];
  for (let from = 0; from + frame <= samples.length; from += frame) {
    const isExplained = explained.some((span) => from + frame > span.from - frame && from < span.to + frame);
    if (isExplained || rootMeanSquare(samples.subarray(from, from + frame)) < loudnessFloor) {
      continue;
    }
    const last = spans.at(-1);
    if (last !== undefined && from - last.to <= 15 * frame) {
      spans[spans.length - 1] = { from: last.from, to: from + frame };
    } else {
      spans.push({ from, to: from + frame });
    }
  }
  // A lone frame is a click of the transport, not a prompt.
  return spans.filter((span) => span.to - span.from > 2 * frame);
}

function resemblance(track: Track, span: Span, expected: readonly ExpectedSound[]): string | undefined {
  const margin = 1000;
  let best: { name: string; score: number } | undefined;
  for (const sound of expected) {
    const from = Math.floor(Math.max(0, span.from - margin) / decimation);
    const signal = track.coarse.subarray(from, Math.ceil((span.to + margin) / decimation));
    const score = correlate(signal, decimate(sound.samples)).reduce((one, other) => Math.max(one, other), 0);
    if (!isSilent(sound.samples) && score > (best?.score ?? 0.7)) {
      best = { name: sound.name, score };
    }
  }
  return best?.name;
}

function describe({ fromMs, toMs: endMs, resembles }: UnexpectedSound): string {
  const likeness = resembles === undefined ? '' : ` (sounds like ${resembles})`;
  return `unexpected sound from ${fromMs} to ${endMs} ms${likeness}`;
}

function nearMiss({ best, bestAt }: Found): string {
  return best < 0.3 ? '' : ` (best likeness ${best.toFixed(2)} at ${time(bestAt)})`;
}

function decimate(samples: Int16Array): Float64Array {
  // The mean over two steps is low-pass filter enough: what folds back folds alike in track and pattern.
  const coarse = new Float64Array(Math.floor(samples.length / decimation));
  for (let index = 0; index < coarse.length; index += 1) {
    let sum = 0;
    for (let offset = -decimation / 2; offset < decimation * 1.5; offset += 1) {
      sum += samples[index * decimation + offset] ?? 0;
    }
    coarse[index] = sum / (2 * decimation);
  }
  return coarse;
}

function rootMeanSquare(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) {
    sum += sample * sample;
  }
  return Math.sqrt(sum / samples.length);
}

function toMs(samples: number): number {
  return Math.round(samples / samplesPerMs);
}

function time(samples: number): string {
  return `${toMs(samples)} ms`;
}
