import { defineService } from '../service.js';
import { cardBalanceChart } from './chart.js';
import { prompts, says } from './prompts.js';

/** Tells what is on a bank card. */
export const cardBalance = defineService({
  id: 'card-balance',
  path: '11',
  label: says('card-balance.menu'),
  prompts,
  chart: cardBalanceChart,
});
