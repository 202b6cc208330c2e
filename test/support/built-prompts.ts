import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPrompts, loadLibrary } from '../../lab/build-prompts.js';
import { projectDir } from '../../lab/project-dir.js';
import { type Manifest, readManifest } from '../../src/speech/manifest.js';
import type { PromptLibrary } from '../../src/speech/prompt-library.js';
import type { ExpectedSound } from './audio/expected-sound.js';
import { decodeAlaw, decodeUlaw } from './audio/g711.js';

/** What callers of the product hear, built. */
export type BuiltPrompts = {
  readonly library: PromptLibrary;
  readonly manifest: Manifest;
  /** Returns a sound's samples as a switch plays them in a call of that codec. */
  readonly play: (sound: string, codec?: 'ulaw' | 'alaw') => ExpectedSound;
};

/** Returns the product's prompts, of the lab that is running, or built in the usual place. */
export async function builtPrompts(): Promise<BuiltPrompts> {
  const ofLab = process.env['WALLETLINE_PROMPTS_DIR'];
  const folder = ofLab ?? join(projectDir, 'var', 'prompts');
  if (ofLab === undefined) {
    await buildPrompts({ outDir: folder, log: () => undefined });
  }
  return {
    library: await loadLibrary(folder),
    manifest: await readManifest(folder),
    play: (name, codec = 'ulaw') => {
      const bytes = readFileSync(join(folder, `${name}.${codec}`));
      return { name, samples: codec === 'ulaw' ? decodeUlaw(bytes) : decodeAlaw(bytes) };
    },
  };
}
