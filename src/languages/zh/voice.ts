import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EspeakSynthesis } from '../../speech/espeak-synthesis.js';
import { systemVoice } from '../../speech/say-synthesis.js';
import type { ChooseVoice } from '../language.js';
import { toPinyin } from './pronounce.js';
import { loadReadings } from './readings.js';
import { SyllableSynthesis } from './syllable-synthesis.js';

/** Where Debian's package gcin-voice puts its syllables. */
const syllableFolder = '/usr/share/gcin-voice/ogg';

/**
 * The voice that every Chinese macOS and Windows brings along, else recorded syllables, else espeak-ng: robotic,
 * but it needs nothing else. It is given pinyin, because Debian's build knows no characters and spells them out
 * in English.
 */
export const voice: ChooseVoice = async ({ scriptFolder, platform }) => {
  const ofSystem = systemVoice({ darwin: 'Tingting', win32: 'Microsoft Huihui Desktop' }, platform);
  if (ofSystem !== undefined) {
    return ofSystem;
  }
  const readings = await loadReadings(join(scriptFolder, 'readings', 'zh.yaml'));
  return existsSync(syllableFolder)
    ? new SyllableSynthesis(syllableFolder, readings)
    : new EspeakSynthesis({
        id: 'espeak-ng cmn-latn-pinyin 200 1',
        voice: 'cmn-latn-pinyin',
        // A calm telephone pace, about four syllables a second.
        wordsPerMinute: 200,
        spell: (text) => toPinyin(text, readings),
      });
};
