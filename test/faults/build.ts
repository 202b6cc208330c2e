import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { projectDir } from '../../lab/project-dir.js';

/** One change of the product's text, made on a copy: `find` must be there exactly once. */
export type Patch = { readonly file: string; readonly find: string; readonly replace: string };

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
};
const folders = ['src', 'db', 'test/faults', 'test/simulators', 'lab'];

function sources(): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(projectDir, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.endsWith('.test.ts'))
      .map((name) => join(folder, name)),
  );
}

/** Writes the text and what it compiles to: broken builds are made of the same text, whoever edits meanwhile. */
function write(folder: string, file: string, text: string): void {
  const target = join(folder, file);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  writeFileSync(
    target.replace(/\.ts$/, '.js'),
    ts.transpileModule(text, { compilerOptions, fileName: file }).outputText,
  );
}

/** Returns the text with the patch applied. Throws when it no longer fits the product. */
function patched(text: string, { file, find, replace }: Patch): string {
  if (text.split(find).length !== 2) {
    throw new Error(`a build that is broken on purpose no longer fits ${file}: ${find}`);
  }
  return text.replace(find, () => replace);
}

/** Compiles the product, the simulators and the process under test, unchanged, into `folder`. */
export function buildProduct(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const file of sources()) {
    write(folder, file, readFileSync(join(projectDir, file), 'utf8'));
  }
}

/** Makes a copy of a build in `folder`, with the patches applied to the product's text. */
export function buildBroken(product: string, folder: string, patches: readonly Patch[]): void {
  rmSync(folder, { recursive: true, force: true });
  cpSync(product, folder, { recursive: true });
  const texts = new Map<string, string>();
  for (const patch of patches) {
    const text = texts.get(patch.file) ?? readFileSync(join(product, patch.file), 'utf8');
    texts.set(patch.file, patched(text, patch));
  }
  for (const [file, text] of texts) {
    write(folder, file, text);
  }
}
