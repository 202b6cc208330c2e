import { defineService } from '../service.js';
import { billChart } from './chart.js';
import { prompts, says } from './prompts.js';
import { sale } from './sale.js';

/** Pays the bill of a phone, or an order by its code. */
export const bill = defineService({
  id: 'bill',
  path: '3',
  label: says('bill.menu'),
  prompts,
  chart: billChart,
  sale,
});
