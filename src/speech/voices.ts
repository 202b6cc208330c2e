import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SpokenLanguage } from './build-recordings.js';
import { englishGrammar } from './english-grammar.js';
import { FestivalSynthesis } from './festival-synthesis.js';
import { EspeakMandarinSynthesis } from './mandarin/espeak-mandarin-synthesis.js';
import { loadReadings } from './mandarin/readings.js';
import { SyllableSynthesis } from './mandarin/syllable-synthesis.js';
import { mandarinGrammar } from './mandarin-grammar.js';
import { SaySynthesis } from './say-synthesis.js';

/** Where Debian's package gcin-voice puts its syllables. */
const syllableFolder = '/usr/share/gcin-voice/ogg';

/** Voices that every macOS and every Windows of these languages brings along. */
const systemVoices: Readonly<Record<string, readonly [english: string, mandarin: string]>> = {
  darwin: ['Samantha', 'Tingting'],
  win32: ['Microsoft Zira Desktop', 'Microsoft Huihui Desktop'],
};

/**
 * Returns the languages with the best free voice that this machine has for each: its own on macOS and
 * Windows, else festival for English and recorded syllables for Mandarin (espeak-ng without them).
 * See docs/adr/0003-voices.md.
 */
export async function chooseVoices(
  scriptFolder: string,
  platform = process.platform,
): Promise<readonly SpokenLanguage[]> {
  const system = systemVoices[platform];
  if (system !== undefined) {
    return [
      { grammar: englishGrammar, voice: new SaySynthesis(system[0]) },
      { grammar: mandarinGrammar, voice: new SaySynthesis(system[1]) },
    ];
  }
  const readings = await loadReadings(join(scriptFolder, 'readings', 'zh.yaml'));
  return [
    { grammar: englishGrammar, voice: new FestivalSynthesis() },
    {
      grammar: mandarinGrammar,
      voice: existsSync(syllableFolder)
        ? new SyllableSynthesis(syllableFolder, readings)
        : new EspeakMandarinSynthesis(readings),
    },
  ];
}
