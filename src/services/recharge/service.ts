import { defineService } from '../service.js';
import { rechargeChart } from './chart.js';
import { prompts } from './prompts.js';
import { sale } from './sale.js';

/** Recharges a phone. */
export const recharge = defineService({ id: 'recharge', path: '2', prompts, chart: rechargeChart, sale });
