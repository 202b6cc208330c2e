import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fade, level, type Sound, trim } from '../sound.js';
import { readSound } from '../sox.js';
import type { Synthesis, SynthesisOrder } from '../synthesis.js';
import { type Phrase, pronounce, type Syllable } from './pronounce.js';
import type { Readings } from './readings.js';
import { toZhuyin } from './zhuyin.js';

const rate = 16_000;
/** Neighbours overlap by this much, so that a phrase flows. */
const overlapMs = 20;
/** A neutral syllable is short and weak. */
const neutral = { share: 0.65, gain: 0.6 };
/** Before another syllable a third tone stays low: the rise at its end is left away. */
const halfThirdShare = 0.7;
/** The reading by the voice actor. */
const recording = '5.ogg';
/** Tones to take where a syllable was not recorded in its own: not every one exists as a word. */
const nextBest: Readonly<Record<number, readonly number[]>> = { 2: [3], 5: [4, 1] };

/**
 * Mandarin by joining recordings of every syllable in every tone, read by a voice actor (Debian's
 * gcin-voice).
 */
export class SyllableSynthesis implements Synthesis {
  readonly id = 'gcin-voice 5 1';
  readonly #folder: string;
  readonly #readings: Readings;
  readonly #recorded = new Map<string, Promise<Sound>>();

  /** `folder` holds one folder a syllable, named in Zhuyin with the tone's number. */
  constructor(folder: string, readings: Readings) {
    this.#folder = folder;
    this.#readings = readings;
  }

  async speak(orders: readonly SynthesisOrder[]): Promise<readonly Sound[]> {
    return Promise.all(
      orders.map(async ({ text }) => {
        const phrases = pronounce(text, this.#readings);
        const spoken = await Promise.all(phrases.map(async (phrase) => this.#phrase(phrase)));
        return { samples: concatenate(spoken), rate };
      }),
    );
  }

  async #phrase({ syllables, pauseMs }: Phrase): Promise<Float64Array> {
    const sounds = await Promise.all(
      syllables.map(async (syllable, index) =>
        shape(await this.#load(syllable), syllable, index < syllables.length - 1),
      ),
    );
    const pause = new Float64Array(Math.round((pauseMs * rate) / 1000));
    return concatenate([overlapAll(sounds.map(({ samples }) => samples)), pause]);
  }

  async #load(syllable: Syllable): Promise<Sound> {
    const folder = await this.#find(syllable);
    const known = this.#recorded.get(folder) ?? this.#read(folder);
    this.#recorded.set(folder, known);
    return known;
  }

  async #find({ pinyin, tone }: Syllable): Promise<string> {
    const zhuyin = toZhuyin(pinyin);
    if (zhuyin === undefined) {
      throw new Error(`${pinyin} is no syllable of Mandarin`);
    }
    // The folders mark the neutral tone by 1 and the first one not at all.
    const folder = (number: number): string => `${zhuyin}${number === 1 ? '' : number === 5 ? 1 : number}`;
    for (const candidate of [tone, ...(nextBest[tone] ?? [])].map(folder)) {
      if (existsSync(join(this.#folder, candidate, recording))) {
        return candidate;
      }
    }
    throw new Error(`there is no recording of the syllable ${pinyin}${tone} in ${this.#folder}`);
  }

  async #read(folder: string): Promise<Sound> {
    const sound = await readSound(join(this.#folder, folder, recording), rate);
    return level(trim(sound, { lead: 5, tail: 10 }), -20, -1);
  }
}

function shape(sound: Sound, { tone }: Syllable, isFollowed: boolean): Sound {
  if (tone === 5) {
    const samples = sound.samples.slice(0, Math.round(sound.samples.length * neutral.share));
    return fade({ samples: samples.map((sample) => sample * neutral.gain), rate }, overlapMs);
  }
  const share = tone === 3 && isFollowed ? halfThirdShare : 1;
  return fade({ samples: sound.samples.slice(0, Math.round(sound.samples.length * share)), rate }, overlapMs);
}

function overlapAll(parts: readonly Float64Array[]): Float64Array {
  const overlap = Math.round((overlapMs * rate) / 1000);
  const length = parts.reduce((sum, part) => sum + part.length, 0) - overlap * (parts.length - 1);
  const joined = new Float64Array(Math.max(0, length));
  let at = 0;
  for (const part of parts) {
    for (const [index, sample] of part.entries()) {
      joined[at + index] = (joined[at + index] ?? 0) + sample;
    }
    at += part.length - overlap;
  }
  return joined;
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
