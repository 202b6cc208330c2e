import { z } from 'zod';
import { namesCard } from '../wallet/card-in-text.js';

export const noCardNumber = 'must not hold a card number';

/** A text that people wrote: no control or format characters, and no card number, which must never be kept. */
export function printableText(longest: number): z.ZodString {
  return z
    .string()
    .max(longest)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, 'must be printable')
    .refine((text) => !namesCard(text), noCardNumber);
}
