import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import say from 'say';
import type { Sound } from './sound.js';
import { readSound } from './sox.js';
import type { Synthesis, SynthesisOrder } from './synthesis.js';

const rate = 16_000;
const timeoutMs = 60_000;

/** The voices of macOS and of Windows, by the package `say` (which cannot write files on Linux). */
export class SaySynthesis implements Synthesis {
  readonly id: string;
  readonly #voice: string;

  /** `voice` is the system's name of it, e.g. "Samantha" or "Microsoft Huihui Desktop". */
  constructor(voice: string) {
    this.id = `say ${voice} 1`;
    this.#voice = voice;
  }

  async speak(orders: readonly SynthesisOrder[]): Promise<readonly Sound[]> {
    const folder = await mkdtemp(join(tmpdir(), 'walletline-speech-'));
    try {
      const sounds: Sound[] = [];
      for (const { text } of orders) {
        const file = join(folder, `${sounds.length}.wav`);
        await this.#save(text, file);
        sounds.push(await readSound(file, rate));
      }
      return sounds;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #save(text: string, file: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`"${text}" was not spoken within a minute`)),
        timeoutMs,
      );
      say.export(text, this.#voice, 1, file, (fault: string | Error | null | undefined) => {
        clearTimeout(timer);
        if (fault === null || fault === undefined || fault === '') {
          resolve();
        } else {
          reject(new Error(`the voice ${this.#voice} cannot say "${text}"`, { cause: fault }));
        }
      });
    });
  }
}

/** Returns the voice that a system brings along for a language, or undefined for a system without one. */
export function systemVoice(
  names: Readonly<Record<string, string>>,
  platform: string,
): SaySynthesis | undefined {
  const name = names[platform];
  return name === undefined ? undefined : new SaySynthesis(name);
}
