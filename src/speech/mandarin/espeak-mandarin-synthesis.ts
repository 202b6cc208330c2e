import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sound } from '../sound.js';
import { readSound } from '../sox.js';
import type { Synthesis, SynthesisOrder } from '../synthesis.js';
import { runTool } from '../tool.js';
import { pronounce } from './pronounce.js';
import type { Readings } from './readings.js';

const rate = 16_000;
/** Words a minute: a calm telephone pace, about four syllables a second. */
const speed = 200;

/**
 * Mandarin by espeak-ng: robotic, but it needs nothing else. It is given pinyin, because Debian's build
 * knows no characters and spells them out in English.
 */
export class EspeakMandarinSynthesis implements Synthesis {
  readonly id = `espeak-ng cmn-latn-pinyin ${speed} 1`;
  readonly #readings: Readings;

  constructor(readings: Readings) {
    this.#readings = readings;
  }

  async speak(orders: readonly SynthesisOrder[]): Promise<readonly Sound[]> {
    const folder = await mkdtemp(join(tmpdir(), 'walletline-speech-'));
    try {
      const sounds: Sound[] = [];
      for (const { text } of orders) {
        const phrases = pronounce(text, this.#readings);
        const pinyin = phrases.map(({ syllables }) =>
          syllables.map(({ pinyin, tone }) => `${pinyin}${tone}`).join(' '),
        );
        const file = join(folder, `${sounds.length}.wav`);
        await runTool('espeak-ng', [
          '-v',
          'cmn-latn-pinyin',
          '-s',
          String(speed),
          '-w',
          file,
          `${pinyin.join(', ')}.`,
        ]);
        sounds.push(await readSound(file, rate));
      }
      return sounds;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
