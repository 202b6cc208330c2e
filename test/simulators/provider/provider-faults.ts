import { z } from 'zod';

/** What can go wrong, as a test orders it. `keyPrefix`, `operation` and, for an order, `payer` narrow it; `times`
 * counts down. */
export const faultBody = z.strictObject({
  fault: z.enum([
    'refuse',
    'late',
    'no-answer',
    'accept-no-answer',
    'accept-twice',
    'wrong-amount',
    'hold-expires-early',
    'secret-missing',
    'error-500',
    'garbage',
  ]),
  operation: z.enum(['order', 'look-up', 'quote', 'hold', 'release', 'cancel', 'list']).default('order'),
  keyPrefix: z.string().max(64).default(''),
  payer: z.string().max(64).optional(),
  delayMs: z.number().int().min(0).max(120_000).default(3_000),
  times: z.number().int().min(1).default(1),
});
export type Fault = z.output<typeof faultBody>;

/** The faults that are ordered and have not happened yet. */
export class FaultScript {
  #faults: Fault[] = [];

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  clear(): void {
    this.#faults = [];
  }

  /** Returns the first fault for this, counted down. */
  take(operation: Fault['operation'], key = '', payer?: string): Fault | undefined {
    const fault = this.#faults.find(
      (each) =>
        each.operation === operation &&
        key.startsWith(each.keyPrefix) &&
        (each.payer === undefined || each.payer === payer),
    );
    if (fault !== undefined) {
      fault.times -= 1;
      this.#faults = this.#faults.filter(({ times }) => times > 0);
    }
    return fault;
  }
}
