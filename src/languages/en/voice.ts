import { systemVoice } from '../../speech/say-synthesis.js';
import type { ChooseVoice } from '../language.js';
import { FestivalSynthesis } from './festival-synthesis.js';

/** The voice that every macOS and every Windows brings along, else festival's. */
export const voice: ChooseVoice = async ({ platform }) =>
  systemVoice({ darwin: 'Samantha', win32: 'Microsoft Zira Desktop' }, platform) ?? new FestivalSynthesis();
