import assert from 'node:assert/strict';
import { encodeAlaw, encodeUlaw } from '../../src/speech/g711.js';
import {
  fade,
  fromPcm16,
  leadingSilenceMs,
  level,
  loudness,
  padToFrames,
  peak,
  type Sound,
  toPcm16,
  trim,
} from '../../src/speech/sound.js';
import { decodeAlaw, decodeUlaw } from '../support/audio/g711.js';

const rate = 8000;

/** Silence, a tone, silence: lengths in milliseconds. */
function tone(beforeMs: number, ms: number, afterMs: number, amplitude = 0.1): Sound {
  const samples = new Float64Array(((beforeMs + ms + afterMs) * rate) / 1000);
  const start = (beforeMs * rate) / 1000;
  for (let index = 0; index < (ms * rate) / 1000; index += 1) {
    samples[start + index] = amplitude * Math.sin((2 * Math.PI * 440 * index) / rate);
  }
  return { samples, rate };
}

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} (+-${tolerance})`);
}

describe('treating sound', () => {
  it('measures the loudness of the speech and not of the silence around it', () => {
    near(loudness(tone(0, 1000, 0)), -23.01, 0.05);
    near(loudness(tone(2000, 1000, 3000)), -23.01, 0.05);
  });

  it('trims the silence around speech to its margins', () => {
    const trimmed = trim(tone(500, 300, 700), { lead: 20, tail: 40 });
    near((trimmed.samples.length / rate) * 1000, 360, 10);
    near(leadingSilenceMs(trimmed), 20, 0);
  });

  it('brings any level to the wanted one, and clips nothing', () => {
    for (const amplitude of [0.001, 0.05, 0.9]) {
      const levelled = level(tone(50, 400, 50, amplitude), -19, -1.5);
      near(loudness(levelled), -19, 0.05);
    }
    const spiky = tone(0, 1000, 0, 0.02);
    for (let index = 400; index < spiky.samples.length; index += 1600) {
      spiky.samples[index] = 0.9;
    }
    const levelled = level(spiky, -19, -1.5);
    assert.ok(peak(levelled) <= -1.49, `${peak(levelled)}`);
    near(loudness(levelled), -19, 1);
  });

  it('begins and ends every sound at zero, so that joins do not click', () => {
    const { samples } = fade({ samples: new Float64Array(800).fill(0.5), rate }, 5);
    assert.equal(samples[0], 0);
    assert.equal(samples.at(-1), 0);
    const steps = samples.subarray(1).map((sample, index) => Math.abs(sample - (samples[index] ?? 0)));
    assert.ok(Math.max(...steps) < 0.025);
    assert.equal(samples[400], 0.5);
  });

  it('fills up the last frame', () => {
    assert.equal(padToFrames({ samples: new Float64Array(161), rate }, 20).samples.length, 320);
    assert.equal(padToFrames({ samples: new Float64Array(320), rate }, 20).samples.length, 320);
  });

  it('writes samples of 16 bits that read back', () => {
    const sound = tone(0, 10, 0);
    const back = fromPcm16(toPcm16(sound), rate);
    assert.ok(
      back.samples.every((sample, index) => Math.abs(sample - (sound.samples[index] ?? 0)) < 1 / 32768),
    );
    assert.deepEqual([...toPcm16({ samples: Float64Array.of(2, -2), rate })], [0xff, 0x7f, 0x00, 0x80]);
  });
});

describe('G.711', () => {
  const everySample = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);
  const pcm16 = Buffer.from(everySample.buffer);
  const laws = [
    { law: 'mu-law', decoded: decodeUlaw(encodeUlaw(pcm16)), top: 32_124, least: 8 },
    { law: 'A-law', decoded: decodeAlaw(encodeAlaw(pcm16)), top: 32_256, least: 16 },
  ];
  for (const { law, decoded, top, least } of laws) {
    it(`encodes every sample within half a step of ${law}`, () => {
      const worst = everySample.findIndex((sample, index) => {
        const clamped = Math.max(-top, Math.min(top, sample));
        // Steps double with each segment: half a step is at most 1/32 of the (biased) value.
        return Math.abs((decoded[index] ?? 0) - clamped) > Math.max(least, (Math.abs(sample) + 132) / 32);
      });
      assert.equal(worst, -1, `${everySample[worst]} becomes ${decoded[worst]}`);
    });
  }
});
