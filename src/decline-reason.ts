/**
 * Why a bank did not do what it was asked, as far as a caller is told, or why it was not asked. The bank's
 * response codes map onto these, and each has one prompt per language ("declined.<reason>").
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
  /** Too many PINs of the card were wrong: this one was not tried. */
  'card-locked',
  /** Too many PINs of the caller, or of all who withhold their number, were wrong: this one was not tried. */
  'caller-locked',
  /** To a phone that the card is not bound to: the bank refused, and nothing more is told. */
  'not-proven',
] as const;
export type DeclineReason = (typeof declineReasons)[number];
