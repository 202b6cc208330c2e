import { defineService } from '../service.js';
import { phoneBalanceChart } from './chart.js';
import { prompts, says } from './prompts.js';

/** Tells what is left on a phone. */
export const phoneBalance = defineService({
  id: 'phone-balance',
  path: '12',
  label: says('phone-balance.menu'),
  prompts,
  chart: phoneBalanceChart,
});
