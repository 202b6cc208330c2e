import { defineService } from '../service.js';
import { rechargeChart } from './chart.js';
import { prompts, says } from './prompts.js';
import { sale } from './sale.js';

/** Recharges a phone. */
export const recharge = defineService({
  id: 'recharge',
  path: '2',
  label: says('recharge.menu'),
  prompts,
  chart: rechargeChart,
  sale,
});
