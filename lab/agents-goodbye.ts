import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { manifestFile, readManifest } from '../src/speech/manifest.js';

/** Said, in each language, to whoever waited for an agent in vain. */
const prompts = ['agents-unavailable', 'goodbye'];

/**
 * Returns AGENTS_GOODBYE of dialplan/site.conf for a folder of built prompts: the dialplan does not know the
 * caller's language, so it is said in all of them. Empty when nothing has been built there.
 */
export async function agentsGoodbye(promptsDir: string): Promise<string> {
  if (!existsSync(join(promptsDir, manifestFile))) {
    return '';
  }
  const { languages } = await readManifest(promptsDir);
  return Object.entries(languages)
    .flatMap(([language, { recordings }]) =>
      prompts.flatMap((name) => {
        const recording = recordings[name];
        return recording === undefined ? [] : [`walletline/${language}/${recording.key}`];
      }),
    )
    .join('&');
}
