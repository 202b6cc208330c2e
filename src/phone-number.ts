/**
 * How telephone numbers are written in the country that is served (ITU-T E.164 §6): the digits of an international
 * number are the country code and the national significant number; inside the country a trunk prefix stands before
 * the latter, before other countries' numbers the international prefix.
 */
export type NumberPlan = {
  readonly countryCode: string;
  /** What is dialled before a national number, e.g. "0"; empty where nothing is. */
  readonly trunkPrefix: string;
  readonly internationalPrefix: string;
  /** How many digits a national significant number has, area code and all. */
  readonly shortest: number;
  readonly longest: number;
};

/** A mobile phone of mainland China as it is written within: 11 digits, of which the first is 1. */
export const mobileNumber = /^1\d{10}$/;

/** Mainland China (ITU-T E.164, +86): 11 digits of a mobile phone, 9 to 11 of a landline with its area code. */
export const mainlandChina: NumberPlan = {
  countryCode: '86',
  trunkPrefix: '0',
  internationalPrefix: '00',
  shortest: 9,
  longest: 11,
};

/** E.164: at most 15 digits; no country code begins with 0; fewer than 7 name nobody's telephone. */
const international = /^[1-9]\d{6,14}$/;

/**
 * Returns the one way in which a telephone number is written within, or undefined when the text is none: the national
 * significant number of a number of our country, "+" and all digits of any other country's. Every spelling of a number
 * gives the same: "+86 138-0013-8000", "8613800138000", "008613800138000" and "013800138000" are "13800138000".
 * What is too short to be a subscriber's (an extension, 95588) is no number.
 */
export function parsePhoneNumber(text: string, plan: NumberPlan): string | undefined {
  const plain = text.replaceAll(/[-.() ]/g, '');
  if (!/^\+?\d{1,20}$/.test(plain)) {
    return undefined;
  }
  const { countryCode, trunkPrefix, internationalPrefix, longest } = plan;
  if (plain.startsWith('+')) {
    return ofAnyCountry(plain.slice(1), plan);
  }
  if (plain.startsWith(internationalPrefix)) {
    return ofAnyCountry(plain.slice(internationalPrefix.length), plan);
  }
  if (plain.startsWith(countryCode) && plain.length > longest) {
    return ofAnyCountry(plain, plan);
  }
  return national(withoutPrefix(plain, trunkPrefix), plan);
}

/**
 * Returns the mobile phone of mainland China that a text names, in whatever spelling (0138…, 86138…, +86 138…), or
 * undefined for anything else. Only such a phone can be recharged, billed or asked about: a landline or a phone of
 * another country is refused whole, never served as the number that some of its digits are.
 */
export function mobilePhone(text: string): string | undefined {
  const number = parsePhoneNumber(text, mainlandChina);
  return number !== undefined && mobileNumber.test(number) ? number : undefined;
}

function ofAnyCountry(digits: string, plan: NumberPlan): string | undefined {
  if (digits.startsWith(plan.countryCode)) {
    // "+86 0755 …": the trunk prefix does not belong there, and is often written.
    return national(withoutPrefix(digits.slice(plan.countryCode.length), plan.trunkPrefix), plan);
  }
  return international.test(digits) ? `+${digits}` : undefined;
}

function national(digits: string, { shortest, longest, trunkPrefix }: NumberPlan): string | undefined {
  const isWhole = digits.length >= shortest && digits.length <= longest;
  return isWhole && !(trunkPrefix !== '' && digits.startsWith(trunkPrefix)) ? digits : undefined;
}

function withoutPrefix(digits: string, prefix: string): string {
  return digits.startsWith(prefix) ? digits.slice(prefix.length) : digits;
}
