/** How well one recording fits at one place of a received track, sample by sample. */
import type { ExpectedSound } from './expected-sound.js';

/** One place of the track, judged. */
export type Fit = {
  readonly at: number;
  /** Where the heard part ends. */
  readonly end: number;
  readonly score: number;
  /** True when this is the recording, perhaps with faults. */
  readonly accepted: boolean;
  readonly faults: readonly string[];
};

type HeardTrack = { readonly samples: Int16Array; readonly lost: Uint8Array };

const segmentLength = 800;
/** A part of a recording that is heard scores above 0.97, another word of the same voice below 0.5. */
const leastScore = 0.7;
const loudSample = 300;
const samplesOf10Ms = 80;
/** Three packets of 20 ms lost together are no accident of the network but a cut. */
const mostLostInARow = 400;

/**
 * Judges the fit of a recording near `near` (within 8 samples of it). Samples that were lost on the way
 * (zeros where the recording has sound) are left out of the likeness, and counted apart.
 */
export function fitAt(track: HeardTrack, sound: ExpectedSound, near: number, leastHeard: number): Fit {
  const reach = sound.mayBeCut === true ? leastHeard : sound.samples.length;
  let at = near;
  let best = -1;
  for (let place = Math.max(0, near - 8); place <= near + 8; place += 1) {
    const { score } = likeness(track, sound.samples, place, 0, reach);
    if (score > best) {
      best = score;
      at = place;
    }
  }
  const segments = judgeSegments(track, sound.samples, at);
  const heard = sound.mayBeCut === true ? untilCut(segments) : segments;
  const last = heard.at(-1);
  const end = at + (heard.length === segments.length ? sound.samples.length : (last?.to ?? 0));
  const { score } = likeness(track, sound.samples, at, 0, end - at);
  const accepted =
    score >= 0.8 && end - at >= Math.min(leastHeard, sound.samples.length) && mostlyRight(heard);
  return {
    at,
    end,
    score,
    accepted,
    faults: accepted ? describeFaults(track, sound, at, heard) : [],
  };
}

/** Returns, for each sample of a track, 1 where it lies in a run of at least 15 ms without any signal. */
export function lostSamples(samples: Int16Array): Uint8Array {
  const lost = new Uint8Array(samples.length);
  let start = 0;
  for (let index = 0; index <= samples.length; index += 1) {
    // A-law knows no zero: its smallest value is 8.
    if (index < samples.length && Math.abs(samples[index] ?? 0) <= 8) {
      continue;
    }
    if (index - start >= 120) {
      lost.fill(1, start, index);
    }
    start = index + 1;
  }
  return lost;
}

/** Returns true when a recording holds no sound (a pause). */
export function isSilent(samples: Int16Array): boolean {
  return samples.every((sample) => Math.abs(sample) <= 16);
}

type Likeness = { readonly score: number; readonly lostShare: number; readonly energy: number };

function likeness(track: HeardTrack, samples: Int16Array, at: number, from: number, to: number): Likeness {
  let product = 0;
  let heardEnergy = 0;
  let ownEnergy = 0;
  let lostEnergy = 0;
  for (let index = from; index < to; index += 1) {
    const own = samples[index] ?? 0;
    if (track.lost[at + index] !== 0) {
      lostEnergy += own * own;
      continue;
    }
    const heard = track.samples[at + index] ?? 0;
    product += own * heard;
    ownEnergy += own * own;
    heardEnergy += heard * heard;
  }
  const energy = ownEnergy + lostEnergy;
  const score = ownEnergy === 0 || heardEnergy === 0 ? 0 : product / Math.sqrt(ownEnergy * heardEnergy);
  return { score, lostShare: energy === 0 ? 0 : lostEnergy / energy, energy };
}

type Segment = {
  readonly from: number;
  readonly to: number;
  readonly score: number;
  readonly lost: boolean;
  readonly energy: number;
};

/** The parts of a recording of 100 ms that hold a fair share of its sound, each judged by itself. */
function judgeSegments(track: HeardTrack, samples: Int16Array, at: number): Segment[] {
  const all: Segment[] = [];
  for (let from = 0; from < samples.length; from += segmentLength) {
    const to = Math.min(from + segmentLength, samples.length);
    const { score, lostShare, energy } = likeness(track, samples, at, from, to);
    all.push({ from, to, score, lost: lostShare > 0.6, energy });
  }
  const mean = all.reduce((sum, segment) => sum + segment.energy, 0) / Math.max(1, all.length);
  return all.filter((segment) => segment.energy > mean * 0.1);
}

/** The segments up to the place where the recording stops being heard for good. */
function untilCut(segments: readonly Segment[]): Segment[] {
  const isHeard = (segment: Segment | undefined): boolean =>
    segment !== undefined && !segment.lost && segment.score >= leastScore;
  const lastHeard = segments.findLastIndex((segment) => isHeard(segment));
  return segments.slice(0, lastHeard + 1);
}

/** More than three quarters of the segments are this recording: the rest is then a fault of it. */
function mostlyRight(segments: readonly Segment[]): boolean {
  const right = segments.filter((segment) => segment.lost || segment.score >= leastScore);
  const lost = segments.filter((segment) => segment.lost);
  return right.length > segments.length * 0.75 && lost.length <= segments.length / 2;
}

function describeFaults(
  track: HeardTrack,
  { samples, mayBeCut }: ExpectedSound,
  at: number,
  heard: readonly Segment[],
) {
  const faults = heard
    .filter((segment) => !segment.lost && segment.score < leastScore)
    .map((segment) => `wrong from ${segment.from / 8} to ${segment.to / 8} ms of it`);
  const end = heard.at(-1)?.to ?? 0;
  const isLoud = (sample: number): boolean => Math.abs(sample) > loudSample;
  const first = samples.findIndex(isLoud);
  if (lostRun(track, at, first, 1) > mostLostInARow) {
    faults.push('its start is clipped');
  }
  const last = samples.subarray(0, end).findLastIndex(isLoud);
  if (mayBeCut !== true && lostRun(track, at, last, -1) > mostLostInARow) {
    faults.push('its end is cut off');
  }
  const holes = heard
    .slice(1, -1)
    .filter((segment) => segment.lost && lostSound(track, samples, at, segment) > mostLostInARow);
  return [...faults, ...holes.map(({ from, to }) => `a hole from ${from / 8} to ${to / 8} ms of it`)];
}

/** How many samples in a row were lost, from `index` of the recording on, forwards or backwards. */
function lostRun(track: HeardTrack, at: number, index: number, step: 1 | -1): number {
  let run = 0;
  while (track.lost[at + index + run * step] === 1) {
    run += 1;
  }
  return run;
}

/** How many samples of a part of the recording were lost, those in its own pauses not counted. */
function lostSound({ lost }: HeardTrack, samples: Int16Array, at: number, { from, to }: Segment): number {
  let count = 0;
  for (let start = from; start < to; start += samplesOf10Ms) {
    const block = samples.subarray(start, Math.min(start + samplesOf10Ms, to));
    if (block.some((sample) => Math.abs(sample) > loudSample)) {
      count += block.filter((_, index) => lost[at + start + index] === 1).length;
    }
  }
  return count;
}
