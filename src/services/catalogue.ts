import { conversationCharts } from '../dialogue/conversation-charts.js';
import { menuPrompts } from '../dialogue/menu-plan.js';
import { corePrompts } from '../dialogue/prompt.js';
import { promptsInUse } from '../dialogue/said.js';
import { languageCodes } from '../languages/catalogue.js';
import { bill } from './bill/service.js';
import { cardBalance } from './card-balance/service.js';
import { phoneBalance } from './phone-balance/service.js';
import { recharge } from './recharge/service.js';
import type { Catalogue, Service } from './service.js';

/** Every service there is. Adding one adds its line here, and nothing anywhere else. */
const services: readonly Service[] = [cardBalance, phoneBalance, recharge, bill];

export const catalogue: Catalogue = { services, charts: conversationCharts(services, languageCodes) };

/** Every prompt that somebody can ever hear, re-prompts included. */
export const allPrompts = promptsInUse([corePrompts, menuPrompts, ...services.map(({ prompts }) => prompts)]);
