import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { languagesOf } from '../../src/dialogue/language.js';
import { languageCodes, languages } from '../../src/languages/catalogue.js';
import { chooseVoices } from '../../src/languages/voices.js';

const project = join(import.meta.dirname, '../..');
const folder = join(project, 'src/languages');

function sourcesIn(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((each) =>
    readdirSync(join(project, each), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(each, file)),
  );
}

/** A code as a literal or as a key with a literal, which a list of languages would be made of. */
function namesOne(text: string): boolean {
  const code = `(?:${languageCodes.join('|')})`;
  return new RegExp(`(['"\`])${code}\\1|[{,]\\s*${code}: *['"\`\\d[]`).test(text);
}

describe('the catalogue of languages', () => {
  it('lists every folder of languages by its code, and nothing else', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).sort(), [...languageCodes].sort());
  });

  it('has for each a voice, made by its own folder on every system', async () => {
    for (const platform of ['linux', 'darwin', 'win32']) {
      const spoken = await chooseVoices(languages, join(project, 'prompts'), platform);
      assert.deepEqual(
        spoken.map(({ grammar }) => grammar.language),
        [...languageCodes],
      );
      assert.equal(new Set(spoken.map(({ voice }) => voice.id)).size, languages.length, platform);
    }
    await assert.rejects(
      chooseVoices([{ ...languages[0], voice: new URL(import.meta.url) } as never], join(project, 'prompts')),
      /has no voice for/,
    );
  });

  it('is made of at least one, of each once, and of no more than there are keys', () => {
    assert.deepEqual(languagesOf(['de']), ['de']);
    assert.throws(() => languagesOf([]), /1 to 8 languages, each once, and not none/);
    assert.throws(() => languagesOf(['de', 'fr', 'de']), /each once/);
    assert.throws(() => languagesOf(Array.from({ length: 9 }, (_, index) => `l${index}`)), /1 to 8/);
  });
});

describe('a language', () => {
  /** The lab's phones are customers: which language each chose is part of what they are. */
  const customers = join('lab', 'data.ts');

  it('is named by its folder, its texts and the catalogue only', () => {
    const outside = sourcesIn('src', 'db', 'lab').filter(
      (file) => !file.startsWith(join('src', 'languages')) && file !== customers,
    );
    assert.ok(outside.length > 200 && existsSync(join(project, customers)));
    assert.deepEqual(
      outside.filter((file) => namesOne(readFileSync(join(project, file), 'utf8'))),
      [],
    );
  });

  it('is found where it is named', () => {
    const [first, second] = languageCodes;
    for (const text of [
      `['${first}', x]`,
      `=== "${second}"`,
      `{ ${first}: '1', }`,
      `{ a: 1, ${second}: 0.35 }`,
    ]) {
      assert.ok(namesOne(text), text);
    }
  });
});
