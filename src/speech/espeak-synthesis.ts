import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sound } from './sound.js';
import { readSound } from './sox.js';
import type { Synthesis, SynthesisOrder } from './synthesis.js';
import { runTool } from './tool.js';

const rate = 16_000;

export type EspeakOptions = {
  readonly id: string;
  /** espeak-ng's own name of the voice. */
  readonly voice: string;
  readonly wordsPerMinute: number;
  /** How a text is written for this voice; as it is, when left out. @throws Error for what cannot be spoken. */
  readonly spell?: ((text: string) => string) | undefined;
};

/** Any language that espeak-ng speaks. */
export class EspeakSynthesis implements Synthesis {
  readonly id: string;
  readonly #options: EspeakOptions;

  constructor(options: EspeakOptions) {
    this.id = options.id;
    this.#options = options;
  }

  async speak(orders: readonly SynthesisOrder[]): Promise<readonly Sound[]> {
    const { voice, wordsPerMinute, spell } = this.#options;
    const folder = await mkdtemp(join(tmpdir(), 'walletline-speech-'));
    const words = join(folder, 'words.txt');
    try {
      const sounds: Sound[] = [];
      for (const { text } of orders) {
        const file = join(folder, `${sounds.length}.wav`);
        await writeFile(words, spell?.(text) ?? text);
        await runTool('espeak-ng', ['-v', voice, '-s', String(wordsPerMinute), '-w', file, '-f', words]);
        sounds.push(await readSound(file, rate));
      }
      return sounds;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
