import { defineService } from '../service.js';
import { phoneBalanceChart } from './chart.js';
import { prompts } from './prompts.js';

/** Tells what is left on a phone. */
export const phoneBalance = defineService({
  id: 'phone-balance',
  path: '12',
  prompts,
  chart: phoneBalanceChart,
});
