import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { oneCallOfEachService } from '../../lab/one-call-of-each-service.js';

describe('the calls of the quick run', () => {
  // A title that changed would be a call that is not made, and nobody would hear of it.
  for (const { file, title } of oneCallOfEachService) {
    it(`has one test in ${file}: ${title}`, async () => {
      const text = await readFile(file, 'utf8');
      assert.equal(text.split(`'${title}'`).length, 2);
    });
  }
});
