import { z } from 'zod';
import type { PurchaseWords } from '../dialogue/purchase.js';
import { asMoney, asPhone, type Said } from '../dialogue/said.js';
import { mobileNumber } from '../phone-number.js';
import type { Paid } from './service.js';

/** What is paid for a phone knows its number, and nothing else. */
export const phoneDetails = z.strictObject({
  phone: z
    .string()
    .regex(mobileNumber, 'must be the number of a mobile phone: 11 digits, of which the first is 1')
    .meta({ description: 'The mobile phone that it is for: 11 digits, of which the first is 1.' }),
});
/** Payments and orders of before could name any 11 digits, and are told of all the same. */
export const keptPhoneDetails = z.strictObject({ phone: z.string().regex(/^\d{11}$/) });
export type PhoneDetails = z.output<typeof phoneDetails>;

type Values = { readonly amount: ReturnType<typeof asMoney>; readonly phone: ReturnType<typeof asPhone> };
type PhoneWords = { readonly [W in keyof Required<PurchaseWords>]: Said<Values> };

/** Returns how words about an amount and a phone are put for one payment. */
export function wordsOfPhone(words: PhoneWords) {
  return ({ details: { phone }, amount, callerPhone }: Paid<PhoneDetails>): PurchaseWords => {
    const values = { amount: asMoney(amount), phone: asPhone(phone, callerPhone) };
    return {
      announced: words.announced.of(values),
      readBack: words.readBack.of(values),
      paid: words.paid.of(values),
      wentThrough: words.wentThrough.of(values),
      goOn: words.goOn.of(values),
    };
  };
}
