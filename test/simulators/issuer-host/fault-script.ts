import { z } from 'zod';

/** What a request is to the host. */
const requestKinds = ['purchase', 'balance', 'reversal', 'sign-in', 'echo'] as const;
export type RequestKind = (typeof requestKinds)[number];

/** What goes wrong. "Done" means that the books have decided and the journal has it. */
export const faultNames = [
  'request-lost', // not done, no answer
  'no-answer', // done, no answer
  'late-answer', // done, answered after delayMs
  'late-request', // done only after delayMs, then answered
  'duplicate-answer', // done, answered twice
  'wrong-stan', // done, answered with another trace number
  'wrong-amount', // done, answered with another amount
  'approve-as', // done, answered with `code`, whatever the journal says
  'partly', // done for one minor unit less, answered with 10 and that amount
  'no-authorisation', // done, answered without field 38
  'blank-authorisation', // done, answered with blanks at the end of field 38
  'bad-mac', // done, answered with a wrong MAC
  'garbage', // done, bytes that are no frame instead of the answer
  'half-frame', // done, half of the answer's bytes and no more
  'drop-before', // not done, the connection is cut
  'drop-after', // done, the connection is cut instead of the answer
  'overtakes', // reversal: answered with 25 when its original has not come, and forgotten
  'respond', // not done, answered with `code`
  'wrong-check-value', // sign-in: the PIN key's check value is wrong
] as const;
export type FaultName = (typeof faultNames)[number];

const digits = z.string().regex(/^\d+$/);

/** One scripted fault, as the control port and the fault file take it. */
const faultSchema = z
  .strictObject({
    /** All that is given must fit the request. */
    match: z
      .strictObject({
        kind: z.enum(requestKinds).optional(),
        amountMinor: z.number().int().positive().optional(),
        pan: digits.optional(),
        stan: z.number().int().positive().optional(),
        terminal: z.string().optional(),
      })
      .default({}),
    fault: z.enum(faultNames),
    /** How many requests it happens to, or "always". */
    times: z.union([z.number().int().positive(), z.literal('always')]).default(1),
    delayMs: z.number().int().nonnegative().default(1_000),
    /** Two characters, of `respond` and `approve-as`. */
    code: z
      .string()
      .regex(/^[0-9A-Z]{2}$/)
      .default('05'),
  })
  .readonly();
export type FaultOrder = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema>;

export type Matchable = {
  readonly kind: RequestKind;
  readonly amountMinor: number;
  readonly pan: string | undefined;
  readonly stan: number;
  readonly terminal: string;
};

/** The faults still to come, first scripted first. */
export class FaultScript {
  #faults: { fault: Fault; left: number }[] = [];

  get pending(): readonly (Fault & { left: number | 'always' })[] {
    return this.#faults.map(({ fault, left }) => ({
      ...fault,
      left: Number.isFinite(left) ? left : ('always' as const),
    }));
  }

  /** @throws ZodError when it is no fault. */
  add(order: unknown): void {
    const fault = faultSchema.parse(order);
    this.#faults.push({ fault, left: fault.times === 'always' ? Number.POSITIVE_INFINITY : fault.times });
  }

  clear(): void {
    this.#faults = [];
  }

  /** Returns the first fault that fits the request, and counts it. */
  take(request: Matchable): Fault | undefined {
    const found = this.#faults.find(({ fault }) => fits(fault.match, request));
    if (found === undefined) {
      return undefined;
    }
    found.left -= 1;
    this.#faults = this.#faults.filter(({ left }) => left > 0);
    return found.fault;
  }
}

function fits(match: Fault['match'], request: Matchable): boolean {
  return (
    (match.kind === undefined || match.kind === request.kind) &&
    (match.amountMinor === undefined || match.amountMinor === request.amountMinor) &&
    (match.pan === undefined || match.pan === request.pan) &&
    (match.stan === undefined || match.stan === request.stan) &&
    (match.terminal === undefined || match.terminal === request.terminal)
  );
}
