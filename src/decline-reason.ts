/**
 * Why a bank did not do what it was asked, as far as a caller is told. The bank's response codes map onto
 * these, and each has one prompt per language ("declined.<reason>").
 */
export const declineReasons = [
  'insufficient-funds',
  'expired-card',
  'amount-limit',
  'count-limit',
  'card-not-usable',
  'card-blocked',
  'pin-tries-exceeded',
  'not-permitted',
  'invalid-amount',
  'contact-bank',
  'try-later',
] as const;
export type DeclineReason = (typeof declineReasons)[number];
