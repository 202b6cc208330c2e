import { z } from 'zod';

/** The bodies of docs/provider-interface.md. What is unknown in them is left out, so that providers may add to it. */
const text = z.string().min(1).max(64);
const amountMinor = z.number().int().min(0).max(1_000_000_000_000);
const currency = z.literal('CNY');
const time = z.iso.datetime({ offset: true }).transform((value) => new Date(value));
/** Names and values; a value is short enough to be spoken. */
const values = z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,31}$/), z.string().max(256));
/** Who says it, of which key. */
const whose = { provider: text, key: text };

export const listingBody = z.object({
  currency,
  items: z.array(z.object({ id: text, label: text, priceMinor: amountMinor.optional() })).max(500),
});
export const quotedBody = z.object({
  ...{ state: z.literal('quoted'), quoteId: text, priceMinor: amountMinor.optional(), feeMinor: amountMinor },
  currency,
  ...{ terms: text.optional(), validUntil: time.optional(), closesAt: time.optional() },
});
export const heldBody = z.object({
  ...{ state: z.literal('held'), ...whose, holdId: text, expiresAt: time },
  ...{ priceMinor: amountMinor, currency, items: z.array(text).max(100) },
});
export const releasedBody = z.object({ state: z.literal('released'), ...whose });
export const acceptedBody = z.object({
  ...{ state: z.literal('accepted'), ...whose, reference: text, amountMinor, currency },
  ...{ goods: values.optional(), told: values.optional() },
});
/** A quote is refused without a key. */
export const refusedBody = z.object({
  ...{ state: z.literal('refused'), provider: text, key: text.optional(), reason: text },
});
export const neverSeenBody = z.object({ state: z.literal('never-seen'), ...whose });
export const cancelledBody = z.object({
  ...{ state: z.literal('cancelled'), ...whose, refundMinor: amountMinor, feeMinor: amountMinor, currency },
});
