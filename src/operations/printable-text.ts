import { z } from 'zod';
import { parseCardNumber } from '../wallet/card-number.js';

/** First digits of the card schemes' numbers. References that begin with a date (20…) are none of them. */
const schemes = ['3', '4', '5', '6'];

/** True when a run of digits in it, with single blanks or hyphens between them, is a card's number. */
function namesCard(text: string): boolean {
  const runs = text.match(/\d(?:[ -]?\d){12,}/g) ?? [];
  return runs.some((run) => parseCardNumber(run.replaceAll(/[ -]/g, ''), schemes) !== undefined);
}

/** A text that people wrote: no control or format characters, and no card number, which must never be kept. */
export function printableText(longest: number): z.ZodString {
  return z
    .string()
    .max(longest)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, 'must be printable')
    .refine((text) => !namesCard(text), 'must not hold a card number');
}
