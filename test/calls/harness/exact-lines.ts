/**
 * The quick ear: prompts pass through the switch unchanged, so that on a line without loss every sample is
 * found again. What it does not find is for the slow ear (heard-lines.ts), which can say what was wrong.
 */
import type { ExpectedSound } from '../../support/audio/compare-sound.js';
import type { ExpectedLine, HeardLines } from './heard-lines.js';

const samplesPerMs = 8;
const loud = 300;
/** So much of a sound must be found for it to be recognised. */
const leastHeard = 300 * samplesPerMs;
/** Within a line the next recording follows at once; a busy machine is granted this. */
const latestWithinLine = 1_500 * samplesPerMs;
/** What a key leaves of a recording that it cut, before anything else is heard, is at most this long. */
const scrap = 420 * samplesPerMs;
const noise = 60 * samplesPerMs;

type Place = { readonly at: number; readonly end: number; readonly whole: boolean };

/**
 * Returns where the lines were heard, or undefined when they were not, not wholly, or not so exactly. What
 * comes after the last line is not looked at.
 */
export function findExactly(track: Int16Array, lines: readonly ExpectedLine[]): HeardLines | undefined {
  let from = 0;
  let mayBeScrap = false;
  let nobodyListened = false;
  let last: Place | undefined;
  for (const line of lines) {
    if (line.must === 'may-begin') {
      nobodyListened = true;
      continue;
    }
    const heard = findLine(track, line, from);
    if (heard === undefined) {
      return undefined;
    }
    const strange = loudSamples(track.subarray(from, heard.at));
    if (!nobodyListened && strange > (mayBeScrap ? scrap : noise)) {
      return undefined;
    }
    nobodyListened = false;
    mayBeScrap = !heard.whole;
    from = heard.end;
    last = heard;
  }
  return last && { problems: [], lastBeganMs: last.at / samplesPerMs, endMs: last.end / samplesPerMs };
}

function findLine(track: Int16Array, { sounds, must }: ExpectedLine, from: number): Place | undefined {
  let at: number | undefined;
  let end = from;
  let pause = 0;
  for (const sound of sounds) {
    const firstLoud = firstLoudSample(sound);
    if (firstLoud < 0) {
      pause += sound.samples.length;
      continue;
    }
    const begins = end + pause;
    const place = findSound(
      track,
      sound,
      firstLoud,
      begins,
      at === undefined ? track.length : latestWithinLine,
    );
    if (place === undefined) {
      return must === 'begin' && at !== undefined ? { at, end, whole: false } : undefined;
    }
    at ??= place.at;
    end = place.end;
    pause = 0;
    if (!place.whole) {
      return must === 'begin' ? { at, end, whole: false } : undefined;
    }
  }
  return at === undefined ? undefined : { at, end, whole: true };
}

/** The earliest place from `from` on, at most `within` later, where the sound is found, whole or its beginning. */
function findSound(
  track: Int16Array,
  { samples }: ExpectedSound,
  firstLoud: number,
  from: number,
  within: number,
): Place | undefined {
  const latest = Math.min(from + within, track.length);
  const probe = samples.subarray(firstLoud, firstLoud + 40);
  for (let at = Math.max(0, from); at <= latest; at += 1) {
    if (!probe.every((sample, index) => track[at + firstLoud + index] === sample)) {
      continue;
    }
    let same = firstLoud;
    while (same < samples.length && track[at + same] === samples[same]) {
      same += 1;
    }
    // A quiet end may be missing: the switch had no time for it, and nobody can hear that.
    const whole = loudSamples(samples.subarray(same)) === 0;
    if (whole || same >= leastHeard + firstLoud) {
      return { at, end: at + (whole ? samples.length : same), whole };
    }
  }
  return undefined;
}

function firstLoudSample({ samples }: ExpectedSound): number {
  return samples.findIndex((sample) => Math.abs(sample) > loud);
}

/** How long it is from the first loud sample to the last, in samples. */
function loudSamples(samples: Int16Array): number {
  const isLoud = (sample: number): boolean => Math.abs(sample) > loud;
  const first = samples.findIndex(isLoud);
  return first < 0 ? 0 : samples.findLastIndex(isLoud) - first + 1;
}
