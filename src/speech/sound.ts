/** Operations on mono sound, as numbers from -1 to 1. Pure. */

/** Sound with its rate. */
export type Sound = { readonly samples: Float64Array; readonly rate: number };

const frameMs = 10;
/** What is this far below the loudest part is no speech any more (room, codec hiss). */
const silenceBelowLoudestDb = 42;

/** Returns decibels below full scale of a root mean square; -120 for silence. */
function decibels(amplitude: number): number {
  return amplitude <= 1e-6 ? -120 : 20 * Math.log10(amplitude);
}

/**
 * Returns the loudness of the speech in dB: the mean power of the parts that are not more than 10 dB weaker
 * than the mean of all that is not silent (the gating of ITU-R BS.1770, without its frequency weighting,
 * which tells little within the band of a telephone).
 */
export function loudness(sound: Sound): number {
  const audible = frames(sound).filter((power) => power > 1e-7);
  const gate = mean(audible) / 10;
  return decibels(Math.sqrt(mean(audible.filter((power) => power >= gate))));
}

/** Returns the largest amplitude in dB. */
export function peak({ samples }: Sound): number {
  return decibels(largest(samples));
}

/** Returns how long it is silent before the first sound, in milliseconds. */
export function leadingSilenceMs(sound: Sound): number {
  return speechSpan(sound).from * frameMs;
}

/** Returns the sound without the silence around it, but for the given margins. */
export function trim(sound: Sound, marginMs: { readonly lead: number; readonly tail: number }): Sound {
  const { samples, rate } = sound;
  const { from, to } = speechSpan(sound);
  const start = Math.max(0, Math.round(((from * frameMs - marginMs.lead) * rate) / 1000));
  const end = Math.min(samples.length, Math.round(((to * frameMs + marginMs.tail) * rate) / 1000));
  return { samples: samples.slice(start, end), rate };
}

/**
 * Returns the sound at the wanted loudness, its peaks held below `ceilingDb` by a limiter that looks ahead,
 * so that nothing is clipped.
 */
export function level(sound: Sound, wantedDb: number, ceilingDb: number): Sound {
  let levelled = sound;
  // The limiter takes a little loudness away: a second round gives it back.
  for (let round = 0; round < 3; round += 1) {
    const gain = 10 ** ((wantedDb - loudness(levelled)) / 20);
    levelled = limit(
      { samples: levelled.samples.map((sample) => sample * gain), rate: sound.rate },
      ceilingDb,
    );
  }
  return levelled;
}

/** Returns the sound with its first and last milliseconds faded, so that joins do not click. */
export function fade({ samples, rate }: Sound, ms: number): Sound {
  const length = Math.min(Math.round((ms * rate) / 1000), Math.floor(samples.length / 2));
  const faded = samples.slice();
  for (let index = 0; index < length; index += 1) {
    const weight = (1 - Math.cos((Math.PI * index) / length)) / 2;
    const last = samples.length - 1 - index;
    faded[index] = (samples[index] ?? 0) * weight;
    faded[last] = (samples[last] ?? 0) * weight;
  }
  return { samples: faded, rate };
}

/** Returns the sound with silence at its end up to whole frames of `ms`: a switch plays no part of a frame. */
export function padToFrames({ samples, rate }: Sound, ms: number): Sound {
  const frame = (ms * rate) / 1000;
  const padded = new Float64Array(Math.max(1, Math.ceil(samples.length / frame)) * frame);
  padded.set(samples);
  return { samples: padded, rate };
}

/** Returns the parts one after the other. */
export function concatenate(parts: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Returns the samples of 16-bit little-endian bytes. */
export function fromPcm16(bytes: Buffer, rate: number): Sound {
  const samples = new Float64Array(Math.floor(bytes.length / 2));
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = bytes.readInt16LE(index * 2) / 32768;
  }
  return { samples, rate };
}

/** Returns 16-bit little-endian bytes of the samples. */
export function toPcm16({ samples }: Sound): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  for (let index = 0; index < samples.length; index += 1) {
    const sample = Math.round((samples[index] ?? 0) * 32768);
    bytes.writeInt16LE(Math.max(-32768, Math.min(32767, sample)), index * 2);
  }
  return bytes;
}

function limit({ samples, rate }: Sound, ceilingDb: number): Sound {
  const ceiling = 10 ** (ceilingDb / 20);
  const reach = Math.round(rate * 0.004);
  const lowest = new Float64Array(samples.length).fill(1);
  let isLoud = false;
  for (let index = 0; index < samples.length; index += 1) {
    const gain = ceiling / Math.max(Math.abs(samples[index] ?? 0), 1e-9);
    if (gain < 1) {
      isLoud = true;
      for (let near = Math.max(0, index - reach); near <= index + reach; near += 1) {
        if (gain < (lowest[near] ?? 0)) {
          lowest[near] = gain;
        }
      }
    }
  }
  if (!isLoud) {
    return { samples, rate };
  }
  // The mean of the lowest gains around is smooth, and nowhere above what the peak in its middle needs.
  const sums = runningSums(lowest);
  const smooth = (index: number): number => {
    const from = Math.max(0, index - reach);
    const to = Math.min(samples.length, index + reach + 1);
    return ((sums[to] ?? 0) - (sums[from] ?? 0)) / (to - from);
  };
  return { samples: samples.map((sample, index) => sample * smooth(index)), rate };
}

/** Sums of the values before each place, and of all of them at the end. */
function runningSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let index = 0; index < values.length; index += 1) {
    sums[index + 1] = (sums[index] ?? 0) + (values[index] ?? 0);
  }
  return sums;
}

function speechSpan(sound: Sound): { from: number; to: number } {
  const powers = frames(sound);
  const floor = powers.reduce((one, other) => Math.max(one, other), 0) * 10 ** (-silenceBelowLoudestDb / 10);
  const from = powers.findIndex((power) => power > floor);
  return from < 0
    ? { from: 0, to: powers.length }
    : { from, to: powers.findLastIndex((power) => power > floor) + 1 };
}

function frames({ samples, rate }: Sound): readonly number[] {
  const frame = Math.round((rate * frameMs) / 1000);
  return Array.from({ length: Math.ceil(samples.length / frame) }, (_, index) => {
    const end = Math.min(samples.length, (index + 1) * frame);
    let power = 0;
    for (let at = index * frame; at < end; at += 1) {
      power += (samples[at] ?? 0) ** 2;
    }
    return power / (end - index * frame);
  });
}

function mean(values: Float64Array | readonly number[]): number {
  let sum = 0;
  for (const value of values) {
    sum += value;
  }
  return values.length === 0 ? 0 : sum / values.length;
}

function largest(samples: Float64Array): number {
  let peak = 0;
  for (const sample of samples) {
    peak = Math.max(peak, Math.abs(sample));
  }
  return peak;
}
