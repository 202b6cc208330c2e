/** Which pure tones are in a stretch of sound (8 kHz): marks by which phones are known, and keys of a telephone. */

const rate = 8_000;
/** ITU-T Q.23: a key is one of the low tones together with one of the high. */
const lowTones = [697, 770, 852, 941];
const highTones = [1209, 1336, 1477, 1633];
const keys = ['123A', '456B', '789C', '*0#D'];
/** Q.24: a key of 40 ms must be heard. */
const keyWindow = (rate * 40) / 1_000;
const markWindow = (rate * 100) / 1_000;
/** Weaker than this nobody would hear it: about -50 dBm0 a tone. */
const leastAmplitude = 60;

/** Returns the amplitude of one frequency (Goertzel), in the samples' own units. */
function amplitude(samples: Int16Array, frequency: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * frequency) / rate);
  let before = 0;
  let last = 0;
  for (const sample of samples) {
    const next = sample + turn * last - before;
    before = last;
    last = next;
  }
  const power = before * before + last * last - turn * before * last;
  return (2 * Math.sqrt(Math.max(0, power))) / samples.length;
}

function rootMeanSquare(samples: Int16Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

function* windows(samples: Int16Array, length: number, step: number) {
  for (let from = 0; from + length <= samples.length; from += step) {
    yield samples.subarray(from, from + length);
  }
}

/** Is this tone the greater part of all that is heard in these samples? */
export function isTone(samples: Int16Array, frequency: number): boolean {
  const strength = amplitude(samples, frequency);
  return strength > leastAmplitude && strength / Math.SQRT2 > 0.7 * rootMeanSquare(samples);
}

/** Returns milliseconds of the sound in which this tone is the greater part of all that is heard. */
export function toneMs(samples: Int16Array, frequency: number): number {
  return (
    [...windows(samples, markWindow, markWindow)].filter((window) => isTone(window, frequency)).length * 100
  );
}

/**
 * Returns the keys whose tones are in the sound, one for each 40 ms in which both of its tones are there, alike in
 * strength (Q.24: 8 dB), and together the greater part of what is heard. A marking tone may sound along with it.
 */
export function keyTonesIn(samples: Int16Array, marks: readonly number[] = []): string {
  let found = '';
  for (const window of windows(samples, keyWindow, keyWindow / 2)) {
    const low = strongest(window, lowTones);
    const high = strongest(window, highTones);
    const marked = marks.map((frequency) => amplitude(window, frequency) ** 2 / 2);
    const total = rootMeanSquare(window) ** 2 - marked.reduce((sum, power) => sum + power, 0);
    const pair = (low.amplitude ** 2 + high.amplitude ** 2) / 2;
    const ratio = low.amplitude / high.amplitude;
    if (
      Math.min(low.amplitude, high.amplitude) > leastAmplitude &&
      ratio < 2.5 &&
      ratio > 0.4 &&
      pair > 0.8 * total
    ) {
      found += keys[low.index]?.[high.index] ?? '';
    }
  }
  return found;
}

function strongest(window: Int16Array, frequencies: readonly number[]): { index: number; amplitude: number } {
  const strengths = frequencies.map((frequency) => amplitude(window, frequency));
  const greatest = Math.max(...strengths);
  return { index: strengths.indexOf(greatest), amplitude: greatest };
}

/** Returns `ms` of a tone, as a phone sends it to be known by; `amplitude_` in the samples' own units. */
export function tone(frequency: number, ms: number, loudness = 4_000): Int16Array {
  return Int16Array.from(
    { length: (ms * rate) / 1_000 },
    (_, i) => loudness * Math.sin((2 * Math.PI * frequency * i) / rate),
  );
}

/** Returns `ms` of a key of a telephone as it sounds. */
export function keyTone(key: string, ms: number, loudness = 3_000): Int16Array {
  const row = keys.findIndex((line) => line.includes(key));
  const low = lowTones[row] ?? 0;
  const high = highTones[keys[row]?.indexOf(key) ?? 0] ?? 0;
  const highPart = tone(high, ms, loudness);
  return tone(low, ms, loudness).map((sample, i) => sample + (highPart[i] ?? 0));
}
