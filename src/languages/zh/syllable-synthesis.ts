import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { concatenate, fade, level, type Sound, trim } from '../../speech/sound.js';
import { readEach } from '../../speech/sox.js';
import type { Synthesis, SynthesisOrder } from '../../speech/synthesis.js';
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
/**
 * The actor speaks as high as a child (about 340 Hz), with vowels that a telephone's band blurs. Five
 * semitones lower, and a little slower, is a grown-up voice: its syllables are then told apart as well as any
 * (docs/adr/0003-voices.md). The three figures after the pitch suit sounds as short as a syllable.
 */
const grownUp = ['pitch', '-500', '30', '10', '8', 'tempo', '-s', '0.97'];
/** The reading by the voice actor. */
const fileName = '5.ogg';
/** Syllables that the actor left out, made of the beginning of one and the end of another. */
const splices: Readonly<Record<string, readonly (readonly [head: string, tail: string])[]>> = {
  ㄒㄧㄥ: [['ㄒㄧㄣ', 'ㄧㄥ']],
  ㄌㄩ: [['ㄌㄧ', 'ㄩ']],
  ㄌㄩㄝ: [['ㄌㄧㄝ', 'ㄩㄝ']],
  ㄋㄩ: [['ㄋㄧ', 'ㄩ']],
  ㄋㄩㄝ: [['ㄋㄧㄝ', 'ㄩㄝ']],
  ㄩㄣ: [['ㄩ', 'ㄧㄣ']],
  ㄑㄩㄣ: [['ㄑㄩ', 'ㄧㄣ']],
  ㄗㄜ: [
    ['ㄗㄟ', 'ㄜ'],
    ['ㄗㄥ', 'ㄜ'],
  ],
};
const spliceShare = 0.35;
/** Tones to take where a syllable was not recorded in its own: not every one exists as a word. */
const nextBest: Readonly<Record<number, readonly number[]>> = { 2: [3], 5: [4, 1] };

/**
 * Mandarin by joining recordings of every syllable in every tone, read by a voice actor (Debian's
 * gcin-voice).
 */
export class SyllableSynthesis implements Synthesis {
  readonly id = `gcin-voice 5 4 ${grownUp.join(' ')}`;
  readonly #folder: string;
  readonly #readings: Readings;
  readonly #recorded = new Map<string, Promise<Sound>>();

  /** `folder` holds one folder a syllable, named in Zhuyin with the tone's number. */
  constructor(folder: string, readings: Readings) {
    this.#folder = folder;
    this.#readings = readings;
  }

  async speak(orders: readonly SynthesisOrder[]): Promise<readonly Sound[]> {
    const texts = orders.map(({ text }) => pronounce(text, this.#readings));
    const files = texts.flat().flatMap(({ syllables }) => syllables.flatMap((one) => this.#sources(one)));
    this.#readAhead(new Set(files));
    const sounds = new Map<string, Sound>();
    for (const file of files) {
      const sound = await this.#recorded.get(file);
      if (sound !== undefined) {
        sounds.set(file, sound);
      }
    }
    const soundOf = (syllable: Syllable): Sound => {
      const [head, tail] = this.#sources(syllable);
      return tail === undefined ? known(sounds, head) : splice(known(sounds, head), known(sounds, tail));
    };
    return texts.map((phrases) => ({
      samples: concatenate(phrases.map((one) => speakPhrase(one, soundOf))),
      rate,
    }));
  }

  /** The file of a syllable; two when its beginning and its end are taken from others. */
  #sources({ pinyin, tone }: Syllable): readonly [string] | readonly [head: string, tail: string] {
    const zhuyin = toZhuyin(pinyin);
    if (zhuyin === undefined) {
      throw new Error(`${pinyin} is no syllable of Mandarin`);
    }
    for (const candidate of [tone, ...(nextBest[tone] ?? [])]) {
      const whole = this.#file(zhuyin, candidate);
      if (whole !== undefined) {
        return [whole];
      }
      for (const parts of splices[zhuyin] ?? []) {
        // The beginning is hardly more than a consonant: any tone of it will do.
        const head = [candidate, 1, 2, 3, 4]
          .map((own) => this.#file(parts[0], own))
          .find((one) => one !== undefined);
        const tail = this.#file(parts[1], candidate);
        if (head !== undefined && tail !== undefined) {
          return [head, tail];
        }
      }
    }
    throw new Error(`there is no recording of the syllable ${pinyin}${tone} in ${this.#folder}`);
  }

  #file(zhuyin: string, tone: number): string | undefined {
    // The folders mark the neutral tone by 1 and the first one not at all.
    const file = join(this.#folder, `${zhuyin}${tone === 1 ? '' : tone === 5 ? 1 : tone}`, fileName);
    return this.#recorded.has(file) || existsSync(file) ? file : undefined;
  }

  /** Begins to read the files that nobody has read yet, all of them at once. */
  #readAhead(files: ReadonlySet<string>): void {
    const unread = [...files].filter((file) => !this.#recorded.has(file));
    if (unread.length === 0) {
      return;
    }
    const all = readEach(unread, rate, grownUp);
    for (const [index, file] of unread.entries()) {
      const one = all.then((sounds) => clean(sounds[index]));
      // Whoever needs the sound hears of the fault.
      one.catch(() => undefined);
      this.#recorded.set(file, one);
    }
  }
}

function clean(sound: Sound | undefined): Sound {
  if (sound === undefined) {
    throw new Error('a syllable was not read');
  }
  return level(trim(sound, { lead: 5, tail: 10 }), -20, -1);
}

function known(sounds: ReadonlyMap<string, Sound>, file: string): Sound {
  const sound = sounds.get(file);
  if (sound === undefined) {
    throw new Error(`${file} was not read`);
  }
  return sound;
}

function speakPhrase({ syllables, pauseMs }: Phrase, soundOf: (syllable: Syllable) => Sound): Float64Array {
  const sounds = syllables.map((syllable, index) =>
    shape(soundOf(syllable), syllable, index < syllables.length - 1),
  );
  const pause = new Float64Array(Math.round((pauseMs * rate) / 1000));
  return concatenate([overlapAll(sounds.map(({ samples }) => samples)), pause]);
}

/** The same tone in the same voice has the same pitch at the same share of its length: there the two join. */
function splice(head: Sound, tail: Sound): Sound {
  const overlap = Math.round((overlapMs * rate) / 1000);
  const start = head.samples.slice(0, Math.round(head.samples.length * spliceShare) + overlap);
  const end = tail.samples.slice(Math.round(tail.samples.length * spliceShare));
  const fadedStart = fadeEnd(start, overlap);
  const fadedEnd = fadeEnd(end.toReversed(), overlap).toReversed();
  return { samples: overlapAll([fadedStart, fadedEnd]), rate };
}

function fadeEnd(samples: Float64Array, length: number): Float64Array {
  const from = samples.length - length;
  return samples.map((sample, index) => (index < from ? sample : sample * (1 - (index - from) / length)));
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
