import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpokenLanguage } from './build-recordings.js';
import { finish, storeAll, treatment, writeWhole } from './finish-recording.js';
import { type Grammar, paces } from './grammar.js';
import { soundFormats } from './manifest.js';
import { nameSound, plainName } from './name-recordings.js';
import { slowDown, slowTreatment } from './slow-recordings.js';
import type { Sound } from './sound.js';
import type { Synthesis } from './synthesis.js';

/** A name that callers will hear in one language. */
export type NameOrder = { readonly language: string; readonly text: string };

export type NamesRecorded = {
  readonly recorded: number;
  readonly kept: number;
  /** Names that no recording could be made of: callers hear the wording without them. */
  readonly refused: readonly (NameOrder & { readonly why: string })[];
};

/** Longer ones are no names, and no prompt has room for them. In characters. */
const longestName = 40;

/**
 * Records names ahead of the calls in which they are said, and keeps them. Names come from outside: one that
 * has anything but the language's letters in it never reaches a synthesiser, and one that cannot be spoken
 * does not keep the others from being recorded. Names of another voice are made again.
 * @throws Error when the recordings cannot be stored.
 */
export async function recordNames({
  names,
  builtFolder,
  languages,
}: {
  readonly names: readonly NameOrder[];
  readonly builtFolder: string;
  readonly languages: readonly SpokenLanguage[];
}): Promise<NamesRecorded> {
  const refused: (NameOrder & { why: string })[] = [];
  let recorded = 0;
  let kept = 0;
  for (const { grammar, voice } of languages) {
    await forgetOtherVoice(join(builtFolder, 'names', grammar.language), voice);
    for (const text of new Set(namesIn(grammar.language, names))) {
      const order = { language: grammar.language, text };
      const why = faultOf(text, grammar);
      const sounds = paces.map((pace) => nameSound(grammar.language, text, pace));
      if (why !== undefined) {
        refused.push({ ...order, why });
      } else if (sounds.every((sound) => isStored(builtFolder, sound))) {
        kept += 1;
      } else {
        const spoken = await speak(voice, text);
        if ('why' in spoken) {
          refused.push({ ...order, why: spoken.why });
        } else {
          await store(spoken, builtFolder, sounds);
          recorded += 1;
        }
      }
    }
  }
  return { recorded, kept, refused };
}

function isStored(builtFolder: string, sound: string): boolean {
  return soundFormats.every((format) => existsSync(join(builtFolder, `${sound}.${format}`)));
}

/** Stores a name at the normal pace, and slowed down. */
async function store(spoken: Sound, builtFolder: string, sounds: readonly string[]): Promise<void> {
  const [normal = '', slow = ''] = sounds;
  await storeAll([spoken], builtFolder, [normal]);
  const [slowly] = await slowDown([join(builtFolder, `${normal}.sln16`)]);
  const finished = finish(slowly);
  if (finished === undefined) {
    throw new Error(`${normal} is silent when it is slowed down`);
  }
  await storeAll([finished], builtFolder, [slow]);
}

function namesIn(language: string, names: readonly NameOrder[]): readonly string[] {
  return names.filter((name) => name.language === language).map(({ text }) => plainName(text));
}

function faultOf(text: string, { nameLetter }: Grammar): string | undefined {
  const letters = Array.from(text);
  if (letters.length > longestName) {
    return `is longer than ${longestName} characters`;
  }
  if (!/^[\p{L}\p{N}]/u.test(text)) {
    return 'does not begin with a letter or a figure';
  }
  return letters.every((letter) => nameLetter.test(letter))
    ? undefined
    : 'has a character in it that the language does not write names with';
}

async function speak(voice: Synthesis, text: string): Promise<Sound | { readonly why: string }> {
  try {
    const [raw] = await voice.speak([{ text, ending: 'open' }]);
    return finish(raw) ?? { why: 'is silent when it is spoken' };
  } catch (fault) {
    return { why: `cannot be spoken: ${fault instanceof Error ? fault.message : 'a fault'}` };
  }
}

/** Removes the names of a voice that is no longer used. */
async function forgetOtherVoice(folder: string, { id }: Synthesis): Promise<void> {
  const file = join(folder, 'voice.txt');
  const voice = `${treatment}\n${slowTreatment}\n${id}\n`;
  if (existsSync(file) && (await readFile(file, 'utf8')) === voice) {
    return;
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeWhole(file, voice);
}
