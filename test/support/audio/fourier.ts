/**
 * Returns the normalised cross-correlation of `pattern` at every place of `signal` where it fits whole:
 * 1 where they are the same but for their level, 0 where they have nothing in common or the signal is
 * more than 13 dB weaker than the pattern.
 */
export function correlate(signal: Float64Array, pattern: Float64Array): Float64Array {
  const places = signal.length - pattern.length + 1;
  if (places <= 0) {
    return new Float64Array(0);
  }
  const products = slidingProducts(signal, pattern);
  const patternEnergy = energy(pattern);
  const scores = new Float64Array(places);
  let windowEnergy = energy(signal.subarray(0, pattern.length));
  for (let place = 0; place < places; place += 1) {
    if (windowEnergy > patternEnergy * 0.05) {
      scores[place] = (products[place] ?? 0) / Math.sqrt(windowEnergy * patternEnergy);
    }
    windowEnergy += (signal[place + pattern.length] ?? 0) ** 2 - (signal[place] ?? 0) ** 2;
  }
  return scores;
}

/** Returns the sum of the squares. */
function energy(samples: Float64Array): number {
  let sum = 0;
  for (const sample of samples) {
    sum += sample * sample;
  }
  return sum;
}

/**
 * Sums of signal[place + n] * pattern[n], by way of the frequency domain. Both real inputs travel in one
 * complex transform: the signal as its real part, the pattern, turned round, as its imaginary part. The
 * imaginary part of the square of the spectrum's inverse is then twice their convolution.
 */
function slidingProducts(signal: Float64Array, pattern: Float64Array): Float64Array {
  let size = 2;
  while (size < signal.length + pattern.length) {
    size *= 2;
  }
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  real.set(signal);
  for (let index = 0; index < pattern.length; index += 1) {
    imaginary[index] = pattern[pattern.length - 1 - index] ?? 0;
  }
  transform(real, imaginary);
  for (let index = 0; index < size; index += 1) {
    const re = real[index] ?? 0;
    const im = imaginary[index] ?? 0;
    real[index] = re * re - im * im;
    // The inverse transform is the forward one of the conjugate, conjugated again.
    imaginary[index] = -2 * re * im;
  }
  transform(real, imaginary);
  const scale = -1 / (2 * size);
  return imaginary.subarray(pattern.length - 1, signal.length).map((value) => value * scale);
}

/** The radix-2 Cooley-Tukey transform, in place; the length is a power of two. */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length;
  swapBitReversed(real, imaginary);
  const { cosines, sines } = turns(size);
  for (let half = 1; half < size; half *= 2) {
    const stride = size / (2 * half);
    for (let start = 0; start < size; start += 2 * half) {
      for (let offset = 0; offset < half; offset += 1) {
        const top = start + offset;
        const bottom = top + half;
        const cosine = cosines[offset * stride] as number;
        const sine = sines[offset * stride] as number;
        const re = (real[bottom] as number) * cosine + (imaginary[bottom] as number) * sine;
        const im = (imaginary[bottom] as number) * cosine - (real[bottom] as number) * sine;
        real[bottom] = (real[top] as number) - re;
        imaginary[bottom] = (imaginary[top] as number) - im;
        real[top] = (real[top] as number) + re;
        imaginary[top] = (imaginary[top] as number) + im;
      }
    }
  }
}

function swapBitReversed(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length;
  for (let index = 1, reversed = 0; index < size; index += 1) {
    let bit = size >> 1;
    while ((reversed & bit) !== 0) {
      reversed ^= bit;
      bit >>= 1;
    }
    reversed |= bit;
    if (index < reversed) {
      [real[index], real[reversed]] = [real[reversed] ?? 0, real[index] ?? 0];
      [imaginary[index], imaginary[reversed]] = [imaginary[reversed] ?? 0, imaginary[index] ?? 0];
    }
  }
}

type Turns = { readonly cosines: Float64Array; readonly sines: Float64Array };
const turnsBySize = new Map<number, Turns>();

function turns(size: number): Turns {
  const known = turnsBySize.get(size);
  if (known !== undefined) {
    return known;
  }
  const angles = Float64Array.from({ length: size / 2 }, (_, index) => (2 * Math.PI * index) / size);
  const made = { cosines: angles.map(Math.cos), sines: angles.map(Math.sin) };
  turnsBySize.set(size, made);
  return made;
}
