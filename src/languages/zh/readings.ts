import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

/** How characters and words are read, e.g. 充 chong1, 银行 yin2 hang2. */
export type Readings = {
  readonly syllableOf: ReadonlyMap<string, string>;
  /** Words in which a character is read otherwise than by itself. */
  readonly words: ReadonlyMap<string, readonly string[]>;
};

const schema = z.strictObject({
  /** Pinyin with a tone number (5: neutral; v for ü) to the characters read that way. */
  syllables: z.record(z.string().regex(/^[a-z]+[1-5]$/), z.string()),
  words: z.record(z.string(), z.string().regex(/^[a-z]+[1-5]( [a-z]+[1-5])*$/)),
});

/** Returns the readings kept in a YAML file. @throws Error when it cannot be read or is not of that form. */
export async function loadReadings(file: string): Promise<Readings> {
  try {
    const { syllables, words } = schema.parse(parse(await readFile(file, 'utf8')));
    const syllableOf = new Map<string, string>();
    for (const [syllable, characters] of Object.entries(syllables)) {
      for (const character of characters.split('')) {
        syllableOf.set(character, syllable);
      }
    }
    return {
      syllableOf,
      words: new Map(Object.entries(words).map(([word, read]) => [word, read.split(' ')])),
    };
  } catch (cause) {
    throw new Error(`cannot read the readings of characters in ${file}`, { cause });
  }
}
