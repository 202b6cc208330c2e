import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { languageCodes } from '../../src/languages/catalogue.js';

const source = fileURLToPath(new URL('../../src/', import.meta.url));

/** What a module loads when it runs: imports of types alone are gone by then. */
function loadedBy(file: string): string[] {
  const statement =
    /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'/gms;
  return [...readFileSync(file, 'utf8').matchAll(statement)].map(([, fixed, late]) => fixed ?? late ?? '');
}

/** Every file of ours that is loaded with `entry`, and every package and module of Node besides. */
function loadedWith(entry: string): { files: ReadonlySet<string>; modules: ReadonlySet<string> } {
  const files = new Set<string>();
  const modules = new Set<string>();
  const queue = [resolve(source, entry)];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(relative(source, file))) {
      continue;
    }
    files.add(relative(source, file));
    for (const loaded of loadedBy(file)) {
      if (loaded.startsWith('.')) {
        const written = resolve(dirname(file), loaded.replace(/\.js$/, '.ts'));
        assert.ok(existsSync(written), `${file} loads ${loaded}`);
        queue.push(written);
      } else {
        modules.add(loaded);
      }
    }
  }
  return { files, modules };
}

const synthesis =
  /^(?:speech|languages)\/(?:.*synthesis|(?:.*\/)?voices?|sox|tool|build-recordings|.*\/pronounce)\.ts$/;

describe('while calls are taken', () => {
  const { files, modules } = loadedWith('main.ts');

  it('no part that synthesises speech is even loaded', () => {
    assert.ok(files.size > 80, `only ${files.size} files found`);
    assert.ok(files.has('speech/prompt-library.ts'));
    assert.deepEqual(
      [...files].filter((file) => synthesis.test(file)),
      [],
    );
  });

  it('no other program can be started, so that none can speak', () => {
    assert.ok(modules.has('node:crypto'));
    assert.deepEqual(
      [...modules].filter((name) => /child_process|worker_threads|^say$/.test(name)),
      [],
    );
  });

  it('finds synthesis where it is loaded', () => {
    for (const language of languageCodes) {
      const building = loadedWith(`languages/${language}/voice.ts`);
      assert.ok([...building.files].filter((file) => synthesis.test(file)).length >= 4, language);
      assert.ok(building.modules.has('node:child_process'), language);
    }
  });

  it('the modules of voices are loaded by name in one place, which what takes calls does not load', () => {
    const byName = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
      (file) =>
        file.endsWith('.ts') && /\bimport\((?!\s*')/.test(readFileSync(resolve(source, file), 'utf8')),
    );
    assert.deepEqual(byName, ['languages/voices.ts']);
    assert.ok(!files.has('languages/voices.ts'));
  });
});
