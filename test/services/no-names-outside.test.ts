import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { catalogue } from '../../src/services/catalogue.js';

const root = join(import.meta.dirname, '../..');

/**
 * Who may name a service by its id: the service itself, the carrier's interface, in whose own words a bill is a bill,
 * the data of the lab, and migrations, which move the rows of services as they were called at the time.
 */
const mayName = (id: string) => [
  ...[`src/services/${id}/`, 'src/provider/carrier/', 'lab/data.ts', 'db/migrations/'],
  // The carrier's answers are counted by what they are called there.
  'src/operations/counted-provider.ts',
];

function sourcesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

describe('the name of a service', () => {
  const files = ['src', 'lab', 'db'].flatMap(sourcesBelow);
  const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));

  for (const { id } of catalogue.services) {
    it(`${id} is known to its own folder only`, () => {
      // As a value, or as the first part of a prompt's name.
      const named = new RegExp(`(['"\`])${id}(\\1|\\.[a-z-]+\\1)`);
      const outside = files
        .filter((file) => !mayName(id).some((place) => file.startsWith(place)))
        .filter((file) => named.test(texts.get(file) ?? ''));
      assert.deepEqual(outside, []);
      assert.match(texts.get(`src/services/${id}/service.ts`) ?? '', named);
    });
  }

  it('is looked for in hundreds of files', () => assert.ok(files.length > 300));
});
